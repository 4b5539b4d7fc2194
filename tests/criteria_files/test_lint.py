"""Every fault of a rule file is named with the path to it; nothing is guessed or let through."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.criteria_files import lint
from cds_service.domain.criteria import READING_VALUES, ReadingKey
from tests.criteria_files.rule_texts import FIRST, FIRST_NAME, NAME, OURS, changed, write
from tests.kit.effort import examples

CLOSED_WORDS = [
    pytest.param(
        changed("lookback_years:", "lookback_year:"),
        ("lookback_years: is missing", "lookback_year: unknown key"),
        id="a key with a typo",
    ),
    pytest.param(
        changed("revision: 2", "revision: 2\noperator: '>='"),
        ("operator: unknown key",),
        id="an operator",
    ),
    pytest.param(
        changed("        sessions: 6", "        sessions: six"),
        ("options.0.criteria.0.sessions: input should be a valid integer",),
        id="a number in words",
    ),
    pytest.param(
        changed("        sessions: 6", "        sessions: 6.0"),
        ("options.0.criteria.0.sessions: input should be a valid integer",),
        id="a number with a point",
    ),
    pytest.param(
        changed("        sessions: 6", '        sessions: "6"'),
        ("options.0.criteria.0.sessions: input should be a valid integer",),
        id="a number in quotes",
    ),
    pytest.param(
        changed("        sessions: 6", "        sessions: true"),
        ("options.0.criteria.0.sessions: input should be a valid integer",),
        id="a boolean for a number",
    ),
    pytest.param(
        changed("possible_from: 77", "possible_from: 85"),
        ("options.0.criteria.0.days: possible_from is more than required",),
        id="possible from more than is required",
    ),
    pytest.param(
        changed("threshold: any", "threshold: all"),
        (
            (
                "options.0.criteria.1.threshold: must be any, as the text says; "
                "set readings.psychological-care-threshold instead"
            ),
        ),
        id="the threshold of psychological care beside the reading",
    ),
    pytest.param(
        changed("id: option-2", "id: option-3"),
        ("options.1.id: input should be 'option-1' or 'option-2'",),
        id="an unknown option",
    ),
    pytest.param(
        changed("id: option-2", "id: option-1"),
        ("options: must be option-1 and option-2, in this order",),
        id="an option twice",
    ),
    pytest.param(
        changed("id: psychosomatic-therapy", "id: psychological-care"),
        ("options.1.criteria: must be psychosomatic-therapy, in this order",),
        id="a criterion in the wrong option",
    ),
    pytest.param(
        changed("effective_from: 2026-04-20", 'effective_from: "2026-04-20"'),
        ("effective_from: must be a date without quotes, like 2026-04-20",),
        id="a date in quotes",
    ),
    pytest.param(
        changed("effective_from: 2026-04-20", "effective_from: 2026-04-20T10:00:00"),
        ("effective_from: must be a date without quotes, like 2026-04-20",),
        id="a date with a time",
    ),
    pytest.param(
        changed("effective_from: 2026-04-20", "effective_from: 2026-02-30"),
        ("effective_from: cannot be read as a word, a number or a date",),
        id="a day that does not exist",
    ),
    pytest.param(
        changed('place: "003:15"', "place: 15"),
        ("options.0.criteria.0.source.place: input should be a valid string",),
        id="a source that is a number",
    ),
    pytest.param(
        changed('place: "003:15"', 'place: " "'),
        ("options.0.criteria.0.source.place: string should have at least 1 character",),
        id="a source that says nothing",
    ),
    pytest.param("- 1\n", ("the file: must be a mapping",), id="a list"),
    pytest.param("just words\n", ("the file: must be a mapping",), id="words"),
]

READINGS = [
    pytest.param(
        changed('value: "yes"', "value: yes"),
        (
            (
                "readings.psychosomatic-as-allied-health.value: "
                "is a word that YAML reads as true or false; write it in quotes"
            ),
        ),
        id="yes without quotes",
    ),
    pytest.param(
        changed('value: "yes"', "value: no"),
        (
            (
                "readings.psychosomatic-as-allied-health.value: "
                "is a word that YAML reads as true or false; write it in quotes"
            ),
        ),
        id="no without quotes",
    ),
    pytest.param(
        changed('value: "yes"', 'value: "maybe"'),
        ("readings.psychosomatic-as-allied-health.value: must be one of yes, no",),
        id="a value that no code knows",
    ),
    pytest.param(
        changed("value: 84", "value: 80"),
        ("readings.min-days.value: must be one of 84, 83, 77",),
        id="another number of days",
    ),
    pytest.param(
        changed("value: 83-doubtful", "value: ~"),
        ("readings.longest-gap-days.value: input should be a valid string",),
        id="nothing for a value",
    ),
    pytest.param(
        changed("  pooling:", "  pool:"),
        ("readings.pool: unknown key",),
        id="a reading that no code knows",
    ),
    pytest.param(
        changed("    source: policy A3\n", ""),
        ("readings.pooling.source: is missing",),
        id="a reading without a source",
    ),
    pytest.param(
        changed(
            "    why: Visits with twelve weeks between them are not certainly one course of "
            "treatment, nor certainly two.\n",
            "",
        ),
        ("readings.longest-gap-days.why: is missing",),
        id="a reading without a reason",
    ),
    pytest.param(
        changed("value: 84", "value: 83").replace("required: 84", "required: 80", 1),
        ("options.0.criteria.0.days.required: is less than readings.min-days",),
        id="a bar above what is required",
    ),
    pytest.param(
        changed("value: 84", "value: 77").replace("possible_from: 77", "possible_from: 80", 1),
        ("options.0.criteria.0.days.possible_from: is more than readings.min-days",),
        id="a bar below what is possible",
    ),
]

TRICKS = [
    pytest.param(
        changed("revision: 2", "revision: 2\nrevision: 3"),
        ("revision: appears twice, again in line 11",),
        id="a key twice",
    ),
    pytest.param(
        changed("        sessions: 6", "        sessions: 6\n        sessions: 7"),
        ("options.0.criteria.0.sessions: appears twice, again in line 37",),
        id="a key twice, deep inside",
    ),
    pytest.param(
        "a: &a [x]\nb: [*a, *a]\n",
        (
            "line 1: anchors and aliases are not allowed",
            "line 2: anchors and aliases are not allowed",
            "line 2: anchors and aliases are not allowed",
        ),
        id="anchors, the way to unfold a small file into a large one",
    ),
    pytest.param(
        "a: !!python/object/apply:os.getcwd []\n",
        ("line 1: tags are not allowed",),
        id="a tag that runs code",
    ),
    pytest.param("a: !!str 1\n", ("line 1: tags are not allowed",), id="a harmless tag"),
    pytest.param("<<: {a: 1}\n", ("line 1: a key must be a word",), id="a merge key"),
    pytest.param("1: a\n", ("line 1: a key must be a word",), id="a number as a key"),
    pytest.param("yes: a\n", ("line 1: a key must be a word",), id="a boolean as a key"),
    pytest.param("[a]: b\n", ("line 1: a key must be a word",), id="a list as a key"),
    pytest.param(
        "[" * 30_000,
        ("line 1: is nested deeper than 20 levels",),
        id="deeper than anything can be read",
    ),
    pytest.param("a: 1\n---\nb: 1\n", ("line 2: holds a second document",), id="two documents"),
    pytest.param("", ("is empty",), id="an empty file"),
    pytest.param("# nothing\n", ("is empty",), id="only a comment"),
    pytest.param("a: [1\n", ("line 2: is not YAML: expected ',' or ']', but got",), id="no YAML"),
    pytest.param("a: \x00\n", ("is not YAML",), id="a control character"),
    pytest.param("a: 1\n" * 20_000, ("is larger than 65536 bytes",), id="a large file"),
    pytest.param(
        f"a: {'9' * 5000}\n",
        ("a: cannot be read as a word, a number or a date",),
        id="a number too long to be read",
    ),
]


@pytest.mark.parametrize(("text", "faults"), [*CLOSED_WORDS, *READINGS, *TRICKS])
def test_a_fault_is_named_with_the_path_to_it(
    tmp_path: Path, text: str, faults: tuple[str, ...]
) -> None:
    found = lint(write(tmp_path, text))
    assert len(found) == len(faults), found
    for fault, expected in zip(found, faults, strict=True):
        assert fault.startswith(f"{NAME}: {expected}"), fault


@pytest.mark.parametrize("key", list(ReadingKey))
def test_no_reading_may_be_left_out(tmp_path: Path, key: ReadingKey) -> None:
    start = OURS.index(f"\n  {key.value}:") + 1
    end = OURS.find("\n  ", OURS.index("source:", start)) + 1 or len(OURS)
    found = lint(write(tmp_path, OURS[:start] + OURS[end:]))
    assert found == (f"{NAME}: readings.{key.value}: is missing",)


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in READING_VALUES.items() for value in values]
)
def test_every_value_of_every_reading_can_be_written_in_quotes(
    tmp_path: Path, key: ReadingKey, value: str
) -> None:
    start = OURS.index(f"\n  {key.value}:")
    line = OURS.index("    value:", start)
    text = f'{OURS[:line]}    value: "{value}"{OURS[OURS.index(chr(10), line) :]}'
    assert lint(write(tmp_path, text)) == ()


def test_several_faults_are_told_at_once(tmp_path: Path) -> None:
    text = changed("        sessions: 6", "        sessions: 0")
    text = text.replace("value: counts", "value: perhaps", 1).replace("revision: 2", "revision: x")
    assert len(lint(write(tmp_path, text))) == 2  # the readings are looked at when the shape fits


@pytest.mark.parametrize(
    "name",
    [
        "imsr-persistent-pain.2026-04-20.r3.yaml",
        "imsr-persistent-pain.2026-04-21.r1.yaml",
        "imsr.2026-04-20.r1.yaml",
        "rules.yaml",
    ],
)
def test_the_name_of_the_file_must_agree_with_its_content(tmp_path: Path, name: str) -> None:
    assert lint(write(tmp_path, OURS, name)) == (
        f"{name}: must be named {NAME}, as its content says",
    )


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert lint(tmp_path / "missing.yaml") == ("missing.yaml: is not a file",)


def test_a_folder_is_no_rule_file(tmp_path: Path) -> None:
    assert lint(tmp_path) == (f"{tmp_path.name}: is not a file",)


def test_text_that_is_not_utf_8_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(OURS.encode("latin-1"))
    assert lint(path) == (f"{NAME}: is not UTF-8 text",)


@settings(
    max_examples=examples(200),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.one_of(st.text(), st.text(alphabet="{}[]:-&*!|>'\"% \n?,0123456789.+_~<=")))
def test_any_text_gives_faults_and_never_anything_else(tmp_path: Path, text: str) -> None:
    path = tmp_path / NAME
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    assert all(fault.startswith(f"{NAME}: ") for fault in lint(path))
    assert lint(path) != ()


@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(at=st.integers(0, len(OURS) - 1), text=st.text(max_size=5))
def test_our_file_with_anything_written_into_it_is_read_or_refused(
    tmp_path: Path, at: int, text: str
) -> None:
    path = tmp_path / NAME
    path.write_bytes((OURS[:at] + text + OURS[at:]).encode("utf-8", errors="surrogatepass"))
    assert all(fault.startswith(f"{NAME}: ") for fault in lint(path))


FIRST_READING = [
    pytest.param("value: discipline-day", "value: record",
        "readings.session-unit.value: must be discipline-day or left out, "
        "since one session is one discipline on one day (policy C1)",
        id="a reading that has become a rule, set otherwise"),
    pytest.param("# or: counts\n    value: not\n    why: Only care",
        "# or: counts\n    value: counts\n    why: Only care",
        "readings.duration-before-window.value: must be not or left out, "
        "since only days inside the lookback last (policy B8)",
        id="another one"),
    pytest.param("value: none", "value: 83-doubtful",
        "readings.longest-gap-days.value: must be one of none, 84, 42",
        id="a value of the second reading"),
    pytest.param("  pooling:  #",
        "  evidence-sessions:\n    value: 3\n    why: More.\n    source: policy A2\n  pooling:  #",
        "readings.evidence-sessions.value: must be one of 1",
        id="a reading of the second reading"),
    pytest.param("revision: 1", "revision: 1\npolicy_reading: 3",
        "policy_reading: input should be 1 or 2", id="a reading of the policy that no code knows"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "fault"), FIRST_READING)
def test_a_file_of_the_first_reading_keeps_to_its_words(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    assert old in FIRST
    found = lint(write(tmp_path, FIRST.replace(old, new, 1), FIRST_NAME))
    assert found == (f"{FIRST_NAME}: {fault}",)


def test_a_file_of_the_first_reading_may_leave_out_what_has_become_a_rule(tmp_path: Path) -> None:
    start = FIRST.index("  session-unit:")
    text = FIRST[:start] + FIRST[FIRST.index("  intake:") :]
    assert lint(write(tmp_path, text, FIRST_NAME)) == ()
