"""Kinds, roles, statuses, codes and orders that the table of stories does not use.

Each story is a shortfall or a fulfilment that hangs on the form that is tried, in all its ways.
"""

from dataclasses import replace

import pytest

from tests.builders.hook_calls import Hook, hook_call
from tests.builders.scenario_rows import Expected, Scenario, scenario
from tests.builders.scenario_tokens import parse_sessions
from tests.kit.combinations import combinations
from tests.scenarios.expectations import EXTENSION, answer_to, expected_of, said_about

FIVE_WEEKS = ("09-03", "09-10", "09-17", "09-24", "10-01", "10-08")
THIRTEEN_WEEKS = ("01-06", "01-27", "02-17", "03-10", "03-24", "04-07")
MET = ("met", "met", "met", "not_met")
NOT_MET = ("not_met", "not_met", "met", "not_met")


def _six(who: str, days: tuple[str, ...], ending: str) -> str:
    """Six tokens; an ending of one word is the kind of a finished contact in a practice."""
    ending = ending if "," in ending else f"finished,primary-{ending}"
    return "; ".join(f"{who}@2025-{day}[{ending}]" for day in days)


def _weekly(who: str, ending: str = "finished,primary") -> str:
    return _six(who, FIVE_WEEKS, ending)


def _spread(who: str, ending: str = "finished,primary") -> str:
    return _six(who, THIRTEEN_WEEKS, ending)


PHYSIO = _spread("physio")
POH_GGZ = _weekly("poh_ggz")
FOUR_PHYSIO = "; ".join(_spread("physio").split("; ")[:4])


def _row(
    sessions: str,
    outcomes: tuple[str, str, str, str],
    *because: str,
    kind: str = "imsr",
    indication: str = "chronic_pain",
) -> Scenario:
    """A story on the frame of S001, with sessions and expectations of its own."""
    tokens, flags = parse_sessions(sessions)
    return replace(
        scenario("S001"),
        id="F001",
        tokens=tokens,
        flags=flags,
        referral_kind=kind,
        indication=indication,
        expected=Expected(*outcomes, because),
    )


DOUBTFUL_C1 = ("indeterminate", "indeterminate", "met", "not_met")
DOUBTFUL_C2 = ("indeterminate", "met", "indeterminate", "not_met")
SHORT = f"{FOUR_PHYSIO}; {POH_GGZ}"
NOT_APPLICABLE = ("not_applicable",) * 4

ROWS = [
    pytest.param(_row(f"{PHYSIO}; {_weekly('psychologist', 'tele')}", MET), id="tele"),
    pytest.param(_row(f"{PHYSIO}; {_weekly('poh_ggz', 'phone')}", MET), id="phone"),
    pytest.param(_row(f"{_spread('ergo', 'home')}; {POH_GGZ}", MET), id="home"),
    pytest.param(_row(f"{_spread('physio', 'intake')}; {POH_GGZ}", MET), id="intake"),
    pytest.param(
        _row(f"{_spread('physio', 'screening')}; {POH_GGZ}", NOT_MET),
        id="screening is evidence and no treatment",
    ),
    pytest.param(
        _row(f"{PHYSIO}; {_weekly('poh_ggz', 'kindunclear')}", DOUBTFUL_C2, "kind_unclear"),
        id="kind unclear",
    ),
    pytest.param(
        _row(f"{PHYSIO}; {_weekly('poh_ggz', 'memo')}", DOUBTFUL_C2, "nothing_found"),
        id="memos are no evidence",
    ),
    pytest.param(_row(f"{PHYSIO}; {_weekly('nip_psychologist')}", MET), id="psychologist NIP"),
    pytest.param(_row(f"{_spread('manual_therapist')}; {POH_GGZ}", MET), id="manual therapist"),
    pytest.param(_row(f"{_spread('exercise')}; {POH_GGZ}", MET), id="exercise therapist"),
    pytest.param(
        _row(f"{PHYSIO}; {_weekly('basisarts')}", DOUBTFUL_C2, "nothing_found"), id="basisarts"
    ),
    pytest.param(
        _row(
            f"{PHYSIO}; {_weekly('spv', 'finished,ggz')}",
            DOUBTFUL_C2,
            "nothing_found",
            "profession_to_confirm",
        ),
        id="SPV in a GGZ institution",
    ),
    pytest.param(
        _row(f"{_spread('physio', 'arrived,primary')}; {POH_GGZ}", DOUBTFUL_C1, "status_open"),
        id="arrived",
    ),
    pytest.param(
        _row(f"{_spread('physio', 'onleave,primary')}; {POH_GGZ}", DOUBTFUL_C1, "status_open"),
        id="on leave",
    ),
    pytest.param(
        _row(f"{_spread('physio', 'noshow,primary')}; {POH_GGZ}", DOUBTFUL_C1, "nothing_found"),
        id="no-show",
    ),
    pytest.param(
        _row(f"{_spread('bare/ergo', 'completed,healthcentre-proc')}; {POH_GGZ}", MET),
        id="occupational therapy by its code",
    ),
    pytest.param(
        _row(f"{PHYSIO}; {_weekly('bare/psychologist', 'completed,unknown-proc')}", MET),
        id="psychotherapy by its code",
    ),
    pytest.param(
        _row(
            f"{PHYSIO}; {_weekly('bare/other', 'completed,hospital-proc')}",
            DOUBTFUL_C2,
            "nothing_found",
        ),
        id="another procedure in a hospital",
    ),
    pytest.param(_row(SHORT, NOT_MET, indication="pain_and_other"), id="pain and another reason"),
    pytest.param(_row(SHORT, NOT_MET, indication="order_text"), id="pain in the order's own text"),
    pytest.param(
        _row(SHORT, NOT_MET, indication="review_text_pain"), id="pain in the reason's text"
    ),
    pytest.param(
        _row(SHORT, NOT_APPLICABLE, "other_indication", indication="exclude"),
        id="another diagnosis",
    ),
    pytest.param(_row(SHORT, NOT_MET, kind="both_words"), id="consult and iMSR in one order"),
    pytest.param(
        _row(SHORT, NOT_APPLICABLE, "one_time_consult", kind="one_time_consult"), id="consult"
    ),
]
NUMBERED = [pytest.param(number, *row.values, id=row.id) for number, row in enumerate(ROWS)]


@pytest.mark.parametrize(("number", "row"), NUMBERED)
def test_every_form_gets_the_answer_of_the_policy(number: int, row: Scenario) -> None:
    for way in combinations(number):
        call = hook_call(
            row,
            hook=way.hook,
            roles_as=way.roles_as,
            via="prefetch",
            form=way.form,
            version=way.version,
        )
        assert said_about(row, answer_to(call, row)) == expected_of(row), way


@pytest.mark.parametrize(
    ("hook", "outcomes"),
    [
        ("order-select", ["met"]),
        ("order-sign", ["not_applicable", "met"]),
    ],
)
def test_a_consult_beside_the_referral_is_an_order_of_its_own(
    hook: Hook, outcomes: list[str]
) -> None:
    row = scenario("S247")
    both = replace(row, flags=replace(row.flags, decoy="one_time_consult"))
    call = hook_call(both, hook=hook, roles_as="role", via="prefetch")
    assessments = answer_to(call, both)["extension"][EXTENSION]
    assert [each["outcome"] for each in assessments] == outcomes
