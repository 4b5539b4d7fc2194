"""Hook requests that Hypothesis builds: whatever is sent, an answer of the contract, in time."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.calls import Json, access, order_select, order_sign
from tests.contract.checked_client import CheckedClient
from tests.contract.services import service
from tests.hostile_requests.asking import SIGN, ask

SELECT = "/cds-services/imsr-order-select"
Place = tuple[str | int, ...]

WORDS = st.sampled_from(
    [
        "", "Patient/pat-1", "ServiceRequest/draft-1", "#", "#c", "finished", "2026-01-05",
        "0001-01-01", "9999-12-31T23:59:60+14:00", "2025-13", "https://[::1", "javascript:x",
        "\u0000", "\u202e", "a" * 5000, "Bundle", "Encounter", "entered-in-error",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    ["resourceType", "id", "reference", "coding", "code", "system", "text", "entry", "resource",
     "period", "start", "end", "link", "relation", "url", "status", "contained", "extension"]
)  # fmt: skip
ANY_CHARACTER = st.characters(codec="utf-8")
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**40), max_value=10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(ANY_CHARACTER, max_size=40)
    | WORDS
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(NAMES | st.text(ANY_CHARACTER, max_size=8),
                      inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


def places(value: object, at: Place = ()) -> Iterator[Place]:
    """Every place in a call."""
    if at:
        yield at
    members: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, dict):
        members = iter(value.items())
    elif isinstance(value, list):
        members = iter(enumerate(value[:3]))
    for name, inner in members:
        yield from places(inner, (*at, name))


GOOD: dict[str, Json] = {
    SIGN: order_sign(),
    SELECT: {**order_select(), **access("https://elsewhere.example.nl/fhir")},
}
PLACES = {path: list(places(body)) for path, body in GOOD.items()}


@cache
def client() -> CheckedClient:
    return service()


def changed(body: Json, at: Place, value: object) -> Json:
    """The call with another value in one place; a place that is gone by now stays gone."""
    new = deepcopy(body)
    target: object = new
    for name in at[:-1]:
        target = _step(target, name)
    if isinstance(target, dict) or (
        isinstance(target, list) and isinstance(at[-1], int) and at[-1] < len(target)
    ):
        target[at[-1]] = value  # type: ignore[index]
    return new


def _step(value: object, name: str | int) -> object:
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list) and isinstance(name, int) and name < len(value):
        return value[name]
    return None


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, Json]:
    """A good call with one to six of its values exchanged for anything."""
    path = draw(st.sampled_from([SIGN, SELECT]))
    body = GOOD[path]
    for _ in range(draw(st.integers(1, 6))):
        body = changed(body, draw(st.sampled_from(PLACES[path])), draw(VALUES))
    return path, body


@settings(max_examples=250, deadline=None)
@given(calls())
def test_calls_with_anything_in_any_place(sent: tuple[str, Json]) -> None:
    path, body = sent
    assert ask(client(), body, path).status_code in {200, 400, 412, 413}


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(GOOD[SELECT])), VALUES))
def test_calls_of_anything(body: Json) -> None:
    assert ask(client(), body).status_code == 400


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_bodies_of_any_bytes(body: bytes) -> None:
    assert ask(client(), body).status_code in {400, 413}


@settings(max_examples=60, deadline=None)
@given(st.lists(VALUES, max_size=6), st.lists(VALUES, max_size=6))
def test_records_of_anything(encounters: list[object], procedures: list[object]) -> None:
    """Entries that are anything: never `not_met`, which only evidence can say."""
    body = order_sign(
        prefetch={
            "patient": {"resourceType": "Patient", "id": "pat-1", "birthDate": "1980-05-17"},
            "encounters": _bundle(encounters),
            "procedures": _bundle(procedures),
        }
    )
    answer = ask(client(), body)
    (assessment,) = answer.json()["extension"]["nl.imsr-cds.assessments"]
    assert assessment["outcome"] == "indeterminate"


def _bundle(resources: list[object]) -> Json:
    entries = [{"resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}
