"""Codings and concepts, read from the JSON of any FHIR version.

Reading is tolerant where tolerance loses nothing: an object where a list is due is a list of one.
A value of a type that cannot be understood raises :class:`UnreadableError`, so that the resource
becomes a possible contact and not a silent gap.
"""

import marshal
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

_WITHOUT_REFERENCES = 2  # the last version of marshal that writes equal values in equal bytes


class UnreadableError(ValueError):
    """An element has a type that cannot be read. The text names the element, never its value."""


class Coding(NamedTuple):
    """One code of one code system; missing members are empty strings."""

    system: str = ""
    code: str = ""
    display: str = ""


class Concept(NamedTuple):
    """A CodeableConcept: codings that mean the same, and a text."""

    codings: tuple[Coding, ...] = ()
    text: str = ""


def is_one_of(value: object, codes: Collection[str]) -> bool:
    """Whether a value of JSON is one of these codes; a list or an object is none."""
    return isinstance(value, str) and value in codes


def string(value: object, element: str) -> str:
    """A string, or an empty one where the element is absent."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise UnreadableError(f"{element} is no string")


def string_in(members: Mapping[str, object], name: str, element: str) -> str:
    """The string of a member, or an empty one where it is absent."""
    value = members.get(name)
    return value if isinstance(value, str) else string(value, f"{element}.{name}")


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


def as_written(resource: Mapping[str, object], elements: Iterable[str]) -> bytes:
    """These elements of a resource, in bytes that are equal where the same JSON is in them.

    A record has many contacts and few kinds of them: what was read once need not be read again.
    """
    return marshal.dumps(list(map(resource.get, elements)), _WITHOUT_REFERENCES)


def coding(value: object, element: str) -> Coding:
    """A Coding; an object of strings."""
    members = mapping(value, element)
    return Coding(
        string_in(members, "system", element),
        string_in(members, "code", element),
        string_in(members, "display", element),
    )


def concept(value: object, element: str) -> Concept:
    """A CodeableConcept."""
    members = mapping(value, element)
    codings = items(members.get("coding"), f"{element}.coding")
    return Concept(
        tuple(coding(item, f"{element}.coding") for item in codings),
        string_in(members, "text", element).strip(),
    )


def concepts(value: object, element: str) -> tuple[Concept, ...]:
    """The concepts of a repeating element."""
    return tuple(concept(item, element) for item in items(value, element))
