"""The groups and answers of a QuestionnaireResponse, in whatever order and depth they come."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from fhir_mappings.reading.concepts import UnreadableError, items, mapping

Members = Mapping[str, object]
Answers = Mapping[str, Sequence[Members]]

_DEEPEST = 20  # levels of items in items; a form has two or three


def groups(response: Members, link_id: str, depth: int = 0) -> Iterator[Members]:
    """The items with this `linkId`, those inside of other items too, but not inside each other."""
    for item in _below(response, depth):
        if item.get("linkId") == link_id:
            yield item
        else:
            yield from groups(item, link_id, depth + 1)


def answers(group: Members, *, until: str) -> Answers:
    """The answers in a group by `linkId`; a group `until` in it is another one."""
    found: dict[str, list[Members]] = defaultdict(list)
    _collect(group, until, 0, found)
    return found


def only_value(given: Sequence[Members], *names: str) -> object:
    """The value of an answer that was given once, under one of these names; else None."""
    values = [answer[name] for answer in given for name in names if answer.get(name) is not None]
    return values[0] if values and all(value == values[0] for value in values) else None


def _collect(group: Members, until: str, depth: int, found: dict[str, list[Members]]) -> None:
    for item in _below(group, depth):
        link_id = item.get("linkId")
        if link_id == until:
            continue
        given = [mapping(each, "answer") for each in items(item.get("answer"), "answer")]
        if isinstance(link_id, str) and given:
            found[link_id].extend(given)
        _collect(item, until, depth + 1, found)


def _below(parent: Members, depth: int) -> Iterator[Members]:
    """The items of an item, and those under its answers."""
    if depth > _DEEPEST:
        raise UnreadableError("items are nested too deep")
    inside = [mapping(each, "answer") for each in items(parent.get("answer"), "answer")]
    for holder in (parent, *inside):
        for item in items(holder.get("item"), "item"):
            yield mapping(item, "item")
