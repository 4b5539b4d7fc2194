"""Where a FHIR reference points, in one spelling whatever the record wrote.

`Practitioner/7`, `https://ehr.example/fhir/Practitioner/7` and `Practitioner/7/_history/2` are
one and the same on the server `https://ehr.example/fhir`. A URL of another server, or a `urn:uuid`
outside its Bundle, points somewhere that we cannot go. A text of a form that we do not expect is
matched as it is written; where nothing has that name it is lost, never "no reference" (policy 2.4).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from fhir_mappings.reading.concepts import UnreadableError, mapping, string_in

# the type `id` has 64 characters, but sandboxes of Epic send longer ones; they are opaque to us
_LOCAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,255})(?:/_history/[A-Za-z0-9.-]{1,64})?")
_AS_WRITTEN = re.compile(r"([A-Z][A-Za-z]+)/([^/?#]+)(?:/_history/[^/?#]+)?")
"""An id beyond the pattern of FHIR: too long, or with a sign that it may not have."""
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?(?:.*&)?identifier=([^&]+)(?:&.*)?")
_PLAIN = frozenset({"reference", "type", "display"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Target(StrEnum):
    """What kind of place a reference points to."""

    NOWHERE = "nowhere"  # no reference, an identifier that nothing here has, a display
    RECORD = "record"  # a resource of the record's own server, or of the same Bundle
    CONTAINED = "contained"
    ELSEWHERE = "elsewhere"  # another server, an entry that the Bundle lacks, an odd form


@dataclass(frozen=True, slots=True)
class Reference:
    """One Reference element.

    `key` is `Type/id` for the record, `#id` for a contained resource, the URL for elsewhere.
    """

    target: Target = field(default=Target.NOWHERE, hash=False)  # the key tells most of it
    key: str = ""
    resource_type: str = ""  # empty where neither the reference nor its type says it
    display: str = ""
    identifier: str = ""  # `system|value`; tells people apart, never leaves the mapping

    @property
    def id(self) -> str:
        """The id of the resource, or an empty string."""
        return self.key.rpartition("/")[2].lstrip("#")


_NOTHING = Reference()


@dataclass(slots=True)
class ReferenceReader:
    """Reads the references of one record.

    `base_url` is the FHIR base of the record, empty where it is not known; `aliases` maps the
    `fullUrl` of Bundle entries to their `Type/id`. `held` are the resources of the record by
    `Type/id`: a reference by identifier is to the one that has it.
    """

    base_url: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    held: Callable[[], Iterable[tuple[str, object]]] = tuple
    _seen: dict[str, tuple[Target, str]] = field(default_factory=dict)
    _read: dict[str | tuple[object, ...], Reference] = field(default_factory=dict)
    _having: dict[str, list[str]] | None = None  # identifier -> `Type/id`

    def read(self, value: object, element: str) -> Reference:
        """The reference that an element holds."""
        if value is None:
            return _NOTHING
        members = mapping(value, element)
        plain = _plain(members)
        if plain is None:
            return self._reference(members, element)
        known = self._read.get(plain)
        if known is None:
            known = self._read[plain] = self._reference(members, element)
        return known

    def _reference(self, members: Mapping[str, object], element: str) -> Reference:
        text = string_in(members, "reference", element).strip()
        target, key = self.locate(text)
        stated_type = _stated_type(members, element)
        identifier = (
            identifier_of(members["identifier"], f"{element}.identifier")
            if "identifier" in members
            else ""
        )
        if identifier and not text and (found := self._having_it(identifier, stated_type)):
            target, key = Target.RECORD, found
        elif (asked := _CONDITIONAL.fullmatch(text)) is not None:
            if found := self._having_it(unquote(asked[2]), asked[1]):
                target, key = Target.RECORD, found
            stated_type = asked[1]
        return Reference(
            target,
            key,
            _type_in(target, key) or stated_type,
            string_in(members, "display", element).strip(),
            identifier,
        )

    def _having_it(self, identifier: str, resource_type: str) -> str:
        """The one resource of the record with an identifier; a person before their roles."""
        if self._having is None:
            self._having = _by_identifier(self.held())
        start = f"{resource_type}/" if resource_type else ""
        found = [key for key in self._having.get(identifier, ()) if key.startswith(start)]
        people = [key for key in found if key.startswith("Practitioner/")]
        return next((each[0] for each in (found, people) if len(each) == 1), "")

    def locate(self, text: str) -> tuple[Target, str]:
        """The target and the key of `Reference.reference`."""
        found = self._seen.get(text)
        if found is None:
            found = self._seen[text] = self._locate(text)
        return found

    def _locate(self, text: str) -> tuple[Target, str]:
        if text.startswith("#"):
            return Target.CONTAINED, text
        local = _LOCAL.fullmatch(text)
        if local is not None:
            return Target.RECORD, f"{local[1]}/{local[2]}"
        if text in self.aliases:
            return Target.RECORD, self.aliases[text]
        base, key = _split(text)
        if key and same_base(base, self.base_url):
            return Target.RECORD, key
        odd = _AS_WRITTEN.fullmatch(text)
        if odd is not None:
            return Target.RECORD, f"{odd[1]}/{odd[2]}"
        return (Target.ELSEWHERE, text) if text else (Target.NOWHERE, "")


def is_contained_as(resource: Mapping[str, object], own_id: str) -> bool:
    """Whether a contained resource has this id; some senders write its `#` there too."""
    found = resource.get("id")
    return isinstance(found, str) and bool(own_id) and found.lstrip("#") == own_id


def key_of(resource: object) -> str:
    """`Type/id` of a resource, or an empty string."""
    if not isinstance(resource, dict):
        return ""
    resource_type, resource_id = resource.get("resourceType"), resource.get("id")
    if isinstance(resource_type, str) and isinstance(resource_id, str) and resource_id:
        return f"{resource_type}/{resource_id}"
    return ""


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
    number = string_in(members, "value", element).strip()
    return f"{string_in(members, 'system', element)}|{number}" if number else ""


def _by_identifier(held: Iterable[tuple[str, object]]) -> dict[str, list[str]]:
    """The resources behind each identifier that names its system; a bare number may be any."""
    found: dict[str, list[str]] = {}
    for key, resource in held:
        identifiers = resource.get("identifier") if isinstance(resource, Mapping) else None
        for item in identifiers if isinstance(identifiers, list) else ():
            try:
                identifier = identifier_of(item, "identifier")
            except UnreadableError:
                continue
            if identifier and not identifier.startswith("|"):
                found.setdefault(identifier, []).append(key)
    return found


def _plain(members: Mapping[str, object]) -> str | tuple[object, ...] | None:
    """What a reference without further members says; a record repeats few of them often."""
    text = members.get("reference")
    if len(members) == 1:
        return text if isinstance(text, str) else None
    if not members.keys() <= _PLAIN:
        return None
    said = text, members.get("type"), members.get("display")
    is_plain = all(part is None or isinstance(part, str) for part in said)
    return said if is_plain else None


def _type_in(target: Target, key: str) -> str:
    """The resource type that a reference itself says."""
    if target is Target.ELSEWHERE:
        key = _split(key)[1]
    return key.partition("/")[0] if "/" in key else ""


def _stated_type(members: Mapping[str, object], element: str) -> str:
    """`Reference.type`, of which R4 also allows the canonical URL."""
    return string_in(members, "type", element).rpartition("/")[2]


def _normalised(base_url: str) -> tuple[str, str, int | None, str]:
    try:
        parts = urlsplit(base_url)
        scheme = parts.scheme.lower()
        port = parts.port or _DEFAULT_PORTS.get(scheme)
    except ValueError:  # no URL that can be taken apart: equal to none but itself
        return "", base_url, None, ""
    return scheme, (parts.hostname or "").lower(), port, parts.path.rstrip("/")
