"""What one contact is worth, by profession, place, kind, status and subject (policy 2.3, 2.4)."""

from datetime import date
from typing import Any

import pytest

from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    ProcedureMeaning,
    Profession,
    Subject,
)
from cds_service.domain.criteria import CriterionId
from cds_service.domain.ledger import Standing
from cds_service.domain.lookback import DayRange
from tests.domain.judged import (
    C1,
    C2,
    O2,
    REFERRAL_DATE,
    certain,
    finding_of,
    judge,
    reasons,
    session,
)

P = Profession
S = CareSetting
CERTAIN, POSSIBLE, NOT = Standing.CERTAIN, Standing.POSSIBLE, Standing.NOT_COUNTED
Worth = tuple[Standing, Standing, Standing]

NO_PLACE = (NOT, NOT, NOT)
ONLY_C1 = (CERTAIN, NOT, NOT)
ONLY_C2 = (NOT, CERTAIN, NOT)
MAYBE_C2 = (NOT, POSSIBLE, NOT)
PROFESSIONS_AND_PLACES = [
    ({P.PHYSIOTHERAPIST}, S.THERAPY_PRACTICE, ONLY_C1),
    ({P.PHYSIOTHERAPIST}, S.UNKNOWN, ONLY_C1),
    ({P.PHYSIOTHERAPIST}, S.GP_PRACTICE, ONLY_C1),
    ({P.PHYSIOTHERAPIST}, S.OTHER_PRACTICE, ONLY_C1),
    ({P.PHYSIOTHERAPIST}, S.HOSPITAL, NO_PLACE),
    ({P.PHYSIOTHERAPIST}, S.MENTAL_HEALTH_INSTITUTION, NO_PLACE),
    ({P.PHYSIOTHERAPIST}, S.LONG_TERM_CARE, NO_PLACE),
    ({P.PHYSIOTHERAPIST}, S.REHABILITATION_CENTRE, NO_PLACE),
    ({P.PHYSIOTHERAPIST}, S.ABROAD, (POSSIBLE, NOT, NOT)),
    ({P.EXERCISE_THERAPIST}, S.THERAPY_PRACTICE, ONLY_C1),
    ({P.OCCUPATIONAL_THERAPIST}, S.THERAPY_PRACTICE, ONLY_C1),
    ({P.PHYSIOTHERAPIST, P.OTHER}, S.THERAPY_PRACTICE, (POSSIBLE, NOT, NOT)),
    ({P.PHYSIOTHERAPIST, P.OCCUPATIONAL_THERAPIST}, S.THERAPY_PRACTICE, ONLY_C1),
    ({P.PHYSIOTHERAPIST, P.PSYCHOLOGIST}, S.PRIMARY_CARE, (POSSIBLE, POSSIBLE, NOT)),
    ({P.PSYCHOSOMATIC_PHYSIOTHERAPIST}, S.THERAPY_PRACTICE, (CERTAIN, NOT, CERTAIN)),
    ({P.PSYCHOSOMATIC_EXERCISE_THERAPIST}, S.THERAPY_PRACTICE, (CERTAIN, NOT, CERTAIN)),
    ({P.PSYCHOSOMATIC_THERAPIST}, S.THERAPY_PRACTICE, (CERTAIN, NOT, CERTAIN)),
    ({P.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST}, S.THERAPY_PRACTICE, (CERTAIN, NOT, POSSIBLE)),
    ({P.PSYCHOSOMATIC_PHYSIOTHERAPIST}, S.HOSPITAL, (NOT, NOT, CERTAIN)),
    ({P.PSYCHOSOMATIC_PHYSIOTHERAPIST}, S.REHABILITATION_CENTRE, NO_PLACE),
    (
        {P.PHYSIOTHERAPIST, P.PSYCHOSOMATIC_PHYSIOTHERAPIST},
        S.THERAPY_PRACTICE,
        (CERTAIN, NOT, POSSIBLE),
    ),
    ({P.PSYCHOLOGIST}, S.PSYCHOLOGY_PRACTICE, ONLY_C2),
    ({P.PSYCHOLOGIST}, S.HOSPITAL, ONLY_C2),
    ({P.PSYCHOLOGIST}, S.MENTAL_HEALTH_INSTITUTION, ONLY_C2),
    ({P.PSYCHOLOGIST}, S.REHABILITATION_CENTRE, NO_PLACE),
    ({P.PSYCHOLOGIST, P.OTHER}, S.PSYCHOLOGY_PRACTICE, MAYBE_C2),
    ({P.PRACTICE_NURSE_GGZ}, S.GP_PRACTICE, ONLY_C2),
    ({P.PRACTICE_NURSE_GGZ}, S.UNKNOWN, ONLY_C2),
    ({P.MENTAL_HEALTH_NURSE}, S.GP_PRACTICE, ONLY_C2),
    ({P.MENTAL_HEALTH_NURSE}, S.MENTAL_HEALTH_INSTITUTION, MAYBE_C2),
    ({P.MENTAL_HEALTH_NURSE}, S.UNKNOWN, MAYBE_C2),
    ({P.NURSE}, S.GP_PRACTICE, MAYBE_C2),
    ({P.PRACTICE_NURSE}, S.GP_PRACTICE, MAYBE_C2),
    ({P.PRACTICE_NURSE}, S.UNKNOWN, MAYBE_C2),
    ({P.PRACTICE_NURSE_GGZ, P.OTHER}, S.GP_PRACTICE, MAYBE_C2),  # by the words of the contact
    ({P.NURSE}, S.PSYCHOLOGY_PRACTICE, MAYBE_C2),
    ({P.NURSE}, S.MENTAL_HEALTH_INSTITUTION, MAYBE_C2),
    ({P.NURSE}, S.PRIMARY_CARE, MAYBE_C2),
    ({P.NURSE}, S.ABROAD, MAYBE_C2),
    ({P.NURSE}, S.UNKNOWN, MAYBE_C2),
    ({P.NURSE}, S.HOSPITAL, NO_PLACE),
    ({P.NURSE}, S.LONG_TERM_CARE, NO_PLACE),
    ({P.NURSE}, S.THERAPY_PRACTICE, NO_PLACE),
    ({P.PSYCHOTHERAPIST}, S.PSYCHOLOGY_PRACTICE, MAYBE_C2),
    ({P.PSYCHIATRIST}, S.MENTAL_HEALTH_INSTITUTION, MAYBE_C2),
    ({P.REMEDIAL_EDUCATIONALIST}, S.PSYCHOLOGY_PRACTICE, MAYBE_C2),
    ({P.OTHER}, S.GP_PRACTICE, NO_PLACE),
    (set(), S.GP_PRACTICE, MAYBE_C2),
    (set(), S.THERAPY_PRACTICE, (POSSIBLE, NOT, POSSIBLE)),
    (set(), S.PSYCHOLOGY_PRACTICE, MAYBE_C2),
    (set(), S.MENTAL_HEALTH_INSTITUTION, MAYBE_C2),
    (set(), S.HOSPITAL, MAYBE_C2),
    (set(), S.LONG_TERM_CARE, MAYBE_C2),
    (set(), S.OTHER_PRACTICE, NO_PLACE),
    (set(), S.REHABILITATION_CENTRE, NO_PLACE),
    (set(), S.PRIMARY_CARE, (POSSIBLE, POSSIBLE, POSSIBLE)),
    (set(), S.ABROAD, (POSSIBLE, POSSIBLE, POSSIBLE)),
    (set(), S.UNKNOWN, (POSSIBLE, POSSIBLE, POSSIBLE)),
]


