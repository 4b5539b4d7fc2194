"""Which of several versions of one resource rules, and resources of several servers in a Bundle.

Policy 2.4, rule 9: the highest `meta.versionId`, else the latest `lastUpdated`. Two entries with
one id and different bases are two resources, and a relative reference is resolved against the base
of its own entry.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from fhir_mappings.reading.references import base_of, same_base

Resource = Mapping[str, object]

_LONGEST_NUMBER = 18
_RELATIVE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}(?:/_history/[A-Za-z0-9.-]{1,64})?")


def newest(one: Resource, other: Resource) -> Resource | None:
    """The newer of two versions; None where they differ and nothing tells which is newer."""
    if one == other:
        return one
    first, second = _version(one), _version(other)
    if first is not None and second is not None and first != second:
        return one if first > second else other
    earlier, later = _updated(one), _updated(other)
    if earlier is not None and later is not None and earlier != later:
        return one if earlier > later else other
    return one if _without_meta(one) == _without_meta(other) else None


def main_base(full_urls: list[str], server: str) -> str:
    """Of a Bundle of several servers the base of its own: that of the call, if an entry has it.

    Else an empty string: nothing tells which of them it is, the order of the entries least of all.
    """
    bases = (base_of(url) for url in full_urls)
    return next((base for base in bases if same_base(base, server)), "")


def from_another_server(resource: Resource, full_url: str) -> dict[str, object]:
    """A resource of another server than the Bundle's own, so that it is taken for nothing else.

    Its id becomes its full URL, its relative references absolute ones.
    """
    moved = _with_absolute_references(resource, base_of(full_url))
    return {**moved, "id": full_url} if isinstance(moved, dict) else dict(resource)


def _with_absolute_references(value: object, base: str) -> object:
    if isinstance(value, list):
        return [_with_absolute_references(each, base) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: _with_absolute_references(each, base) for name, each in value.items()}
    text = value.get("reference")
    if isinstance(text, str) and _RELATIVE.fullmatch(text.strip()):
        found["reference"] = f"{base}/{text.strip()}"
    return found


def _meta(resource: Resource) -> Mapping[str, object]:
    meta = resource.get("meta")
    return meta if isinstance(meta, Mapping) else {}


def _version(resource: Resource) -> int | None:
    text = _meta(resource).get("versionId")
    if not isinstance(text, str) or len(text) > _LONGEST_NUMBER:
        return None
    return int(text) if text.isascii() and text.isdecimal() else None


def _updated(resource: Resource) -> datetime | None:
    text = _meta(resource).get("lastUpdated")
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _without_meta(resource: Resource) -> dict[str, object]:
    return {name: value for name, value in resource.items() if name != "meta"}
