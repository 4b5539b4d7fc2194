"""What one contact would be worth for every criterion, in each situation that changes it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from cds_service.domain.contacts import CareSetting, Contact, Profession
from cds_service.domain.counting import count
from cds_service.domain.criteria import ReferralCriteria
from cds_service.domain.ledger import LedgerEntry, Standing
from cds_service.domain.lookback import DayRange
from cds_service.explain.code_lines import PLACES_IN_WORDS
from fhir_mappings.terminology.role_maps import Professions

_REFERRAL_DATE = date(2026, 6, 15)  # any day: the contact lies a day before it
_DAY = DayRange.on(date(2026, 6, 14))

Situation = tuple[str, Contact]
"""Where or by whom, in words, and the contact."""

_GIVERS: tuple[tuple[str, Professions], ...] = (
    ("physiotherapist", frozenset({Profession.PHYSIOTHERAPIST})),
    ("psychosomatic therapist", frozenset({Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST})),
    ("psychologist or POH-GGZ", frozenset({Profession.PSYCHOLOGIST})),
    ("nurse, field of work not said", frozenset({Profession.NURSE})),
    ("nobody with a usable role", frozenset()),
)


@dataclass(frozen=True, slots=True)
class Worth:
    """What a contact is worth for one criterion, and why it is not certain."""

    criterion: str
    standing: Standing
    why: tuple[str, ...] = ()  # causes (policy 2.11), or the reason (2.12)


@dataclass(frozen=True, slots=True)
class Effect:
    """Situations that have the same result, and that result."""

    situations: tuple[str, ...]
    worths: tuple[Worth, ...]


def contact(professions: Professions = frozenset()) -> Contact:
    """A session in which nothing else is doubtful."""
    return Contact("the contact", _DAY, professions=professions, practitioner="somebody")


def at_places(giver: Contact, *, own_place: CareSetting = CareSetting.UNKNOWN) -> list[Situation]:
    """The contact at every kind of place; `own_place` is what its role says where none is told."""
    return [
        (words, _at(giver, own_place if place is CareSetting.UNKNOWN else place))
        for place, words in PLACES_IN_WORDS.items()
    ]


def by_givers(one: Contact) -> list[Situation]:
    """The contact by each kind of professional."""
    return [(words, one.but(professions=who)) for words, who in _GIVERS]


def effects(situations: Iterable[Situation], criteria: ReferralCriteria) -> tuple[Effect, ...]:
    """The results, each with the situations that have it, in the order of their first one."""
    grouped: dict[tuple[Worth, ...], list[str]] = {}
    for words, one in situations:
        grouped.setdefault(tuple(_worths(one, criteria)), []).append(words)
    return tuple(Effect(tuple(words), worths) for worths, words in grouped.items())


def _worths(one: Contact, criteria: ReferralCriteria) -> Iterator[Worth]:
    lookback = criteria.lookback(_REFERRAL_DATE)
    for ledger in count((one,), criteria, lookback, is_complete=True).criteria:
        for entry in ledger.entries:
            yield Worth(ledger.criterion.id, entry.standing, _why(entry))


def _why(entry: LedgerEntry) -> tuple[str, ...]:
    return (entry.reason,) if entry.reason is not None else tuple(sorted(entry.causes))


def _at(one: Contact, place: CareSetting) -> Contact:
    return one.but(setting=place)
