"""The few FHIR data types that the demo data is made of."""

from collections.abc import Mapping
from typing import Any, Final

Json = dict[str, Any]

_IDENTIFIERS: Final = "https://imsr-cds.nl/fhir/demo/"


def coding(system: str, code: str, display: str) -> Json:
    """A Coding; the display is in words of our own."""
    return {"system": system, "code": code, "display": display}


def concept(*codings: Mapping[str, Any], text: str = "") -> Json:
    """A CodeableConcept."""
    value: Json = {"coding": [dict(each) for each in codings]} if codings else {}
    return {**value, "text": text} if text else value


def reference(resource_type: str, resource_id: str, display: str = "") -> Json:
    """A relative Reference with its type, as nl-core wants it."""
    value = {"reference": f"{resource_type}/{resource_id}", "type": resource_type}
    return {**value, "display": display} if display else value


def identifier(series: str, value: str) -> Json:
    """An Identifier of the demo; never a BSN or AGB number, which belong to real people."""
    return {"system": f"{_IDENTIFIERS}{series}", "value": value}
