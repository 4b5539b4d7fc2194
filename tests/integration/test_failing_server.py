"""A FHIR server that is slow, fails or refuses: an answer in time, with its true causes."""

import time
from collections.abc import Callable
from typing import Final

import pytest

from tests.integration.proxy import (
    Answer,
    Asked,
    CutBody,
    Delay,
    Drip,
    Fault,
    Proxy,
    no_fault,
)
from tests.integration.records import Json, load, record, referral
from tests.integration.service import Service, verdict

pytestmark = pytest.mark.hapi

DEADLINE: Final = 1.5
SLACK: Final = 2.5  # seconds; a loaded machine needs some to say what it knows
NOBODY_LISTENS: Final = "http://127.0.0.1:9/fhir"

Verdict = tuple[str, list[str]]
UNAVAILABLE: Final[Verdict] = ("indeterminate", ["record_unavailable"])
INCOMPLETE: Final[Verdict] = ("indeterminate", ["record_incomplete"])
ACROSS_A_PAUSE = ("indeterminate", ["interrupted", "record_incomplete"])
"""Whoever they were with, ten contacts in two series reach the number only together."""
MET: Final[Verdict] = ("met", [])
NOT_MET: Final[Verdict] = ("not_met", [])

Rule = Callable[[Asked], Fault | None]


def of(start: str, fault: Fault) -> Rule:
    """A rule for the requests that start so."""
    return lambda asked: fault if asked.url.startswith(start) else None


@pytest.fixture(scope="module")
def met(hapi: str) -> str:
    """The id of a patient whose record meets the criteria."""
    load(hapi, record("failing-met").resources)
    return "failing-met"


@pytest.fixture(scope="module")
def not_met(hapi: str) -> str:
    """The id of a patient who had five sessions of each, where six are needed."""
    load(hapi, record("failing-not-met", physiotherapy=5, poh_ggz=5).resources)
    return "failing-not-met"


def answered(hapi: str, patient: str, rule: Rule, **environ: str) -> Json:
    """The assessment that comes of it, inside the deadline."""
    with Proxy(hapi, rule=rule) as proxy, Service(**environ) as service:
        call = referral(patient, fhirServer=proxy.base_url)
        begun = time.monotonic()
        said = service.assessment(call)
        assert time.monotonic() - begun < service.deadline + SLACK
    return said


def test_without_a_fault_the_two_patients_differ(hapi: str, met: str, not_met: str) -> None:
    assert verdict(answered(hapi, met, no_fault)) == MET
    assert verdict(answered(hapi, not_met, no_fault)) == NOT_MET


@pytest.mark.parametrize(
    ("rule", "of_met", "of_not_met"),
    [
        pytest.param(of("Procedure", Answer(500)), MET, INCOMPLETE, id="procedures 500"),
        pytest.param(of("Procedure", Answer(403)), MET, INCOMPLETE, id="procedures 403"),
        pytest.param(of("Encounter", Answer(500)), INCOMPLETE, INCOMPLETE, id="encounters 500"),
        pytest.param(of("Procedure", CutBody()), MET, INCOMPLETE, id="procedures cut"),
        pytest.param(of("Encounter", CutBody()), INCOMPLETE, INCOMPLETE, id="encounters cut"),
        pytest.param(of("Practitioner", Answer(500)), INCOMPLETE, ACROSS_A_PAUSE, id="people 500"),
        pytest.param(
            of("PractitionerRole", Answer(500)), INCOMPLETE, ACROSS_A_PAUSE, id="roles 500"
        ),
        pytest.param(
            of("QuestionnaireResponse", Answer(500)), MET, INCOMPLETE, id="statements 500"
        ),
        pytest.param(of("QuestionnaireResponse", Answer(404)), MET, NOT_MET, id="statements 404"),
        pytest.param(of("", Answer(401)), UNAVAILABLE, UNAVAILABLE, id="all 401"),
        pytest.param(of("", Answer(500)), UNAVAILABLE, UNAVAILABLE, id="all 500"),
        pytest.param(of("", Answer(503)), UNAVAILABLE, UNAVAILABLE, id="all 503"),
        pytest.param(of("", Answer(404)), UNAVAILABLE, UNAVAILABLE, id="all 404"),
        pytest.param(of("", CutBody()), UNAVAILABLE, UNAVAILABLE, id="all cut"),
    ],
)
def test_what_fails_is_a_gap_and_met_stays_met(
    hapi: str,
    met: str,
    not_met: str,
    rule: Rule,
    of_met: Verdict,
    of_not_met: Verdict,
) -> None:
    assert verdict(answered(hapi, met, rule)) == of_met
    assert verdict(answered(hapi, not_met, rule)) == of_not_met


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param(of("", Delay(20)), UNAVAILABLE, id="all late"),
        pytest.param(of("", Drip(0.2)), UNAVAILABLE, id="all drip"),
        pytest.param(of("Encounter", Drip(0.2)), INCOMPLETE, id="encounters drip"),
        pytest.param(of("PractitionerRole", Delay(20)), INCOMPLETE, id="roles late"),
    ],
)
def test_what_is_late_is_a_gap(hapi: str, met: str, rule: Rule, expected: Verdict) -> None:
    said = answered(hapi, met, rule, IMSR_DEADLINE_SECONDS=str(DEADLINE))
    assert verdict(said) == expected


