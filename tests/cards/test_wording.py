"""The texts as data: complete, the same in both languages, and never a forbidden word."""

import re
from collections.abc import Iterator, Mapping
from importlib import resources

import pytest
import yaml

from cds_service.cards import CardKind, InvalidWordingError
from cds_service.cards.layout import layout
from cds_service.cards.wording import Plural, Text, read_wordings, wording
from cds_service.domain.assessment import FlagId
from cds_service.domain.causes import DOUBTS_OF_A_CONTACT, Reason
from cds_service.domain.contacts import TherapistCategory
from cds_service.domain.criteria import READING_VALUES

_FORBIDDEN = re.compile(
    r"\b(komt in aanmerking|in aanmerking komt|komen in aanmerking|goedgekeurd|afgewezen|altijd"
    r"|fout|gewoon|t/m|niet gerechtigd|voldoet aan de criteria|geïndiceerd"
    r"|eligible|approved|rejected|always|wrong|entitled|simply)\b",
    re.IGNORECASE,
)


def _strings(text: Text) -> Iterator[str]:
    if isinstance(text, Plural):
        yield from _strings(text.one)
        yield from _strings(text.other)
    else:
        yield text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_text_has_a_word_that_promises_refuses_or_blames(language: str) -> None:
    for key, text in wording(language).texts.items():
        for string in _strings(text):
            assert not _FORBIDDEN.search(string), key


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_summary_names_a_psychiatrist_or_psychotherapist(language: str) -> None:
    for key, text in wording(language).texts.items():
        if key.startswith("summary."):
            for string in _strings(text):
                assert "psychiat" not in string.lower()
                assert "psychother" not in string.lower()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_there_is_a_text_for_everything_that_can_be_said(language: str) -> None:
    texts = wording(language)
    expected = {
        *(f"summary.{kind}" for kind in CardKind if kind not in _IN_SEVERAL_SUMMARIES),
        *("summary.met", "summary.met_caveat", "summary.interrupted", "summary.interrupted_two"),
        *(f"causes.{cause}" for cause in DOUBTS_OF_A_CONTACT),
        *(f"not_counted.{reason}" for reason in Reason),
        *(f"disciplines.{category}" for category in TherapistCategory),
        *(f"months.{month}" for month in range(1, 13)),
        *(
            f"readings.{key}={value}"
            for key, values in READING_VALUES.items()
            for value in values[1:]
        ),
        *(f"flags.{flag}" for flag in FlagId if flag not in _SAID_BY_OTHER_CELLS),
    }
    assert sorted(expected - texts.texts.keys()) == []


_IN_SEVERAL_SUMMARIES = {
    CardKind.MET_OPTION1,
    CardKind.MET_OPTION2,
    CardKind.MET_BOTH,
    CardKind.INTERRUPTED_C1,
    CardKind.INTERRUPTED_C2,
    CardKind.INTERRUPTED_O2,
}
_SAID_BY_OTHER_CELLS = {FlagId.ONE_ARM, FlagId.NOT_COUNTED_HOSPITAL}


def test_the_layout_names_only_parts_that_have_a_text() -> None:
    texts = wording("nl")
    names = {place.name for card in layout().cards.values() for place in card.parts}
    assert {name for name in names if f"parts.{name}" not in texts} == set()
    assert {name for name in layout().needs if f"parts.{name}" not in texts} == set()


def test_every_part_whose_function_is_missing_says_something_else_or_is_left_out() -> None:
    without = {
        key.removeprefix("without.").partition(":")[0]
        for key in wording("nl").texts
        if "without." in key
    }
    assert layout().needs.keys() - without == {"timeline"}
    assert without - layout().needs.keys() == set()


@pytest.mark.parametrize(
    ("nl", "en", "faults"),
    [
        pytest.param(
            {"parts": {"a": "x"}},
            {"parts": {"b": "x"}},
            ["wording.nl.yaml: parts.b: missing", "wording.en.yaml: parts.a: missing"],
            id="a text that one language lacks",
        ),
        pytest.param(
            {"a": "{n} van {nn}"},
            {"a": "{n}"},
            ["wording.nl.yaml: a: unknown placeholder {nn}"],
            id="an unknown placeholder",
        ),
        pytest.param(
            {"a": {"by": "n", "one": "x"}},
            {"a": "x"},
            ["wording.nl.yaml: a: an object needs exactly by, one and other"],
            id="a plural without its other form",
        ),
        pytest.param(
            {"a": {"by": "aantal", "one": "x", "other": "{n}"}},
            {"a": "x"},
            ["wording.nl.yaml: a: unknown placeholder in by: aantal"],
            id="a plural by something unknown",
        ),
        pytest.param(
            {"a": {"by": "n", "one": "x", "other": {"by": "d", "one": "y"}}},
            {"a": "x"},
            ["wording.nl.yaml: a: an object needs exactly by, one and other"],
            id="a plural inside a plural",
        ),
        pytest.param(
            {"a": "{n"},
            {"a": "x"},
            ["wording.nl.yaml: a: braces do not match: expected '}' before end of string"],
            id="an open brace",
        ),
        pytest.param({"a": True}, {"a": "x"}, ["wording.nl.yaml: a: not a text"], id="no text"),
        pytest.param({"a": {}}, {"a": "x"}, ["wording.nl.yaml: a: missing"], id="an empty object"),
    ],
)
def test_faults_are_all_named(
    nl: Mapping[str, object], en: Mapping[str, object], faults: list[str]
) -> None:
    with pytest.raises(InvalidWordingError) as raised:
        read_wordings({"nl": nl, "en": en})
    assert sorted(raised.value.faults) == sorted(faults)


def test_counts_choose_singular_or_plural_and_may_do_so_twice() -> None:
    texts = wording("en")
    said = [texts.say("forms.result.no_both", k=k, d=d) for k in (1, 2) for d in (1, 8)]
    assert said == [
        "no: 1 session and 1 day short",
        "no: 1 session and 8 days short",
        "no: 2 sessions and 1 day short",
        "no: 2 sessions and 8 days short",
    ]


def test_zero_is_a_plural() -> None:
    assert wording("nl").say("not_counted.void", n=0) == (
        "0 contacten die niet doorgingen of een vergissing waren"
    )


def test_a_value_is_never_read_as_a_text_with_placeholders() -> None:
    assert wording("nl").say("parts.order", n=1, order="{n}") == "**Verwijzing:** {n}"


def test_there_is_no_other_language() -> None:
    with pytest.raises(KeyError):
        wording("de")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_keys_that_yaml_reads_as_booleans_stand_in_quotes(language: str) -> None:
    file = resources.files("cds_service.cards") / f"wording.{language}.yaml"
    results = yaml.safe_load(file.read_text(encoding="utf-8"))["forms"]["result"]
    assert {"yes", "no"} <= results.keys()
