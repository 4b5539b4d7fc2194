"""Whether the criteria apply to this referral at all (policy 2.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cds_service.domain.causes import Cause
from cds_service.domain.criteria import ReferralCriteria
from cds_service.domain.lookback import birthday
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind


@dataclass(frozen=True, slots=True)
class Applicability:
    """`against`: every reason why the criteria do not apply; `unknown`: what is not known.

    `ages` are the lowest and the highest possible age on the referral date where a birth date that
    is not complete leaves open whether the patient is an adult.
    """

    against: frozenset[Cause]
    unknown: frozenset[Cause]
    ages: tuple[int, int] | None = None


def applicability(referral: Referral, person: Person, criteria: ReferralCriteria) -> Applicability:
    """All that is true of the order and the person, and all that cannot be seen.

    A person of whom nothing is known gives unknown age, never a reason against.

    Example: somebody born in 2008, referred in June 2026, may be 17 or 18: the age is unknown, and
    the criteria are judged; born in 2009 the criteria do not apply, `minor`.
    """
    is_minor = _is_minor(referral, person, criteria)
    against = {
        Cause.DECEASED: person.is_deceased,
        Cause.MINOR: is_minor is True,
    }
    unknown = {
        Cause.AGE_UNKNOWN: is_minor is None,
        Cause.INDICATION_UNKNOWN: referral.indication is Indication.UNKNOWN,
    }
    return Applicability(
        order_against(referral, criteria) | _that_hold(against),
        _that_hold(unknown),
        _possible_ages(referral, person) if is_minor is None else None,
    )


def order_against(referral: Referral, criteria: ReferralCriteria) -> frozenset[Cause]:
    """Every reason in the order itself why the criteria do not apply, whoever it is for.

    Where there is one, no treatment need be looked for: the outcome is the same with any record.
    """
    return _that_hold(
        {
            Cause.BEFORE_EFFECTIVE_DATE: referral.date < criteria.effective_from,
            Cause.ONE_TIME_CONSULT: referral.kind is ReferralKind.ONE_TIME_CONSULT,
            Cause.OTHER_INDICATION: referral.indication is Indication.OTHER,
        }
    )


def _that_hold(causes: Mapping[Cause, bool]) -> frozenset[Cause]:
    return frozenset(cause for cause, holds in causes.items() if holds)


def _is_minor(referral: Referral, person: Person, criteria: ReferralCriteria) -> bool | None:
    """Policy D1 and D3: judged on the referral date; None where the possible dates disagree."""
    if person.born is None:
        return None
    minor_if_oldest = birthday(person.born.first, criteria.minimum_age) > referral.date
    minor_if_youngest = birthday(person.born.last, criteria.minimum_age) > referral.date
    return minor_if_oldest if minor_if_oldest == minor_if_youngest else None


def _possible_ages(referral: Referral, person: Person) -> tuple[int, int] | None:
    if person.born is None:
        return None
    return _age(person.born.last, referral.date), _age(person.born.first, referral.date)


def _age(born: date, day: date) -> int:
    """Completed years; never below 0, also for a birth that is still to come."""
    age = max(0, day.year - born.year)
    return age if birthday(born, age) <= day else max(0, age - 1)
