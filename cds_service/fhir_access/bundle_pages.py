"""What must be read of a Bundle to know whether there is more of it. Nothing clinical."""

from collections.abc import Iterable, Iterator
from typing import Any

from cds_service.fhir_access.failures import Failure
from fhir_mappings.reading.search_outcomes import OutcomeMeaning, outcome_meaning

Resource = dict[str, Any]
_NOT_MATCHES = frozenset({"include", "outcome"})


def next_link(page: Resource) -> str | Failure | None:
    """The address of the next page as the server wrote it; None if this is the last one.

    A next link without an address, or two different ones, is a page that cannot be fetched.
    """
    links = [
        link.get("url") for link in _objects(page.get("link")) if link.get("relation") == "next"
    ]
    if page["resourceType"] != "Bundle" or not links:
        return None
    first = links[0]
    if not isinstance(first, str) or not first.strip() or any(link != first for link in links):
        return Failure.UNUSABLE_NEXT
    return first.strip()


def entries(page: Resource) -> Iterator[tuple[object, Resource]]:
    """`fullUrl` and resource of each entry, of matches and of included ones.

    Of anything but a Bundle that itself, which has no `fullUrl`: None.
    """
    if page["resourceType"] != "Bundle":
        yield None, page
        return
    for entry in _objects(page.get("entry")):
        if isinstance(entry.get("resource"), dict):
            yield entry.get("fullUrl"), entry["resource"]


def matches(page: Resource, kind: str) -> Iterator[Resource]:
    """The resources of one type that a search found, without those that came along."""
    for entry in _objects(page.get("entry")):
        search, found = entry.get("search"), entry.get("resource")
        mode = search.get("mode") if isinstance(search, dict) else None
        if (
            isinstance(found, dict)
            and str(mode) not in _NOT_MATCHES
            and found.get("resourceType") == kind
        ):
            yield found


def fault_of(page: Resource, kind: str) -> Failure | None:
    """Why a page cannot be one of a search for that type; `kind` empty: the type is not known.

    A Bundle without a type is taken as one; included resources are often not marked as such.
    """
    if page["resourceType"] != "Bundle":
        return None
    if page.get("type", "searchset") != "searchset":
        return Failure.WRONG_RESOURCE
    if kind and any(
        _is_match_of_another_kind(entry, kind) for entry in _objects(page.get("entry"))
    ):
        return Failure.FILTER_IGNORED
    return None


def _is_match_of_another_kind(entry: Resource, kind: str) -> bool:
    search, found = entry.get("search"), entry.get("resource")
    is_match = isinstance(search, dict) and search.get("mode") == "match"
    own = found.get("resourceType") if isinstance(found, dict) else None
    return is_match and isinstance(own, str) and own not in {kind, "OperationOutcome"}


def tells_of_a_gap(page: Resource) -> bool:
    """Whether an answer to a search is none, or not all: by the outcomes in it.

    An outcome alone is no answer, but for a mere remark beside a total of 0.
    """
    if page["resourceType"] != "Bundle":
        return bool(page["resourceType"] == "OperationOutcome")
    held = [each["resource"] for each in _objects(page.get("entry")) if _has_resource(each)]
    outcomes = [each for each in held if each.get("resourceType") == "OperationOutcome"]
    if not outcomes:
        return False
    is_whole = all(outcome_meaning(each) is OutcomeMeaning.REMARK for each in outcomes)
    return not is_whole or (len(outcomes) == len(held) and total(page) != 0)


def match_keys(page: Resource) -> frozenset[tuple[str, str]]:
    """Type and id of what a search found on a page."""
    entries = _objects(page.get("entry"))
    kinds = {str(each["resource"].get("resourceType")) for each in entries if _has_resource(each)}
    return frozenset((kind, str(each.get("id"))) for kind in kinds for each in matches(page, kind))


def _has_resource(entry: Resource) -> bool:
    return isinstance(entry.get("resource"), dict)


def distinct_matches(pages: Iterable[Resource], kind: str) -> int:
    """How many different resources a search found on all its pages."""
    return len({str(found.get("id")) for page in pages for found in matches(page, kind)})


def total(page: Resource) -> int | None:
    """The number of matches on all pages, as the server says it."""
    number = page.get("total")
    return number if type(number) is int and number >= 0 else None


def _objects(value: object) -> Iterator[Resource]:
    members = value if isinstance(value, list) else [value]
    return (member for member in members if isinstance(member, dict))
