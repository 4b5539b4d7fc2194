"""Patient stories as contacts, judged by the real count: what the card tests present.

A story is a row of `tests/data/scenarios.csv`, read into contacts without any FHIR.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from cds_service.criteria_files import load_criteria
from cds_service.domain.assessment import Assessment, Completeness, RecordPart
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    Profession,
)
from cds_service.domain.criteria import ReferralCriteria
from cds_service.domain.judging import assess_contacts
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind
from tests.builders.scenario_rows import Scenario, scenario
from tests.builders.scenario_tokens import SessionToken, WhenShape

REFERRAL_DAY = date(2026, 6, 15)
PRACTICE = "Praktijk De Linde"
ADULT = Person(born=DayRange.on(date(1980, 5, 17)))
COMPLETE = Completeness()
IMSR = Referral("ServiceRequest/draft-1", REFERRAL_DAY, ReferralKind.IMSR, Indication.PAIN)

_PROFESSIONS = {
    "physio": {Profession.PHYSIOTHERAPIST},
    "poh_ggz": {Profession.PRACTICE_NURSE_GGZ},
    "psychologist": {Profession.PSYCHOLOGIST},
    "psychosomatic_physio": {Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST},
    "psychosomatic_ergo": {
        Profession.OCCUPATIONAL_THERAPIST,
        Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST,
    },
    "unmapped": set[Profession](),
}
_PRIMARY = {
    "poh_ggz": CareSetting.GP_PRACTICE,
    "psychologist": CareSetting.PSYCHOLOGY_PRACTICE,
    "unmapped": CareSetting.PRIMARY_CARE,
}
_PLACES = {"hospital": CareSetting.HOSPITAL, "nursinghome": CareSetting.LONG_TERM_CARE}
_STATUSES = {"unknown": ContactStatus.UNKNOWN}
_KINDS = {"memo": ContactKind.NOTE}
_REFERRAL_KINDS = {
    "imsr": ReferralKind.IMSR,
    "unclear": ReferralKind.UNCLEAR,
    "one_time_consult": ReferralKind.ONE_TIME_CONSULT,
}
_INDICATIONS = {
    "chronic_pain": Indication.PAIN,
    "none": Indication.UNKNOWN,
    "other": Indication.OTHER,
}


def criteria() -> ReferralCriteria:
    """The criteria of 20 April 2026 that come with the service."""
    return load_criteria().in_force(REFERRAL_DAY)


def judged(
    contacts: Iterable[Contact],
    *,
    referral: Referral = IMSR,
    person: Person = ADULT,
    completeness: Completeness = COMPLETE,
    rules: ReferralCriteria | None = None,
) -> Assessment:
    """What the domain says of a referral, by default a usual one of an adult."""
    return assess_contacts(
        contacts, referral, rules or criteria(), person=person, completeness=completeness
    )


def contacts_of(scenario_id: str) -> tuple[Contact, ...]:
    """The contacts of a row, all of one practice."""
    tokens = scenario(scenario_id).tokens
    return tuple(_contact(token, number) for number, token in enumerate(tokens))


def story(scenario_id: str) -> Assessment:
    """A row as it stands."""
    row = scenario(scenario_id)
    return judged(
        contacts_of(scenario_id),
        referral=_referral(row),
        person=_person(row),
        completeness=_completeness(row),
    )


def weekly(
    profession: Profession, first: date, number: int, *, every: int = 7, name: str = "w"
) -> tuple[Contact, ...]:
    """So many contacts in a therapy practice, each so many days after the one before."""
    return tuple(
        Contact(
            source=f"{name}{turn}",
            days=DayRange.on(first + timedelta(days=every * turn)),
            professions=frozenset({profession}),
            setting=CareSetting.THERAPY_PRACTICE,
            practice=PRACTICE,
        )
        for turn in range(number)
    )


def named(contacts: Sequence[Contact], practices: Sequence[str]) -> tuple[Contact, ...]:
    """The contacts with other practices, as far as there are any; an empty one is unknown."""
    renamed = tuple(
        contact.but(practice=practice)
        for contact, practice in zip(contacts, practices, strict=False)
    )
    return renamed + tuple(contacts[len(renamed) :])


def _contact(token: SessionToken, number: int) -> Contact:
    (role,) = token.roles
    return Contact(
        source=f"{number:03}",
        days=_days(token),
        professions=frozenset(_PROFESSIONS[role]),
        setting=_PLACES.get(token.place) or _PRIMARY.get(role, CareSetting.THERAPY_PRACTICE),
        kind=_KINDS.get(token.kind, ContactKind.TREATMENT),
        status=_STATUSES.get(token.status, ContactStatus.TOOK_PLACE),
        is_course=token.when.shape is WhenShape.PERIOD,
        sessions=token.number,
        practice=PRACTICE,
    )


def _days(token: SessionToken) -> DayRange:
    first = date.fromisoformat(token.when.start)
    if token.when.shape is WhenShape.PERIOD:
        return DayRange(first, date.fromisoformat(token.when.end))
    return DayRange.on(first)


def _referral(row: Scenario) -> Referral:
    return Referral(
        "ServiceRequest/draft-1",
        date.fromisoformat(row.referral_date),
        _REFERRAL_KINDS[row.referral_kind],
        _INDICATIONS[row.indication],
    )


def _person(row: Scenario) -> Person:
    return Person(born=DayRange.on(date.fromisoformat(row.birth_date)))


def _completeness(row: Scenario) -> Completeness:
    if row.flags.is_unreachable:
        gaps = frozenset({RecordPart.ENCOUNTERS, RecordPart.PROCEDURES})
        return Completeness(gaps, is_unavailable=True)
    return Completeness()
