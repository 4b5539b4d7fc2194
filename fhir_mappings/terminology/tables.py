"""The code tables of this service, loaded once from its FHIR artefacts.

`code_systems`, `concept_maps`, `value_sets` and `naming_systems` hold FHIR R4 resources, one a
file. A site may keep tables of its own in a folder with the same four subfolders; their format
is at the top of :mod:`fhir_mappings.terminology.artefacts`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from cds_service.domain.contacts import CareSetting, ContactKind, Profession
from fhir_mappings.terminology.artefacts import Artefact, Faults, read_folder
from fhir_mappings.terminology.code_tables import CodeTable, TableEntry
from fhir_mappings.terminology.coding_keys import CodingKeys, Key
from fhir_mappings.terminology.role_maps import Professions, RoleMeaning, role_entries
from fhir_mappings.terminology.value_set_tables import table


class InvalidTerminologyError(Exception):
    """A code table is wrong. `faults` holds every fault, each with file and path."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class ReasonClass(StrEnum):
    """What a code says about the indication (policy D7)."""

    INCLUDE = "include"  # pain of the locomotor system, chronic by its meaning
    DURATION = "duration"  # the same, without saying how long it lasts
    REVIEW = "review"  # may or may not be what the criteria mean
    EXCLUDE = "exclude"  # another site or another diagnosis


class ReasonWord(StrEnum):
    """What a word of a reason says about the indication (policy D7)."""

    PAIN = "pain"  # of the locomotor system
    OTHER = "other"  # pain elsewhere, or another diagnosis
    NOTHING = "nothing"  # a phrase that holds a pain word and says nothing of pain


class OrderMeaning(StrEnum):
    """What a code or words of an order say about its receiver (policy D11, D18)."""

    REHABILITATION = "rehabilitation"
    IMSR = "imsr"  # words that name the kind of treatment too
    GENERIC = "generic"  # a referral, not said to whom
    UNCLEAR = "unclear"  # "rehabilitation" alone
    OTHER_REHABILITATION = "other-rehabilitation"  # which a rehabilitation physician can give too
    OTHER = "other"


_SETTINGS = {
    f"setting-{setting.value}": setting for setting in CareSetting if setting != CareSetting.ABROAD
}
_KINDS = {f"contact-kind-{kind.value}": kind for kind in ContactKind}
_SESSION_DISCIPLINES = (
    Profession.PHYSIOTHERAPIST,
    Profession.EXERCISE_THERAPIST,
    Profession.OCCUPATIONAL_THERAPIST,
    Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST,
    Profession.PSYCHOSOMATIC_EXERCISE_THERAPIST,
    Profession.PSYCHOLOGIST,
    Profession.PRACTICE_NURSE_GGZ,
    Profession.OTHER,
)
_SESSIONS: dict[str, Professions] = {
    "session-any-discipline": frozenset(),
    **{f"session-{found.value}": frozenset({found}) for found in _SESSION_DISCIPLINES},
}
_REASONS = {f"indication-{found.value}": found for found in ReasonClass}
_REASON_WORDS = {
    "pain-words": ReasonWord.PAIN,
    "not-pain-words": ReasonWord.OTHER,
    "pain-word-exceptions": ReasonWord.NOTHING,
}
_ORDERS = {
    "referral-rehabilitation": OrderMeaning.REHABILITATION,
    "referral-imsr": OrderMeaning.IMSR,
    "referral-generic": OrderMeaning.GENERIC,
    "referral-rehabilitation-unclear": OrderMeaning.UNCLEAR,
    "referral-other-rehabilitation": OrderMeaning.OTHER_REHABILITATION,
    "referral-other": OrderMeaning.OTHER,
}
_SINGLE_SETS = (
    "class-never-first-line",
    "class-virtual",
    "class-neutral",
    "nurse-roles",
    "refine-psychosomatic",
    "refine-mental-health",
    "refine-psychologist",
    "referral-consult",
    "referral-text-section",
    "referral-other-opening",
    "referral-treatment-section",
    "order-category-other",
    "once-words",
    "consult-words",
    "rehabilitation-name",
    "rehabilitation-name-exceptions",
    "contact-kind-no-treatment",
    "contact-reason-other",
    "contact-reason-somatic",
    "treatment-words",
    "denial-words",
    "support-staff-words",
    "participation-other",
    "participation-therapist",
    "country-abroad",
    "country-netherlands",
)
_IN_CAPITALS = "words-in-capitals"
_OF_CODE_SYSTEMS = ("therapist-category", "profession", "care-setting")
_KNOWN_SETS = frozenset(
    (
        *_SETTINGS,
        *_KINDS,
        *_SESSIONS,
        *_REASONS,
        *_REASON_WORDS,
        *_ORDERS,
        *_SINGLE_SETS,
        *_OF_CODE_SYSTEMS,
        _IN_CAPITALS,
    )
)


