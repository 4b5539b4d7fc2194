"""Where a FHIR reference points, in one spelling whatever the record wrote.

`Practitioner/7`, `https://ehr.example/fhir/Practitioner/7` and `Practitioner/7/_history/2` are
one and the same on the server `https://ehr.example/fhir`. A URL of another server, or a `urn:uuid`
outside its Bundle, points somewhere that we cannot go.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from fhir_mappings.concepts import mapping, string

_LOCAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Target(StrEnum):
    """What sort of place a reference points to."""

    NOWHERE = "nowhere"  # no reference, only an identifier or a display, or a search
    RECORD = "record"  # a resource of the record's own server, or of the same Bundle
    CONTAINED = "contained"
    ELSEWHERE = "elsewhere"  # another server, or an entry that the Bundle does not hold


@dataclass(frozen=True, slots=True)
class Reference:
    """One Reference element.

    `key` is `Type/id` for the record, `#id` for a contained resource, the URL for elsewhere.
    """

    target: Target = Target.NOWHERE
    key: str = ""
    resource_type: str = ""  # empty where neither the reference nor its type says it
    display: str = ""
    identifier: str = ""  # `system|value`; tells people apart, never leaves the mapping

    @property
    def id(self) -> str:
        """The id of the resource, or an empty string."""
        return self.key.rpartition("/")[2].lstrip("#")


_NOTHING = Reference()


@dataclass(frozen=True, slots=True)
class ReferenceReader:
    """Reads the references of one record.

    `base_url` is the FHIR base of the record, empty where it is not known; `aliases` maps the
    `fullUrl` of Bundle entries to their `Type/id`.
    """

    base_url: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    _seen: dict[str, tuple[Target, str]] = field(default_factory=dict)
    _read: dict[tuple[object, object], Reference] = field(default_factory=dict)

    def read(self, value: object, element: str) -> Reference:
        """The reference that an element holds."""
        if value is None:
            return _NOTHING
        members = mapping(value, element)
        plain = _plain(members)
        known = self._read.get(plain) if plain else None
        if known is None:
            known = self._reference(members, element)
            if plain:
                self._read[plain] = known
        return known

    def _reference(self, members: Mapping[str, object], element: str) -> Reference:
        text = string(members.get("reference"), f"{element}.reference").strip()
        target, key = self.locate(text)
        return Reference(
            target,
            key,
            _type_in(target, key) or _stated_type(members, element),
            string(members.get("display"), f"{element}.display").strip(),
            identifier_of(members.get("identifier"), f"{element}.identifier"),
        )

    def locate(self, text: str) -> tuple[Target, str]:
        """The target and the key of `Reference.reference`."""
        found = self._seen.get(text)
        if found is None:
            found = self._seen[text] = self._locate(text)
        return found

    def _locate(self, text: str) -> tuple[Target, str]:
        if text.startswith("#"):
            return (Target.CONTAINED, text) if len(text) > 1 else (Target.NOWHERE, "")
        local = _LOCAL.fullmatch(text)
        if local is not None:
            return Target.RECORD, f"{local[1]}/{local[2]}"
        if text in self.aliases:
            return Target.RECORD, self.aliases[text]
        base, key = _split(text)
        if key and same_base(base, self.base_url):
            return Target.RECORD, key
        is_elsewhere = bool(base) or text.startswith("urn:")
        return (Target.ELSEWHERE, text) if is_elsewhere else (Target.NOWHERE, "")


def same_base(one: str, other: str) -> bool:
    """Whether two FHIR base URLs are the same; a trailing slash makes no difference."""
    return bool(one) and bool(other) and _normalised(one) == _normalised(other)


def base_of(full_url: str) -> str:
    """The FHIR base in front of the `Type/id` of an absolute URL, or an empty string."""
    base, key = _split(full_url)
    return base if key else ""


def _split(url: str) -> tuple[str, str]:
    """The base of an http URL and its `Type/id`; empty strings for what is missing."""
    if not url.lower().startswith(("http://", "https://")):
        return "", ""
    base, _, rest = url.partition("/_history/")[0].rpartition("/")
    base, _, resource_type = base.rpartition("/")
    local = _LOCAL.fullmatch(f"{resource_type}/{rest}")
    return base, f"{local[1]}/{local[2]}" if local else ""


def identifier_of(value: object, element: str) -> str:
    """`system|value` of one Identifier, or an empty string."""
    members = mapping(value, element)
    number = string(members.get("value"), f"{element}.value").strip()
    return f"{string(members.get('system'), f'{element}.system')}|{number}" if number else ""


def _plain(members: Mapping[str, object]) -> tuple[object, object] | None:
    """What a reference without further members says; a record repeats few of them often."""
    text, display = members.get("reference"), members.get("display")
    is_plain = isinstance(text, str) and (display is None or isinstance(display, str))
    return (text, display) if is_plain and len(members) == 1 + ("display" in members) else None


def _type_in(target: Target, key: str) -> str:
    """The resource type that a reference itself says."""
    if target is Target.ELSEWHERE:
        key = _split(key)[1]
    return key.partition("/")[0] if "/" in key else ""


def _stated_type(members: Mapping[str, object], element: str) -> str:
    """`Reference.type`, of which R4 also allows the canonical URL."""
    return string(members.get("type"), f"{element}.type").rpartition("/")[2]


def _normalised(base_url: str) -> tuple[str, str, int | None, str]:
    try:
        parts = urlsplit(base_url)
        scheme = parts.scheme.lower()
        port = parts.port or _DEFAULT_PORTS.get(scheme)
    except ValueError:  # no URL that can be taken apart: equal to none but itself
        return "", base_url, None, ""
    return scheme, (parts.hostname or "").lower(), port, parts.path.rstrip("/")
