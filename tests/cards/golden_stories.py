"""The assessments behind the files in `golden/`, by the name of the file."""

from dataclasses import replace
from functools import cache

from cds_service.domain.assessment import Assessment, Completeness, RecordPart
from cds_service.domain.contacts import Profession
from cds_service.domain.referral import Indication, Person, ReferralKind
from tests.cards.stories import IMSR, contacts_of, judged, named, story

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


@cache
def golden_assessment(name: str) -> Assessment:
    """The assessment of a file; `name` is `card.row` or `card.row.variation`."""
    if name in _VARIATIONS:
        return _VARIATIONS[name]()
    return story(name.split(".")[1])


def _s128() -> Assessment:
    return judged(contacts_of("S128"), completeness=_NO_PROCEDURES)


def _s130() -> Assessment:
    return judged(contacts_of("S130"), completeness=_NO_FURTHER_ENCOUNTERS)


def _both_short() -> Assessment:
    """S005 with the two POH-GGZ contacts of S017 in place of its own."""
    physio = (c for c in contacts_of("S005") if Profession.PHYSIOTHERAPIST in c.professions)
    psychology = (c.but(source=f"S017-{c.source}") for c in contacts_of("S017"))
    return judged((*physio, *psychology))


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


_VARIATIONS = {
    "met_option1.S128": _s128,
    "record_incomplete.S130": _s130,
    "not_met_both.S005.variation": _both_short,
    "not_found_both.S013.variation": _nothing_found,
    "doubtful_contacts.S079": _six_practices,
    "kind_and_indication_unclear.S119.variation": _kind_unclear,
    "age_unknown.S115.variation": _no_birth_date,
}
