"""FHIR XML as FHIR JSON, for the trial: which elements repeat is what the models of FHIR say."""

import re
from collections import defaultdict
from functools import cache
from typing import Any, Final
from xml.etree.ElementTree import Element, fromstring

import fhir.resources.R4B
import fhir.resources.STU3

from tests.builders.codes import Json

_SPACE: Final = "{http://hl7.org/fhir}"
_PLACEHOLDER: Final = re.compile(r"\$\{[^}]*\}")
_DAY: Final = "2026-03-02"
"""Stands for the dates that test scripts leave open (`${DATE, T, D, -10}`)."""

Fields = dict[str, tuple[bool, str]]  # by name: whether it repeats, and of which type it is


def resource_of_xml(text: str, *, is_stu3: bool) -> Json:
    """The resource that an XML file holds."""
    root = fromstring(_PLACEHOLDER.sub(_DAY, text))  # noqa: S314 - files that we chose ourselves
    return _resource(root, is_stu3=is_stu3)


def _resource(element: Element, *, is_stu3: bool) -> Json:
    kind = element.tag.removeprefix(_SPACE)
    return {"resourceType": kind, **_members(element, kind, is_stu3=is_stu3)}


def _members(element: Element, kind: str, *, is_stu3: bool) -> Json:
    fields = _fields(kind, is_stu3=is_stu3)
    found: dict[str, list[Any]] = defaultdict(list)
    for child in element:
        name = child.tag.removeprefix(_SPACE)
        if name != "text" or "status" not in {each.tag.removeprefix(_SPACE) for each in child}:
            found[name].append(_value(child, fields.get(name, (False, ""))[1], is_stu3=is_stu3))
    own = {name: text for name, text in element.attrib.items() if name in {"id", "url"}}
    many = {name for name in found if fields.get(name, (False, ""))[0]}
    return {**own, **{name: each if name in many else each[0] for name, each in found.items()}}


def _value(element: Element, kind: str, *, is_stu3: bool) -> object:
    children = list(element)
    if "value" in element.attrib:
        return _plain(element.attrib["value"], kind)
    if len(children) == 1 and children[0].tag.removeprefix(_SPACE)[:1].isupper():
        return _resource(children[0], is_stu3=is_stu3)
    return _members(element, kind, is_stu3=is_stu3)


def _plain(text: str, kind: str) -> object:
    if kind == "Boolean":
        return text == "true"
    is_number = kind in {"Integer", "PositiveInt", "UnsignedInt"} and text.isdigit()
    return int(text) if is_number else text


@cache
def _fields(kind: str, *, is_stu3: bool) -> Fields:
    package = fhir.resources.STU3 if is_stu3 else fhir.resources.R4B
    try:
        model: Any = package.get_fhir_model_class(kind)
    except (LookupError, ImportError, ValueError):  # of no type, or of one of another version
        return {}
    return {
        field.alias or name: _shape(str(field.annotation))
        for name, field in model.model_fields.items()
    }


def _shape(annotation: str) -> tuple[bool, str]:
    kind = re.search(r"(\w+?)Type\b", annotation)
    return "List[" in annotation, kind.group(1) if kind else ""
