"""Types of organisations and locations -> where care was given (policy 2.4, Where)."""

from collections.abc import Iterable, Sequence

from cds_service.domain.contacts import CareSetting
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.coding_keys import COD016
from fhir_mappings.terminology.tables import Terminology

_PRACTICES = frozenset(
    {
        CareSetting.GP_PRACTICE,
        CareSetting.THERAPY_PRACTICE,
        CareSetting.PSYCHOLOGY_PRACTICE,
        CareSetting.OTHER_PRACTICE,
    }
)
_FIRST_LINE = _PRACTICES | {CareSetting.PRIMARY_CARE}
_NAMED_INSTITUTIONS = frozenset({CareSetting.HOSPITAL, CareSetting.LONG_TERM_CARE})
INSTITUTIONS = _NAMED_INSTITUTIONS | {
    CareSetting.MENTAL_HEALTH_INSTITUTION,
    CareSetting.REHABILITATION_CENTRE,
}
"""What a department, team or room below it is part of, whatever that calls itself (policy 2.4)."""


def setting_of(types: Sequence[Concept], *, country: str = "", terms: Terminology) -> CareSetting:
    """Where care is given by one organisation or location, by its types and its country.

    A rehabilitation centre stays one abroad: what is given there is the second-line care itself.
    """
    asked = (tuple(types), country, "setting")
    known = terms.known
    found: CareSetting | None = known.get(asked)
    if found is None:
        if len(known) > _MOST_KNOWN:
            known.clear()
        found = known[asked] = _setting_of(types, country, terms)
    return found


_MOST_KNOWN = 5_000


def _setting_of(types: Sequence[Concept], country: str, terms: Terminology) -> CareSetting:
    setting = _by_types(types, terms)
    if is_abroad(country, terms) and setting != CareSetting.REHABILITATION_CENTRE:
        return CareSetting.ABROAD
    return setting


def is_abroad(country: str, terms: Terminology) -> bool:
    """Whether an address names another country than the Netherlands; an unknown word says nothing.

    As code of ISO 3166 or by name.
    """
    return terms.sets["country-abroad"].words.exact(country) is not None


def setting_of_role(specialties: Sequence[Concept], terms: Terminology) -> CareSetting:
    """The place that the code of a role carries itself, such as a physiotherapist of a hospital."""
    keys = (terms.keys.key(coding) for concept in specialties for coding in concept.codings)
    found = {role.setting for key in keys if (role := terms.roles.get(key)) is not None}
    return _agreed(found - {CareSetting.UNKNOWN})


def is_never_first_line(class_codings: Sequence[Coding], terms: Terminology) -> bool:
    """Whether an Encounter.class is inpatient, emergency or the like (policy 2.4, Where).

    The code decides, whatever its system, and also without one.
    """
    members = terms.sets["class-never-first-line"]
    codes = {code for _, code in members.codes}
    return any(
        coding.code.strip() in codes or members.get(terms.keys.key(coding))
        for coding in class_codings
    )


def is_virtual(class_codings: Sequence[Coding], terms: Terminology) -> bool:
    """Whether an Encounter.class says that the contact was at a distance."""
    return _is_in("class-virtual", class_codings, terms)


def _is_in(value_set: str, codings: Iterable[Coding], terms: Terminology) -> bool:
    members = terms.sets[value_set]
    return any(members.get(terms.keys.key(coding)) for coding in codings)


def _by_types(types: Sequence[Concept], terms: Terminology) -> CareSetting:
    groups: set[CareSetting] = set()  # by COD016
    others: set[CareSetting] = set()
    for concept in types:
        for coding in concept.codings:
            key = terms.keys.key(coding)
            found = terms.settings.get(key)
            if found is not None:
                (groups if key[0] == COD016 else others).add(found)
    unknown = {CareSetting.UNKNOWN}
    return _common_setting(groups - unknown, others - unknown) or _by_words(types, terms)


def _common_setting(groups: set[CareSetting], others: set[CareSetting]) -> CareSetting | None:
    """A COD016 group goes before any other type; None where no code tells.

    Two exceptions keep hospital care from looking like first line: a rehabilitation centre stays
    one, and so does a hospital or nursing home that also carries the group of a practice, as its
    department. "GGZ" and "clinic" are no names of a hospital: single practices carry them.
    """
    if CareSetting.REHABILITATION_CENTRE in groups | others:
        return CareSetting.REHABILITATION_CENTRE
    if not groups | others:
        return None
    if groups and groups <= _PRACTICES and others & _NAMED_INSTITUTIONS:
        return _agreed(others)
    return _agreed(groups or others)


def _agreed(settings: set[CareSetting]) -> CareSetting:
    """The one place that several types mean; a health centre holds practices of several kinds."""
    if CareSetting.PRIMARY_CARE in settings and settings <= _FIRST_LINE:
        return CareSetting.PRIMARY_CARE
    return next(iter(settings)) if len(settings) == 1 else CareSetting.UNKNOWN


def _by_words(types: Sequence[Concept], terms: Terminology) -> CareSetting:
    texts = [
        text
        for concept in types
        for text in (concept.text, *_unknown_displays(concept, terms))
        if text
    ]
    found = {setting for text in texts for setting in terms.settings.words.find(text)}
    return _agreed(found - {CareSetting.UNKNOWN})


def _unknown_displays(concept: Concept, terms: Terminology) -> Iterable[str]:
    for coding in concept.codings:
        if terms.settings.get(terms.keys.key(coding)) is None:
            yield coding.display