def contact(professions: set[Profession], **changes: Any) -> Contact:
    who = frozenset(professions)
    return session("2025-03-03").but(professions=who, **changes)


def standings(one: Contact) -> Worth:
    assessment = judge([one])
    c1, c2, o2 = (
        assessment.finding(criterion).ledger.entries[0].standing for criterion in (C1, C2, O2)
    )
    return c1, c2, o2


@pytest.mark.parametrize(
    ("professions", "setting", "expected"),
    PROFESSIONS_AND_PLACES,
    ids=lambda value: "+".join(sorted(value)) or "nobody" if isinstance(value, set) else None,
)
def test_profession_and_place(
    professions: set[Profession], setting: CareSetting, expected: Worth
) -> None:
    assert standings(contact(professions, setting=setting)) == expected


@pytest.mark.parametrize(
    ("professions", "setting", "expected"),
    [
        ({P.PHYSIOTHERAPIST}, S.THERAPY_PRACTICE, NO_PLACE),
        ({P.PHYSIOTHERAPIST}, S.ABROAD, NO_PLACE),
        ({P.PSYCHOLOGIST}, S.UNKNOWN, ONLY_C2),
        ({P.PSYCHOSOMATIC_PHYSIOTHERAPIST}, S.THERAPY_PRACTICE, (NOT, NOT, CERTAIN)),
        ({P.PSYCHOLOGIST}, S.REHABILITATION_CENTRE, NO_PLACE),
        ({P.PSYCHOLOGIST}, S.ABROAD, MAYBE_C2),
        (set(), S.UNKNOWN, (NOT, POSSIBLE, POSSIBLE)),
        (set(), S.THERAPY_PRACTICE, (NOT, NOT, POSSIBLE)),
    ],
    ids=lambda value: "+".join(sorted(value)) or "nobody" if isinstance(value, set) else None,
)
def test_a_class_that_is_never_first_line(
    professions: set[Profession], setting: CareSetting, expected: Worth
) -> None:
    assert standings(contact(professions, setting=setting, is_inpatient=True)) == expected


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (S.GP_PRACTICE, NO_PLACE),
        (S.UNKNOWN, NO_PLACE),
        (S.THERAPY_PRACTICE, (POSSIBLE, NOT, POSSIBLE)),
    ],
)
def test_a_procedure_of_another_kind_without_a_role(setting: CareSetting, expected: Worth) -> None:
    one = contact(set(), setting=setting, procedure=ProcedureMeaning.ANOTHER)
    assert standings(one) == expected


