"""Codings and concepts, read from the JSON of any FHIR version.

Reading is tolerant where tolerance loses nothing: an object where a list is due is a list of one.
A value of a type that cannot be understood raises :class:`UnreadableError`, so that the resource
becomes a possible contact and not a silent gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass


class UnreadableError(ValueError):
    """An element has a type that cannot be read. The text names the element, never its value."""


@dataclass(frozen=True, slots=True)
class Coding:
    """One code of one code system; missing members are empty strings."""

    system: str = ""
    code: str = ""
    display: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """A CodeableConcept: codings that mean the same, and a text."""

    codings: tuple[Coding, ...] = ()
    text: str = ""


def string(value: object, element: str) -> str:
    """A string, or an empty one where the element is absent."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise UnreadableError(f"{element} is no string")


def items(value: object, element: str) -> tuple[object, ...]:
    """The members of a repeating element; a single object counts as a list of one."""
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(value) if None not in value else tuple(x for x in value if x is not None)
    if isinstance(value, Mapping):
        return (value,)
    raise UnreadableError(f"{element} is no list")


def mapping(value: object, element: str) -> Mapping[str, object]:
    """An object, or an empty one where the element is absent."""
    if isinstance(value, dict):  # as JSON always is; an abstract class costs ten times as much
        return value
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise UnreadableError(f"{element} is no object")
    return value


def coding(value: object, element: str) -> Coding:
    """A Coding; an object of strings."""
    members = mapping(value, element)
    return Coding(
        string(members.get("system"), f"{element}.system"),
        string(members.get("code"), f"{element}.code"),
        string(members.get("display"), f"{element}.display"),
    )


def concept(value: object, element: str) -> Concept:
    """A CodeableConcept."""
    members = mapping(value, element)
    codings = items(members.get("coding"), f"{element}.coding")
    return Concept(
        tuple(coding(item, f"{element}.coding") for item in codings),
        string(members.get("text"), f"{element}.text").strip(),
    )


def concepts(value: object, element: str) -> tuple[Concept, ...]:
    """The concepts of a repeating element."""
    return tuple(concept(item, element) for item in items(value, element))
