"""The ConceptMaps of roles, read into alternatives: whom a role can be.

A target category that is certain (`equivalent`, `wider`) is that profession; one that is only
possible (`inexact`) is that profession or another one, unless the finer profession beside it
already says that it is only possible (a nurse, a psychiatrist: policy 2.4). A second target makes
a combination code: one of the two, the code does not say which.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from cds_service.domain.contacts import CareSetting, Profession, TherapistCategory
from fhir_mappings.reading.concepts import Coding
from fhir_mappings.terminology.artefacts import Artefact, Faults
from fhir_mappings.terminology.code_tables import TableEntry
from fhir_mappings.terminology.coding_keys import CodingKeys, Key

CATEGORIES = "https://imsr-cds.nl/fhir/CodeSystem/therapist-category"
PROFESSIONS = "https://imsr-cds.nl/fhir/CodeSystem/profession"
SETTINGS = "https://imsr-cds.nl/fhir/CodeSystem/care-setting"

Professions = frozenset[Profession]

POSSIBLE_BY_NATURE = frozenset(
    {
        Profession.NURSE,
        Profession.MENTAL_HEALTH_NURSE,
        Profession.PRACTICE_NURSE,
        Profession.PSYCHOTHERAPIST,
        Profession.PSYCHIATRIST,
        Profession.REMEDIAL_EDUCATIONALIST,
    }
)
"""Professions that the rule itself knows to be only possible, or possible by place."""

_CERTAIN = {"equivalent", "wider"}

_OF_CATEGORY = {category: Profession(category.value) for category in TherapistCategory}

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class RoleMeaning:
    """Whom a role can be, and the place that the role itself names."""

    professions: Professions = frozenset()
    setting: CareSetting = CareSetting.UNKNOWN


@dataclass(frozen=True, slots=True)
class _Target:
    profession: Profession
    is_certain: bool
    setting: CareSetting


def role_entries(
    artefact: Artefact, keys: CodingKeys, faults: Faults
) -> Iterator[TableEntry[RoleMeaning]]:
    """Every line of one ConceptMap."""
    seen: set[Key] = set()
    groups = artefact.resource.get("group")
    if not groups:
        faults.add(f"{artefact.file}: group", "is missing or empty")
    for place, group in faults.objects(groups, f"{artefact.file}: group"):
        system = faults.text(group.get("source"), f"{place}.source")
        if group.get("target") != CATEGORIES:
            faults.add(f"{place}.target", f"is not {CATEGORIES}")
        if not group.get("element"):
            faults.add(f"{place}.element", "is missing or empty")
        for spot, element in faults.objects(group.get("element"), f"{place}.element"):
            code = faults.text(element.get("code"), f"{spot}.code")
            key = keys.key(Coding(system, code))
            if key in seen:
                faults.add(f"{spot}.code", f"{code} appears twice in this map")
            seen.add(key)
            name = element.get("display")
            meaning = _meaning(element, spot, faults)
            yield TableEntry(key, meaning, name if isinstance(name, str) else "")


def _meaning(element: Mapping[str, object], place: str, faults: Faults) -> RoleMeaning:
    targets = [
        target
        for spot, value in faults.objects(element.get("target"), f"{place}.target")
        if (target := _target(value, spot, faults)) is not None
    ]
    alternatives = {target.profession for target in targets}
    if targets and not any(target.is_certain for target in targets):
        alternatives |= {Profession.OTHER} if alternatives - POSSIBLE_BY_NATURE else set()
    settings = {target.setting for target in targets} - {CareSetting.UNKNOWN}
    setting = settings.pop() if len(settings) == 1 else CareSetting.UNKNOWN
    return RoleMeaning(frozenset(alternatives), setting)


def _target(value: Mapping[str, object], place: str, faults: Faults) -> _Target | None:
    category = choice(TherapistCategory, value.get("code"), f"{place}.code", faults)
    equivalence = value.get("equivalence")
    if equivalence not in _CERTAIN | {"inexact"}:
        faults.add(f"{place}.equivalence", "is none of equivalent, wider, inexact")
    if category is None:
        return None
    profession, setting = _OF_CATEGORY[category], CareSetting.UNKNOWN
    for spot, product in faults.objects(value.get("product"), f"{place}.product"):
        if product.get("property") == PROFESSIONS:
            fine = choice(Profession, product.get("value"), f"{spot}.value", faults)
            profession = fine or profession
        elif product.get("property") == SETTINGS:
            where = choice(CareSetting, product.get("value"), f"{spot}.value", faults)
            setting = where or setting
        else:
            faults.add(f"{spot}.property", "is no property that is known here")
    return _Target(profession, equivalence in _CERTAIN, setting)


def choice(options: type[Choice], value: object, place: str, faults: Faults) -> Choice | None:
    """One of a closed list of codes; anything else is a fault."""
    try:
        return options(str(value))
    except ValueError:
        faults.add(place, f"{value!r} is none of {', '.join(options)}")
        return None