@pytest.mark.parametrize(
    ("changes", "standing", "causes", "reason"),
    [
        ({"kind": ContactKind.INTAKE}, CERTAIN, set(), None),
        ({"kind": ContactKind.GROUP}, CERTAIN, set(), None),
        ({"kind": ContactKind.REMOTE}, CERTAIN, set(), None),
        ({"kind": ContactKind.SCREENING}, NOT, set(), Reason.SCREENING),
        ({"kind": ContactKind.NOTE}, NOT, set(), Reason.NOTE),
        ({"kind": ContactKind.ASYNCHRONOUS}, POSSIBLE, {Cause.ASYNCHRONOUS_CONTACT}, None),
        ({"kind": ContactKind.UNCLEAR}, POSSIBLE, {Cause.KIND_UNCLEAR}, None),
        ({"status": ContactStatus.UNKNOWN}, POSSIBLE, {Cause.STATUS_UNKNOWN}, None),
        ({"status": ContactStatus.OPEN}, POSSIBLE, {Cause.STATUS_OPEN}, None),
        ({"status": ContactStatus.PLANNED}, POSSIBLE, {Cause.STATUS_OPEN}, None),
        (
            {"status": ContactStatus.PLANNED, "days": DayRange.on(REFERRAL_DATE)},
            NOT,
            set(),
            Reason.PLANNED,
        ),
        ({"status": ContactStatus.PLANNED, "days": None}, NOT, set(), Reason.PLANNED),
        ({"kind": ContactKind.CANCELLED}, NOT, set(), Reason.VOID),
        ({"has_other_reason": True}, POSSIBLE, {Cause.REASON_TO_CONFIRM}, None),
        (
            {"doubts": frozenset({Cause.RESOURCE_UNREADABLE})},
            POSSIBLE,
            {Cause.RESOURCE_UNREADABLE},
            None,
        ),
        ({"status": ContactStatus.VOID}, NOT, set(), Reason.VOID),
        ({"subject": Subject.UNCLEAR}, POSSIBLE, {Cause.PATIENT_UNCLEAR}, None),
        ({"subject": Subject.OTHER_PATIENT}, NOT, set(), Reason.OTHER_PATIENT),
        ({"days": None}, POSSIBLE, {Cause.DATE_IMPRECISE}, None),
        ({"setting": S.HOSPITAL}, NOT, set(), Reason.NOT_PRIMARY_CARE),
        ({"setting": S.REHABILITATION_CENTRE}, NOT, set(), Reason.REHABILITATION_PROGRAMME),
        ({"setting": S.ABROAD}, POSSIBLE, {Cause.SETTING_ABROAD}, None),
        ({"days": DayRange.on(date(2024, 6, 14))}, NOT, set(), Reason.BEFORE_WINDOW),
        ({"days": DayRange.on(date(2026, 6, 16))}, NOT, set(), Reason.AFTER_REFERRAL),
        (
            {"status": ContactStatus.UNKNOWN, "kind": ContactKind.ASYNCHRONOUS},
            POSSIBLE,
            {Cause.STATUS_UNKNOWN, Cause.ASYNCHRONOUS_CONTACT},
            None,
        ),
        (
            {"status": ContactStatus.VOID, "subject": Subject.OTHER_PATIENT},
            NOT,
            set(),
            Reason.OTHER_PATIENT,
        ),
        (
            {"doubts": frozenset({Cause.RECORD_INCOMPLETE})},
            POSSIBLE,
            {Cause.RECORD_INCOMPLETE},
            None,
        ),
    ],
)
def test_kind_status_subject_and_day(
    changes: dict[str, Any], standing: Standing, causes: set[Cause], reason: Reason | None
) -> None:
    entry = judge([contact({P.PHYSIOTHERAPIST}, **changes)]).finding(C1).ledger.entries[0]
    assert (entry.standing, set(entry.causes), entry.reason) == (standing, causes, reason)


