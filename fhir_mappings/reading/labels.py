"""Labels in `meta` that say that a resource is not all there is of it (policy 2.6)."""

from collections.abc import Mapping

from fhir_mappings.reading.concepts import is_one_of

_IN_PART = frozenset({"REDACTED", "SUBSETTED"})
"""Codes of v3-ObservationValue: a part was taken out, or never asked for."""


def is_in_part(resource: Mapping[str, object]) -> bool:
    """Whether a security label or a tag says that something was left out."""
    meta = resource.get("meta")
    if not isinstance(meta, Mapping):
        return False
    return any(
        isinstance(label, Mapping) and is_one_of(label.get("code"), _IN_PART)
        for name in ("security", "tag")
        if name in meta
        for label in _labels(meta[name])
    )


def _labels(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
