"""Contacts for explicit tables, and what the domain says of them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from cds_service.criteria_files import load_criteria
from cds_service.domain.assessment import Assessment, Completeness, CriterionFinding, Flag
from cds_service.domain.causes import Reason
from cds_service.domain.contacts import CareSetting, Contact, Profession
from cds_service.domain.criteria import CriterionId, ReadingKey, ReferralCriteria
from cds_service.domain.judging import assess_contacts
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind

C1 = CriterionId.ALLIED_HEALTH_THERAPY
C2 = CriterionId.PSYCHOLOGICAL_CARE
O2 = CriterionId.PSYCHOSOMATIC_THERAPY

CRITERIA = load_criteria().in_force(date(2026, 6, 15))
ADULT = Person(born=DayRange.on(date(1980, 5, 17)))
COMPLETE = Completeness()
REFERRAL_DATE = date(2026, 6, 15)


REFERRAL = Referral("ServiceRequest/draft-1", REFERRAL_DATE, ReferralKind.IMSR, Indication.PAIN)


def session(
    day: str,
    *professions: Profession,
    setting: CareSetting = CareSetting.PRIMARY_CARE,
    practitioner: str = "anna",
) -> Contact:
    """A finished session on a known day; without a profession, of a physiotherapist."""
    who = frozenset(professions or {Profession.PHYSIOTHERAPIST})
    return Contact(
        source=f"Encounter/{day}-{'-'.join(sorted(who))}-{practitioner}",
        days=DayRange.on(date.fromisoformat(day)),
        professions=who,
        practitioner=practitioner,
        setting=setting,
    )


def spread(first: str, days: int, number: int, *professions: Profession) -> tuple[Contact, ...]:
    """So many sessions, the first and the last so many days apart."""
    start = date.fromisoformat(first)
    steps = [days * at // max(number - 1, 1) for at in range(number)]
    return tuple(
        session((start + timedelta(days=step)).isoformat(), *professions) for step in steps
    )


def during(first: str, last: str, *professions: Profession, **facts: Any) -> Contact:
    """A contact on one of these days, or with `is_course` a course over them."""
    return session(first, *professions).but(
        source=f"Encounter/{first}-{last}-{'-'.join(professions)}",
        days=DayRange(date.fromisoformat(first), date.fromisoformat(last)),
        **facts,
    )


def undated(*professions: Profession, **facts: Any) -> Contact:
    """A contact of which no day is known."""
    return session("2025-01-01", *professions).but(source="Encounter/x", days=None, **facts)


def stated(first: str, last: str, sessions: int, *professions: Profession) -> Contact:
    """Care that the referrer states: so many sessions in a period, without a name or a place."""
    care = during(first, last, *professions, is_course=True, is_stated=True, sessions=sessions)
    return care.but(practitioner="", setting=CareSetting.UNKNOWN)


def changed(contacts: Iterable[Contact], **changes: Any) -> tuple[Contact, ...]:
    """The same contacts, each with something else about it."""
    return tuple(contact.but(**changes) for contact in contacts)


def judge(
    contacts: Iterable[Contact],
    *,
    referral: Referral = REFERRAL,
    person: Person = ADULT,
    completeness: Completeness = COMPLETE,
    criteria: ReferralCriteria = CRITERIA,
) -> Assessment:
    """What the domain says of a referral, by default a usual one of an adult."""
    return assess_contacts(contacts, referral, criteria, person=person, completeness=completeness)


def finding_of(
    contacts: Iterable[Contact], criterion: CriterionId = C1, **readings: str
) -> CriterionFinding:
    """What is found of one criterion, with readings set otherwise: `pooling="therapist"`."""
    criteria = CRITERIA
    for key, value in readings.items():
        criteria = criteria.read_as(ReadingKey[key.upper()], value)
    return judge(contacts, criteria=criteria).finding(criterion)


def reasons(finding: CriterionFinding) -> list[Reason | None]:
    """Why each contact does not count, or nothing where it does."""
    return [entry.reason for entry in finding.ledger.entries]


def flags_of(
    contacts: Iterable[Contact],
    criterion: CriterionId | None = C1,
    *,
    person: Person = ADULT,
    completeness: Completeness = COMPLETE,
) -> list[Flag]:
    """The flags of one criterion, or those of none."""
    found = judge(contacts, person=person, completeness=completeness).flags
    return [flag for flag in found if flag.criterion is criterion]


def outcome(
    contacts: Iterable[Contact], criterion: CriterionId, *, on: date = REFERRAL_DATE
) -> str:
    """What the domain says of one criterion."""
    return judge(contacts, referral=replace(REFERRAL, date=on)).finding(criterion).outcome.label


def certain(
    contacts: Iterable[Contact], criterion: CriterionId, *, on: date = REFERRAL_DATE
) -> tuple[int, int]:
    """The certain sessions and days of one criterion."""
    tally = judge(contacts, referral=replace(REFERRAL, date=on)).finding(criterion).ledger.certain
    return tally.sessions, tally.days