def test_what_cannot_be_read_of_another_patient_does_not_count() -> None:
    """Policy 2.12: `other_patient` comes first."""
    unread = frozenset({Cause.RESOURCE_UNREADABLE})
    theirs = contact({P.PHYSIOTHERAPIST}, days=None, subject=Subject.OTHER_PATIENT, doubts=unread)
    finding = finding_of([theirs])
    assert reasons(finding) == [Reason.OTHER_PATIENT]
    assert finding.causes == (Cause.NOTHING_FOUND,)


def test_of_one_day_and_discipline_the_finished_contact_wins() -> None:
    finished = session("2025-03-03")
    for other in (
        finished.but(source="Encounter/other", status=ContactStatus.VOID),
        finished.but(source="Encounter/other", status=ContactStatus.UNKNOWN),
    ):
        ledger = judge([other, finished]).finding(C1).ledger
        assert {entry.contact.source: entry.standing for entry in ledger.entries} == {
            "Encounter/other": NOT,
            finished.source: CERTAIN,
        }
        assert (ledger.certain.sessions, ledger.possible.sessions) == (1, 1)


@pytest.mark.parametrize(
    ("contacts", "criterion", "expected"),
    [
        pytest.param(
            [session("2025-03-03"), session("2025-03-03", P.EXERCISE_THERAPIST)],
            C1,
            2,
            id="two disciplines on one day",
        ),
        pytest.param(
            [session("2025-03-03"), session("2025-03-03", practitioner="bram")],
            C1,
            1,
            id="one discipline twice a day",
        ),
        pytest.param(
            [session("2025-03-03"), session("2025-03-03", P.PSYCHOSOMATIC_PHYSIOTHERAPIST)],
            C1,
            1,
            id="psychosomatic physiotherapy is physiotherapy in option 1",
        ),
        pytest.param(
            [
                session("2025-03-03", P.PSYCHOSOMATIC_EXERCISE_THERAPIST),
                session("2025-03-03", P.PSYCHOSOMATIC_PHYSIOTHERAPIST),
            ],
            O2,
            2,
            id="in option 2 psychosomatic physio- and exercise therapy are two",
        ),
        pytest.param(
            [
                session("2025-03-03", P.PSYCHOLOGIST),
                session("2025-03-03", P.PRACTICE_NURSE_GGZ),
            ],
            C2,
            2,
            id="psychologist and POH-GGZ",
        ),
        pytest.param(
            [
                session("2025-03-03", P.MENTAL_HEALTH_NURSE, setting=S.GP_PRACTICE),
                session("2025-03-03", P.PRACTICE_NURSE_GGZ, setting=S.GP_PRACTICE),
            ],
            C2,
            1,
            id="an SPV in a GP practice is the POH-GGZ",
        ),
    ],
)
def test_one_session_is_one_discipline_on_one_day(
    contacts: list[Contact], criterion: CriterionId, expected: int
) -> None:
    assert certain(contacts, criterion) == (expected, 0)


@pytest.mark.parametrize(
    ("profession", "setting", "is_open"),
    [
        pytest.param(P.PRACTICE_NURSE, S.GP_PRACTICE, False, id="a plain POH"),
        pytest.param(P.PRACTICE_NURSE, S.UNKNOWN, False, id="a plain POH, wherever"),
        pytest.param(P.NURSE, S.GP_PRACTICE, False, id="a nurse in a GP practice"),
        pytest.param(P.NURSE, S.MENTAL_HEALTH_INSTITUTION, True, id="a nurse elsewhere"),
        pytest.param(P.PSYCHOLOGIST, S.PSYCHOLOGY_PRACTICE, True, id="a psychologist"),
    ],
)
@pytest.mark.parametrize("fact", ["has_somatic_reason", "has_other_reason"])
def test_by_somatic_reasons_a_nurse_of_a_gp_practice_is_not_the_poh_ggz(
    profession: Profession,
    setting: CareSetting,
    is_open: bool,  # noqa: FBT001
    fact: str,
) -> None:
    """Policy 2.4, Professions."""
    facts: dict[str, Any] = {fact: True}
    finding = finding_of([contact({profession}, setting=setting, **facts)], C2)
    assert reasons(finding) == [None if is_open else Reason.OTHER_PROFESSION]
