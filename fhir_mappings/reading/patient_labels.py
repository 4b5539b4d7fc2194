"""Whose record it is, for somebody who must see that it is the right one: a name, a birth date."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from fhir_mappings.reading.calendar_days import day_range

_ORDER = ("official", "usual")  # of the uses of a name; any other comes after them
_NOT_NOW = frozenset({"old", "maiden"})


@dataclass(frozen=True, slots=True)
class PatientName:
    """What a Patient says of itself; empty and None where it says nothing that can be read."""

    name: str = field(default="", repr=False)
    born: date | None = field(default=None, repr=False)


def patient_name(patient: Mapping[str, object]) -> PatientName:
    """The present name of a patient, and the birth date where it is known to the day."""
    birth = patient.get("birthDate")
    days = day_range(birth) if isinstance(birth, str) else None
    listed = patient.get("name")
    names = (
        [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    )
    present = [each for each in names if each.get("use") not in _NOT_NOW]
    shown = next((text for each in sorted(present, key=_place) if (text := _text(each))), "")
    return PatientName(shown, days.first if days is not None and days.is_exact else None)


def _place(name: Mapping[str, object]) -> int:
    use = name.get("use")
    return _ORDER.index(use) if use in _ORDER else len(_ORDER)


def _text(name: Mapping[str, object]) -> str:
    text = name.get("text")
    if isinstance(text, str) and text.strip():
        return text.strip()
    return " ".join(_parts(name))


def _parts(name: Mapping[str, object]) -> Iterator[str]:
    given = name.get("given")
    for part in (*(given if isinstance(given, list) else ()), name.get("family")):
        if isinstance(part, str) and part.strip():
            yield part.strip()
