"""What the answer to a search holds, whether a client prefetched it or a server sent it.

A Bundle mixes matches, included resources and OperationOutcomes. An absent answer, `null`, an empty
Bundle, a Bundle with a further page and an OperationOutcome are five different things
(conformance P4, P6, P7, P9, P11, P13).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fhir_mappings.reading.concepts import UnreadableError, items, mapping, string
from fhir_mappings.reading.references import base_of, key_of

_NO_MATCH = frozenset({"include", "outcome"})
_FATAL = frozenset({"error", "fatal"})


class AnswerShape(StrEnum):
    """What sort of thing an answer is. Whether there is one at all is for its key to say."""

    NULL = "null"
    BUNDLE = "bundle"
    OUTCOME = "outcome"  # an OperationOutcome, or a Bundle of nothing else
    WRONG_TYPE = "wrong-type"


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """One page of a search for one resource type.

    `matches` hold each resource once, by type and id. What cannot be read as a resource stands
    among them as it is, so that it becomes a possible contact (policy C20). `included` is keyed
    by `Type/id`, or by the full URL of an entry without id.
    """

    shape: AnswerShape
    matches: tuple[object, ...] = ()
    included: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)  # full URL -> `Type/id`
    has_next: bool = False
    next_url: str = ""  # empty: there is no further page, or none that can be followed
    self_url: str = ""
    has_error: bool = False  # an OperationOutcome of severity error or fatal beside the matches
    base_url: str = ""  # the base that the full URLs show


@dataclass(slots=True)
class _Page:
    """The entries of a Bundle, while they are read."""

    resource_type: str
    matches: dict[object, object] = field(default_factory=dict)
    included: dict[str, Mapping[str, object]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    outcomes: int = 0
    has_error: bool = False
    base_url: str = ""

    def add(self, entry: object) -> None:
        """Reads one entry."""
        if self._is_usual_match(entry):
            return
        members = entry if isinstance(entry, dict) else {}
        resource, full_url = members.get("resource"), members.get("fullUrl")
        is_match = _search_mode(members) not in _NO_MATCH
        found_type = resource.get("resourceType") if isinstance(resource, dict) else None
        if is_match and found_type == self.resource_type:
            self._match(resource, full_url)
        elif isinstance(resource, dict) and isinstance(found_type, str):
            self._beside_matches(resource, found_type, full_url)
        elif is_match:
            # no resource at all, or one of no type: it cannot be read, and it is not ignored
            self.matches[len(self.matches)] = resource

    def _is_usual_match(self, entry: object) -> bool:
        """Reads a match with an id, as nearly all entries are; says whether it was one."""
        if type(entry) is not dict:
            return False
        resource, search = entry.get("resource"), entry.get("search")
        if type(resource) is not dict or resource.get("resourceType") != self.resource_type:
            return False
        if search is not None and (type(search) is not dict or search.get("mode") != "match"):
            return False
        own_id = resource.get("id")
        if type(own_id) is not str or not own_id:
            return False
        key = f"{self.resource_type}/{own_id}"
        url = entry.get("fullUrl")
        if type(url) is str and url:
            self.aliases[url] = key
            if not self.base_url:
                self.base_url = base_of(url)
        if key not in self.matches:
            self.matches[key] = resource
        return True

    def _match(self, resource: object, full_url: object) -> None:
        key = self._key(resource, full_url)
        self.matches.setdefault(key or len(self.matches), resource)

    def _beside_matches(
        self, resource: Mapping[str, object], found_type: str, full_url: object
    ) -> None:
        if found_type == "OperationOutcome":
            self.outcomes += 1
            self.has_error = self.has_error or has_fatal_issue(resource)
            return
        key = self._key(resource, full_url)
        if key and found_type:
            self.included.setdefault(key, resource)

    def _key(self, resource: object, full_url: object) -> str:
        url = full_url if isinstance(full_url, str) else ""
        key = key_of(resource)
        if key and url:
            self.aliases[url] = key
            self.base_url = self.base_url or base_of(url)
        elif url:
            key = self.aliases[url] = url
        return key


def read_answer(value: object, resource_type: str) -> SearchAnswer:
    """Reads what a client or a server gave for a search of one resource type."""
    if value is None:
        return SearchAnswer(AnswerShape.NULL)
    if not isinstance(value, Mapping):
        return SearchAnswer(AnswerShape.WRONG_TYPE)
    if value.get("resourceType") == "OperationOutcome":
        return SearchAnswer(AnswerShape.OUTCOME, has_error=True)
    if value.get("resourceType") != "Bundle":
        return SearchAnswer(AnswerShape.WRONG_TYPE)
    try:
        return _read_bundle(value, resource_type)
    except UnreadableError:
        return SearchAnswer(AnswerShape.WRONG_TYPE)


def joined(pages: Iterable[SearchAnswer]) -> SearchAnswer:
    """The pages of one search as one answer; a resource on two pages is one resource.

    The next link is that of the last page, the self link that of the first. A page that is no
    Bundle counts as an error: something is missing. There is at least one page.
    """
    parts = tuple(pages)
    if len(parts) == 1 and parts[0].shape is AnswerShape.BUNDLE:
        return parts[0]
    matches: dict[object, object] = {}
    for resource in (resource for page in parts for resource in page.matches):
        matches.setdefault(key_of(resource) or len(matches), resource)
    return SearchAnswer(
        AnswerShape.BUNDLE
        if any(page.shape is AnswerShape.BUNDLE for page in parts)
        else parts[0].shape,
        tuple(matches.values()),
        {key: resource for page in reversed(parts) for key, resource in page.included.items()},
        {url: key for page in parts for url, key in page.aliases.items()},
        has_next=parts[-1].has_next,
        next_url=parts[-1].next_url,
        self_url=parts[0].self_url,
        has_error=any(page.has_error or page.shape is not AnswerShape.BUNDLE for page in parts),
        base_url=next((page.base_url for page in parts if page.base_url), ""),
    )


def has_fatal_issue(outcome: Mapping[str, object]) -> bool:
    """Whether an OperationOutcome tells of an error; one that cannot be read does."""
    try:
        issues = [mapping(item, "issue") for item in items(outcome.get("issue"), "issue")]
        return any(string(issue.get("severity"), "severity") in _FATAL for issue in issues)
    except UnreadableError:
        return True


def _read_bundle(bundle: Mapping[str, object], resource_type: str) -> SearchAnswer:
    page = _Page(resource_type)
    for entry in _entries(bundle):
        page.add(entry)
    links = _links(bundle)
    only_outcomes = page.outcomes > 0 and not page.matches and not page.included
    return SearchAnswer(
        AnswerShape.OUTCOME if only_outcomes else AnswerShape.BUNDLE,
        tuple(page.matches.values()),
        page.included,
        page.aliases,
        has_next="next" in links,
        next_url=links.get("next", ""),
        self_url=links.get("self", ""),
        has_error=page.has_error,
        base_url=page.base_url,
    )


def _entries(bundle: Mapping[str, object]) -> Iterator[object]:
    entries = bundle.get("entry")
    if isinstance(entries, list):
        return iter(entries)  # also its nulls: an entry that cannot be read is no missing entry
    return iter(items(entries, "entry"))


def _links(bundle: Mapping[str, object]) -> dict[str, str]:
    """The links of a Bundle by relation; a url that is no string is an empty one."""
    links: dict[str, str] = {}
    for item in items(bundle.get("link"), "link"):
        link = mapping(item, "link")
        relation, url = link.get("relation"), link.get("url")
        if isinstance(relation, str):
            links.setdefault(relation, url.strip() if isinstance(url, str) else "")
    return links


def _search_mode(entry: Mapping[str, object]) -> object:
    search = entry.get("search")
    mode = search.get("mode") if isinstance(search, dict) else None
    return mode if isinstance(mode, str) else ""
