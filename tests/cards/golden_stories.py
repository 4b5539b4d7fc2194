"""The assessments behind the files in `golden/`, by the name of the file."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache

from cds_service.domain.assessment import Assessment, Completeness, RecordPart
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactStatus,
    Profession,
    TherapistCategory,
)
from cds_service.domain.criteria import CriterionId
from cds_service.domain.lookback import DayRange
from cds_service.domain.pointers import Pointer, PointerKind
from cds_service.domain.referral import Indication, Person, ReferralKind
from tests.cards.stories import IMSR, contacts_of, judged, named, story, weekly

_SIX_PLACES = (
    "Praktijk De Linde",
    "Praktijk Noord",
    "",
    "Praktijk Zuid",
    "Praktijk Oost",
    "Praktijk West",
)
_NO_PROCEDURES = Completeness(frozenset({RecordPart.PROCEDURES}))
_NO_FURTHER_ENCOUNTERS = Completeness(frozenset({RecordPart.ENCOUNTERS}))
_PHYSIO = Profession.PHYSIOTHERAPIST
_POH_GGZ = Profession.PRACTICE_NURSE_GGZ
_C1 = CriterionId.ALLIED_HEALTH_THERAPY
_C2 = CriterionId.PSYCHOLOGICAL_CARE
_SEVEN_PHYSIO = weekly(_PHYSIO, date(2025, 2, 3), 7, every=14)  # 84 days

PHYSIO_LETTER = Pointer(
    PointerKind.LETTER, _C1, date(2025, 6, 2), TherapistCategory.PHYSIOTHERAPIST
)
PHYSIO_REFERRAL = Pointer(
    PointerKind.REFERRAL, _C1, date(2025, 1, 14), TherapistCategory.PHYSIOTHERAPIST
)
PSYCHOLOGIST_LETTER = Pointer(PointerKind.LETTER, _C2, date(2025, 9, 8))
PHYSIO_IN_WORDS = Pointer(PointerKind.DRAFT_TEXT, _C1, date(2026, 6, 15))


@cache
def golden_assessment(name: str) -> Assessment:
    """The assessment of a file; `name` is `card.row` or `card.row.variation`."""
    if name in _VARIATIONS:
        return _VARIATIONS[name]()
    return story(name.split(".")[1])


def poh_ggz(first: date, number: int, *, every: int = 7, name: str = "poh") -> tuple[Contact, ...]:
    """Contacts with a POH-GGZ in the GP practice."""
    made = weekly(_POH_GGZ, first, number, every=every, name=name)
    return tuple(contact.but(setting=CareSetting.GP_PRACTICE) for contact in made)


_SEVEN_POH = poh_ggz(date(2025, 6, 2), 7, every=14)


def two_courses() -> tuple[Contact, ...]:
    """Six sessions in September 2024 and six in November 2025."""
    first = weekly(_PHYSIO, date(2024, 9, 2), 6, every=5, name="knee")
    return first + weekly(_PHYSIO, date(2025, 11, 3), 6, every=5, name="back")


def _s128() -> Assessment:
    return judged(contacts_of("S128"), completeness=_NO_PROCEDURES)


def _s130() -> Assessment:
    return judged(contacts_of("S130"), completeness=_NO_FURTHER_ENCOUNTERS)


def _both_short() -> Assessment:
    """The five physiotherapy sessions of S005, and three contacts with a POH-GGZ in three weeks."""
    physio = (c for c in contacts_of("S005") if _PHYSIO in c.professions)
    return judged((*physio, *poh_ggz(date(2025, 4, 7), 3)))


def _nothing_found() -> Assessment:
    return judged(())


def _six_practices() -> Assessment:
    contacts = [
        c.but(practitioner_name="J. Jansen") if number == 2 else c
        for number, c in enumerate(named(contacts_of("S079"), _SIX_PLACES))
    ]
    return judged(contacts)


def _kind_unclear() -> Assessment:
    referral = replace(IMSR, kind=ReferralKind.UNCLEAR, indication=Indication.UNKNOWN)
    return judged(contacts_of("S119"), referral=referral)


def _no_birth_date() -> Assessment:
    return judged(contacts_of("S115"), person=Person())


def _interrupted_c1() -> Assessment:
    return judged((*two_courses(), *_SEVEN_POH))


def _interrupted_c2() -> Assessment:
    two = poh_ggz(date(2024, 9, 2), 2, every=85 * 7)
    return judged((*_SEVEN_PHYSIO, *two))


def _interrupted_o2() -> Assessment:
    psychosomatic = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST
    first = weekly(psychosomatic, date(2024, 9, 2), 4)
    return judged((*first, *weekly(psychosomatic, date(2025, 11, 3), 4, name="later")))


def _trace(*contacts: Contact, pointers: Iterable[Pointer] = ()) -> Assessment:
    return judged(contacts).with_pointers(pointers)


def _trace_c1() -> Assessment:
    return _trace(*weekly(_PHYSIO, date(2025, 2, 3), 2), *_SEVEN_POH)


def _trace_c1_pointer() -> Assessment:
    two = weekly(_PHYSIO, date(2025, 2, 3), 2)
    return _trace(*two, *_SEVEN_POH, pointers=(PHYSIO_LETTER, PHYSIO_REFERRAL))


def _trace_c2() -> Assessment:
    return _trace(*_SEVEN_PHYSIO, *poh_ggz(date(2025, 4, 7), 1))


def _trace_both() -> Assessment:
    return _trace(*weekly(_PHYSIO, date(2025, 2, 3), 1), *poh_ggz(date(2025, 4, 7), 2))


def _named() -> Assessment:
    return judged(_SEVEN_POH).with_pointers((PHYSIO_IN_WORDS,))


def _pointers() -> Assessment:
    return judged(_SEVEN_POH).with_pointers((PHYSIO_LETTER, PHYSIO_REFERRAL))


def _pointers_to_both() -> Assessment:
    return judged(()).with_pointers((PHYSIO_LETTER, PSYCHOLOGIST_LETTER))


def _rehabilitation_centre() -> Assessment:
    made = weekly(_PHYSIO, date(2025, 2, 3), 24)
    centre = [each.but(setting=CareSetting.REHABILITATION_CENTRE) for each in made]
    return judged((*centre, *_SEVEN_POH))


def _other_reason() -> Assessment:
    made = weekly(_PHYSIO, date(2025, 2, 3), 20)
    return judged((*(each.but(has_other_reason=True) for each in made), *_SEVEN_POH))


def _practice_nurse() -> Assessment:
    made = poh_ggz(date(2025, 6, 2), 8)
    nurses = (each.but(professions=frozenset({Profession.PRACTICE_NURSE})) for each in made)
    return judged((*_SEVEN_PHYSIO, *nurses))


def _planned_last_year() -> Assessment:
    made = weekly(_PHYSIO, date(2025, 2, 3), 9, every=14)
    return judged((*(each.but(status=ContactStatus.PLANNED) for each in made), *_SEVEN_POH))


def _ages() -> Assessment:
    person = Person(born=DayRange(date(2008, 1, 1), date(2008, 12, 31)))
    return judged(contacts_of("S115"), person=person)


def _caveat_place() -> Assessment:
    unknown = (each.but(setting=CareSetting.UNKNOWN) for each in _SEVEN_PHYSIO)
    return judged((*unknown, *_SEVEN_POH))


def _usual_dutch_order() -> Assessment:
    """Nothing found, and the kind of referral nowhere coded: the ordinary call."""
    return judged((), referral=replace(IMSR, kind=ReferralKind.UNCLEAR))


_VARIATIONS = {
    "met_option1.S128": _s128,
    "met_option1.place_unknown": _caveat_place,
    "record_incomplete.S130": _s130,
    "not_met_both.S005.variation": _both_short,
    "not_found_both.S013.variation": _nothing_found,
    "not_found_both.kind_unclear": _usual_dutch_order,
    "not_found_both.pointers": _pointers_to_both,
    "not_found_c1.pointers": _pointers,
    "not_found_c1.named": _named,
    "not_found_c1.rehabilitation_centre": _rehabilitation_centre,
    "interrupted_c1.two_courses": _interrupted_c1,
    "interrupted_c2.two_contacts": _interrupted_c2,
    "interrupted_o2.two_courses": _interrupted_o2,
    "trace_c1.two": _trace_c1,
    "trace_c1.pointers": _trace_c1_pointer,
    "trace_c2.one": _trace_c2,
    "trace_both.three": _trace_both,
    "doubtful_contacts.S079": _six_practices,
    "doubtful_contacts.other_reason": _other_reason,
    "doubtful_contacts.practice_nurse": _practice_nurse,
    "doubtful_contacts.planned": _planned_last_year,
    "kind_and_indication_unclear.S119.variation": _kind_unclear,
    "age_unknown.S115.variation": _no_birth_date,
    "age_unknown.year_of_birth": _ages,
}