NOT_DECISIVE: Final = [
    pytest.param(of("Procedure", Delay(20)), id="procedures late"),
    pytest.param(of("Procedure", Drip(0.2)), id="procedures drip"),
    pytest.param(of("QuestionnaireResponse", Delay(20)), id="statements late"),
]


@pytest.mark.parametrize("rule", NOT_DECISIVE)
def test_what_is_late_leaves_met_as_met(hapi: str, met: str, rule: Rule) -> None:
    """On a server whose roles are known from an earlier call."""
    with Proxy(hapi) as proxy, Service(IMSR_DEADLINE_SECONDS=str(DEADLINE)) as service:
        call = referral(met, fhirServer=proxy.base_url)
        while verdict(service.assessment(call)) != MET:
            """The first calls may be late themselves on a loaded machine."""
        proxy.rule = rule
        begun = time.monotonic()
        assert verdict(service.assessment(call)) == MET
        assert time.monotonic() - begun < DEADLINE + SLACK


@pytest.mark.parametrize("rule", NOT_DECISIVE)
def test_what_is_late_leaves_met_as_met_at_the_first_call(hapi: str, met: str, rule: Rule) -> None:
    assert verdict(answered(hapi, met, rule, IMSR_DEADLINE_SECONDS="3")) == MET


def test_slow_is_not_late(hapi: str, met: str, not_met: str) -> None:
    slow: Rule = of("", Delay(0.3))
    assert verdict(answered(hapi, met, slow)) == MET
    assert verdict(answered(hapi, not_met, slow)) == NOT_MET


@pytest.mark.parametrize("fault", [Answer(503), CutBody()])
def test_what_fails_once_is_asked_again(hapi: str, met: str, fault: Fault) -> None:
    seen: set[str] = set()

    def fails_once(asked: Asked) -> Fault | None:
        is_first = asked.url not in seen
        seen.add(asked.url)
        return fault if is_first else None

    assert verdict(answered(hapi, met, fails_once)) == MET


def test_nobody_listens(met: str) -> None:
    with Service() as service:
        said = service.answer(referral(met, fhirServer=NOBODY_LISTENS))
    (assessment,) = said["extension"]["nl.imsr-cds.assessments"]
    assert verdict(assessment) == UNAVAILABLE
    assert [card["indicator"] for card in said["cards"]] == ["info"]


def test_a_patient_that_cannot_be_read_leaves_the_age_open(
    hapi: str, met: str, not_met: str
) -> None:
    unread = of("Patient/", Answer(500))
    assert verdict(answered(hapi, met, unread)) == MET
    assert verdict(answered(hapi, not_met, unread)) == ("indeterminate", ["age_unknown"])
