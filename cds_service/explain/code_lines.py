"""Where a code is in our artefacts, and under which names its code system can be asked for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cds_service.domain.contacts import CareSetting, Profession
from fhir_mappings.terminology.artefacts import Artefact, Faults
from fhir_mappings.terminology.code_tables import TableEntry
from fhir_mappings.terminology.coding_keys import PLAIN_TEXT, CodingKeys, Key
from fhir_mappings.terminology.phrases import words
from fhir_mappings.terminology.role_maps import Professions, RoleMeaning, role_entries
from fhir_mappings.terminology.value_set_tables import value_set_entries


class UnknownSystemError(ValueError):
    """A word that names no code system, or several. `names` are those that can be meant."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"one of {', '.join(names)}")
        self.names = names


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One line of one artefact that holds a code."""

    says: str
    file: str  # `concept_maps/role-uzi.json`
    display: str = ""
    is_range: bool = False  # the line holds a range of codes
    is_site: bool = False  # of a site's own folder


def system_named(name: str, artefacts: Iterable[Artefact], keys: CodingKeys) -> str:
    """The address of a code system: an address as it is, or the short name of a NamingSystem.

    A unique beginning of a short name will do (`uzi`). Raises UnknownSystemError.
    """
    short = {each.id: each for each in artefacts if each.type == "NamingSystem"}
    if name in keys.preferred or ":" in name or name.replace(".", "").isdecimal():
        return name
    found = [each for each in sorted(short) if each.startswith(name.lower())]
    if name.lower() in short:
        found = [name.lower()]
    if len(found) != 1:
        raise UnknownSystemError(tuple(found or sorted(short)))
    return keys.preferred[_address(short[found[0]])]


def code_lines(key: Key, artefacts: Iterable[Artefact], keys: CodingKeys) -> tuple[CodeLine, ...]:
    """Every line that holds a code; of several maps that hold it the last one counts."""
    roles: list[CodeLine] = []
    others: list[CodeLine] = []
    for artefact in artefacts:
        if artefact.type == "ConceptMap":
            found = (_role_line(artefact, entry) for entry in _roles(artefact, key, keys))
            roles.extend(found)
        elif artefact.type == "ValueSet":
            others.extend(_set_lines(artefact, key, keys))
    own = {line.says for line in others if not line.is_range}
    is_overruled = {_subject(says) for says in own}
    kept = (line for line in others if not (line.is_range and _subject(line.says) in is_overruled))
    return (*roles[-1:], *kept)


def profession_words(professions: Professions) -> str:
    """Whom alternatives can be, in words."""
    if not professions:
        return "says no profession, as if no role were given"
    if professions == frozenset({Profession.OTHER}):
        return "another profession, which never counts"
    named = sorted(_IN_WORDS.get(each, each.replace("-", " ")) for each in professions)
    named.sort(key=lambda each: each == "another profession")
    beside = "" if len(named) == 1 else "; the code does not say which"
    return " or ".join(named) + beside


_IN_WORDS = {
    Profession.PRACTICE_NURSE_GGZ: "POH-GGZ",
    Profession.MENTAL_HEALTH_NURSE: "mental health nurse (SPV, VS-GGZ)",
    Profession.NURSE: "nurse, field of work not said",
    Profession.OTHER: "another profession",
}

PLACES_IN_WORDS = {
    CareSetting.GP_PRACTICE: "GP practice",
    CareSetting.THERAPY_PRACTICE: "therapy practice",
    CareSetting.PSYCHOLOGY_PRACTICE: "psychology practice",
    CareSetting.OTHER_PRACTICE: "practice of another discipline",
    CareSetting.PRIMARY_CARE: "health centre",
    CareSetting.MENTAL_HEALTH_INSTITUTION: "GGZ institution",
    CareSetting.HOSPITAL: "hospital",
    CareSetting.LONG_TERM_CARE: "nursing home or home care",
    CareSetting.REHABILITATION_CENTRE: "rehabilitation centre",
    CareSetting.ABROAD: "abroad",
    CareSetting.UNKNOWN: "place not known",
}


def _roles(artefact: Artefact, key: Key, keys: CodingKeys) -> Iterator[TableEntry[RoleMeaning]]:
    return (entry for entry in role_entries(artefact, keys, Faults()) if _is_of(entry, key))


def _role_line(artefact: Artefact, entry: TableEntry[RoleMeaning]) -> CodeLine:
    meaning = entry.meaning
    place = ""
    if meaning.setting is not CareSetting.UNKNOWN:
        place = f" (place of its own: {PLACES_IN_WORDS[meaning.setting]})"
    says = f"Role: {profession_words(meaning.professions)}{place}"
    return CodeLine(says, artefact.file, entry.name, is_site=artefact.is_site)


def _set_lines(artefact: Artefact, key: Key, keys: CodingKeys) -> Iterator[CodeLine]:
    title = artefact.resource.get("title")
    says = title if isinstance(title, str) and title else artefact.id
    for _, entry in value_set_entries(artefact, None, keys, Faults()):
        if _is_of(entry, key):
            is_range = entry.pattern is not None
            yield CodeLine(says, artefact.file, entry.name, is_range, artefact.is_site)


def _is_of(entry: TableEntry[RoleMeaning] | TableEntry[None], key: Key) -> bool:
    if entry.pattern is not None:
        return entry.key[0] == key[0] and entry.pattern.fullmatch(key[1]) is not None
    if key[0] == PLAIN_TEXT == entry.key[0]:
        return words(entry.key[1]) == words(key[1])
    return entry.key == key


def _subject(says: str) -> str:
    """What a line is about: `Setting`, `Indication`; a code of its own wins over a range there."""
    return says.partition(":")[0]


def _address(artefact: Artefact) -> str:
    unique_ids = artefact.resource.get("uniqueId")
    first = unique_ids[0] if isinstance(unique_ids, list) and unique_ids else {}
    return str(first.get("value", "")) if isinstance(first, dict) else ""
