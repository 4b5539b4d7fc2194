"""What the answer to a search holds, whether a client prefetched it or a server sent it.

A Bundle mixes matches, included resources and OperationOutcomes. An absent answer, `null`, an empty
Bundle, a Bundle with a further page and an OperationOutcome are five different things
(conformance P4, P6, P7, P9, P11, P13).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fhir_mappings.reading.concepts import UnreadableError, is_one_of, items, mapping
from fhir_mappings.reading.labels import is_in_part
from fhir_mappings.reading.references import base_of, key_of, same_base
from fhir_mappings.reading.search_outcomes import OutcomeMeaning, outcome_meaning
from fhir_mappings.reading.versions import from_another_server, main_base, newest

_NO_MATCH = frozenset({"include", "outcome"})
_NO_SEARCH = frozenset(
    {"history", "transaction", "transaction-response", "batch", "batch-response"}
)
"""Types of Bundles that are no result of a search (policy 2.4, rule 9)."""


class AnswerShape(StrEnum):
    """What kind of thing an answer is. Whether there is one at all is for its key to say."""

    NULL = "null"
    BUNDLE = "bundle"
    OUTCOME = "outcome"  # an OperationOutcome, or a Bundle of nothing else that is no remark
    WRONG_TYPE = "wrong-type"


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """One page of a search for one resource type.

    `matches` hold each resource once, by type and id, in its newest version. What cannot be read as
    a resource is among them as it is, and None for versions of which nothing tells which is
    newer, so that it becomes a possible contact (policy C20; 2.4). `included` is keyed by
    `Type/id`, or by the full URL of an entry without id.
    """

    shape: AnswerShape
    matches: tuple[object, ...] = ()
    included: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)  # full URL -> `Type/id`
    has_next: bool = False
    next_url: str = ""  # empty: there is no further page, or none that can be followed
    self_url: str = ""
    has_error: bool = False  # an outcome or a label that tells of an error or of withheld data
    base_url: str = ""  # the base that the full URLs show
    is_of_unknown_servers: bool = False  # several bases, and none is known to be that of the call
    total: int = 0  # the number of matches that it names; 0 where it names none
    entries: int = 0  # of any kind, on all pages

    @property
    def is_short(self) -> bool:
        """Whether it names more matches than all the entries that came (policy 2.6)."""
        return self.total > self.entries


@dataclass(slots=True)
class _Page:
    """The entries of a Bundle, while they are read."""

    resource_type: str
    matches: dict[object, object] = field(default_factory=dict)
    included: dict[str, Mapping[str, object]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    unordered: set[str] = field(default_factory=set)  # included ones whose versions differ
    outcomes: int = 0
    has_error: bool = False
    base_url: str = ""
    entries: int = 0
    has_several_bases: bool = False

    def add(self, entry: object) -> None:
        """Reads one entry."""
        self.entries += 1
        if self._is_usual_match(entry):
            return
        members = entry if isinstance(entry, dict) else {}
        resource, full_url = members.get("resource"), members.get("fullUrl")
        is_match = _search_mode(members) not in _NO_MATCH
        found_type = resource.get("resourceType") if isinstance(resource, dict) else None
        if is_match and found_type == self.resource_type and isinstance(resource, dict):
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
        if key in self.matches:
            return False
        url = entry.get("fullUrl")
        if type(url) is str and url:
            self.aliases[url] = key
            self._note_base(url)
        self.matches[key] = resource
        return True

    def _note_base(self, url: str) -> None:
        """A Bundle shows its server by its full URLs; several servers are told apart later."""
        if not self.base_url:
            self.base_url = base_of(url)
        elif not (url.startswith(f"{self.base_url}/") and _has_two_parts(url, self.base_url)):
            base = base_of(url)
            if base and not same_base(base, self.base_url):
                self.has_several_bases = True

    def _match(self, resource: Mapping[str, object], full_url: object) -> None:
        is_new_urn = _is_urn(full_url) and full_url not in self.aliases
        key = self._key(resource, full_url)
        other = self.matches.get(key)
        if not key:
            self.matches[len(self.matches)] = resource
        elif key not in self.matches:
            self.matches[key] = resource
        elif is_new_urn and resource != other:
            self._add_namesake(resource, str(full_url))
        elif isinstance(other, dict):
            self.matches[key] = newest(other, resource)

    def _add_namesake(self, resource: Mapping[str, object], full_url: str) -> None:
        """Two entries with one id and different `urn` addresses are two resources (FHIR bdl-7)."""
        key = self.aliases[full_url] = f"{self.resource_type}/{full_url}"
        self.matches[key] = {**resource, "id": full_url}

    def _beside_matches(
        self, resource: Mapping[str, object], found_type: str, full_url: object
    ) -> None:
        if found_type == "OperationOutcome":
            self.outcomes += 1
            is_whole = outcome_meaning(resource) is OutcomeMeaning.REMARK
            self.has_error = self.has_error or not is_whole
            return
        key = self._key(resource, full_url)
        if key and found_type:
            _keep_newest(key, resource, self.included, self.unordered)

    def _key(self, resource: Mapping[str, object], full_url: object) -> str:
        """`Type/id`, of a resource without id by its full URL, else that URL."""
        url = full_url if isinstance(full_url, str) else ""
        key = key_of(resource) or _key_in(url, resource)
        if key and url:
            self.aliases.setdefault(url, key)
            self._note_base(url)
        elif url:
            key = self.aliases[url] = url
        return key


def _has_two_parts(url: str, base_url: str) -> bool:
    """Whether only `Type/id` can follow the base, as nearly always; told quickly."""
    return url.count("/", len(base_url) + 1) == 1


def _is_urn(full_url: object) -> bool:
    return isinstance(full_url, str) and full_url.startswith("urn:")


def _key_in(full_url: str, resource: Mapping[str, object]) -> str:
    """The `Type/id` at the end of a full URL, where it is of the type of the resource."""
    base = base_of(full_url)
    key = full_url.partition("/_history/")[0][len(base) + 1 :] if base else ""
    return key if key.startswith(f"{resource.get('resourceType')}/") else ""


def _keep_newest(
    key: str,
    resource: Mapping[str, object],
    included: dict[str, Mapping[str, object]],
    unordered: set[str],
) -> None:
    """Of an included resource the newest version; none where nothing tells which that is."""
    if key in unordered:
        return
    kept = included.get(key)
    found = resource if kept is None else newest(kept, resource)
    if found is None:
        del included[key]
        unordered.add(key)
    else:
        included[key] = found


def read_answer(value: object, resource_type: str, server: str = "") -> SearchAnswer:
    """Reads what a client or a server gave for a search of one resource type.

    `server` is the FHIR base of the call, for a Bundle that holds entries of several servers. Where
    none of them is that base, all are taken for other servers, in whatever order they stand.

    Example: `null` is an answer without a Bundle, which is no proof of absence; a searchset with
    `total` 40 and 20 entries and no next link is one that is not whole.
    """
    if value is None:
        return SearchAnswer(AnswerShape.NULL)
    if not isinstance(value, Mapping):
        return SearchAnswer(AnswerShape.WRONG_TYPE)
    if value.get("resourceType") == "OperationOutcome":
        return SearchAnswer(AnswerShape.OUTCOME, has_error=True)
    if value.get("resourceType") != "Bundle" or is_one_of(value.get("type"), _NO_SEARCH):
        return SearchAnswer(AnswerShape.WRONG_TYPE)
    try:
        return _read_bundle(value, resource_type, server)
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
    included: dict[str, Mapping[str, object]] = {}
    unordered: set[str] = set()
    for page in parts:
        for resource in page.matches:
            _add_match(resource, matches)
        for key, each in page.included.items():
            _keep_newest(key, each, included, unordered)
    return SearchAnswer(
        AnswerShape.BUNDLE
        if any(page.shape is AnswerShape.BUNDLE for page in parts)
        else parts[0].shape,
        tuple(matches.values()),
        included,
        {url: key for page in parts for url, key in page.aliases.items()},
        has_next=parts[-1].has_next,
        next_url=parts[-1].next_url,
        self_url=parts[0].self_url,
        has_error=any(page.has_error or page.shape is not AnswerShape.BUNDLE for page in parts),
        base_url=next((page.base_url for page in parts if page.base_url), ""),
        is_of_unknown_servers=any(page.is_of_unknown_servers for page in parts),
        total=max(page.total for page in parts),
        entries=sum(page.entries for page in parts),
    )


def included_in(answers: Iterable[SearchAnswer]) -> dict[str, Mapping[str, object]]:
    """What came along with several searches, each resource in its newest version."""
    found: dict[str, Mapping[str, object]] = {}
    unordered: set[str] = set()
    for answer in answers:
        for key, resource in answer.included.items():
            _keep_newest(key, resource, found, unordered)
    return found


def _add_match(resource: object, matches: dict[object, object]) -> None:
    """Adds a match of a further page; one that is on two is one, in its newest version."""
    key = key_of(resource) or len(matches)
    other = matches.get(key)
    if key not in matches:
        matches[key] = resource
    elif isinstance(resource, dict) and isinstance(other, dict) and resource is not other:
        matches[key] = newest(other, resource)


def _read_bundle(bundle: Mapping[str, object], resource_type: str, server: str) -> SearchAnswer:
    page = _read_entries(_entries(bundle), resource_type)
    if page.has_several_bases:
        entries = list(_entries(bundle))
        own = main_base([_full_url(entry) for entry in entries], server)
        page = _read_entries(_of_one_server(entries, own), resource_type, own)
        page.base_url = own
    links = _links(bundle)
    total = bundle.get("total")
    only_outcomes = page.outcomes > 0 and not page.matches and not page.included
    is_empty = total == 0 and type(total) is int and not page.has_error
    return SearchAnswer(
        AnswerShape.OUTCOME if only_outcomes and not is_empty else AnswerShape.BUNDLE,
        tuple(page.matches.values()),
        page.included,
        page.aliases,
        has_next="next" in links,
        next_url=links.get("next", ""),
        self_url=links.get("self", ""),
        has_error=page.has_error or is_in_part(bundle),
        base_url=page.base_url,
        is_of_unknown_servers=page.has_several_bases and not page.base_url,
        total=total if type(total) is int else 0,
        entries=page.entries,
    )


def _read_entries(entries: Iterable[object], resource_type: str, base_url: str = "") -> _Page:
    page = _Page(resource_type, base_url=base_url)
    for entry in entries:
        page.add(entry)
    return page


def _of_one_server(entries: Iterable[object], own: str) -> Iterator[object]:
    """The entries of a Bundle of several servers, those of the others under names of their own.

    So a relative reference leads to the server of its own entry, and to nobody else of that name.
    """
    for entry in entries:
        url = _full_url(entry)
        base = base_of(url)
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(entry, dict) and isinstance(resource, dict) and base:
            is_own = same_base(base, own)
            moved = resource if is_own else from_another_server(resource, url)
            yield {**entry, "resource": moved}
        else:
            yield entry


def _full_url(entry: object) -> str:
    url = entry.get("fullUrl") if isinstance(entry, dict) else None
    return url if isinstance(url, str) else ""


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