@dataclass(frozen=True, slots=True)
class Terminology:
    """Every table; a lookup of a code is one or two dictionary accesses."""

    keys: CodingKeys
    roles: CodeTable[RoleMeaning]
    settings: CodeTable[CareSetting]
    kinds: CodeTable[ContactKind]
    sessions: CodeTable[Professions]
    reasons: CodeTable[ReasonClass]
    reason_words: CodeTable[ReasonWord]
    orders: CodeTable[OrderMeaning]
    sets: Mapping[str, CodeTable[bool]]  # what is either in the set or not, by ValueSet id
    known: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)
    """What has been found out with these tables, for the next calls."""


def load_terminology(folder: Path | None = None) -> Terminology:
    """Our tables, with those of a site's folder over them; loaded once per folder.

    Raises InvalidTerminologyError with every fault of every file.
    """
    return _load(folder)


@cache
def _load(folder: Path | None) -> Terminology:
    faults = Faults()
    terms = _tables(artefacts_in_use(folder, faults), faults)
    if faults.found:
        raise InvalidTerminologyError(tuple(faults.found))
    return terms


def artefacts_in_use(folder: Path | None, faults: Faults) -> tuple[Artefact, ...]:
    """The artefacts behind the tables: ours, less those that a site's folder replaces, then its."""
    ours = read_folder(files("fhir_mappings"), faults)
    if folder is None:
        return ours
    if not folder.is_dir():
        raise InvalidTerminologyError((f"{folder}: is no folder",))
    return _overruled(ours, read_folder(folder, faults, is_site=True))


def _overruled(ours: Iterable[Artefact], site: tuple[Artefact, ...]) -> tuple[Artefact, ...]:
    replaced = {artefact.file for artefact in site}
    return (*(artefact for artefact in ours if artefact.file not in replaced), *site)


def _tables(found: tuple[Artefact, ...], faults: Faults) -> Terminology:
    keys = _coding_keys(_of_type(found, "NamingSystem"), faults)
    sets = _value_sets(_of_type(found, "ValueSet"), faults)
    roles = list(_roles(_of_type(found, "ConceptMap"), keys, faults))
    capitals = table(sets, {_IN_CAPITALS: True}, keys, faults).words.whole
    in_capitals = frozenset(word for words in capitals for word in words)
    return Terminology(
        keys,
        CodeTable.of(roles),
        table(sets, _SETTINGS, keys, faults),
        table(sets, _KINDS, keys, faults),
        table(sets, _SESSIONS, keys, faults),
        table(sets, _REASONS, keys, faults, in_capitals),
        table(sets, _REASON_WORDS, keys, faults, in_capitals),
        table(sets, _ORDERS, keys, faults),
        {name: table(sets, {name: True}, keys, faults) for name in _SINGLE_SETS},
    )


def _of_type(found: Iterable[Artefact], resource_type: str) -> list[Artefact]:
    return [artefact for artefact in found if artefact.type == resource_type]


def _roles(
    found: Iterable[Artefact], keys: CodingKeys, faults: Faults
) -> Iterator[TableEntry[RoleMeaning]]:
    """The lines of all maps; a site's come last and overrule ours, and not each other."""
    of_the_site: dict[Key, str] = {}
    for artefact in found:
        for entry in role_entries(artefact, keys, faults):
            other = of_the_site.get(entry.key, artefact.file)
            if artefact.is_site and other != artefact.file:
                faults.add(artefact.file, f"{entry.key[1]} is in {other} too")
            if artefact.is_site:
                of_the_site[entry.key] = artefact.file
            yield entry


def _value_sets(found: Iterable[Artefact], faults: Faults) -> dict[str, Artefact]:
    sets: dict[str, Artefact] = {}
    for artefact in found:
        if artefact.id not in _KNOWN_SETS:
            faults.add(f"{artefact.file}: id", f"{artefact.id} is no value set that is used here")
        other = sets.get(artefact.id)
        if other is not None and other.is_site:
            faults.add(f"{artefact.file}: id", f"{artefact.id} is that of {other.file} too")
        sets[artefact.id] = artefact
    return sets


def _coding_keys(found: Iterable[Artefact], faults: Faults) -> CodingKeys:
    preferred: dict[str, str] = {}
    home: dict[str, str] = {}
    for artefact in found:
        addresses: list[str] = []
        main = ""
        unique_ids = artefact.resource.get("uniqueId")
        for place, unique_id in faults.objects(unique_ids, f"{artefact.file}: uniqueId"):
            address = faults.text(unique_id.get("value"), f"{place}.value")
            addresses.append(address)
            other = home.setdefault(address, artefact.file)
            if other != artefact.file:
                faults.add(f"{place}.value", f"{address} is in {other} too")
            if unique_id.get("preferred") is True:
                main = address
        if not main:
            faults.add(f"{artefact.file}: uniqueId", "has no preferred one")
        preferred.update(dict.fromkeys(addresses, main))
    return CodingKeys(preferred)
