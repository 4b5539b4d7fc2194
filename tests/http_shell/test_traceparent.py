"""W3C Trace Context: from the caller, through us, to the FHIR server of the call."""

import re

import pytest

from cds_service.fhir_access.trace_context import TraceContext, trace_context
from tests.contract.calls import Json, order_sign, record, searchset, without
from tests.contract.services import service
from tests.kit.scripted_server import Asked, Reply, ScriptedServer, json_reply

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{SPAN}-01"
FORM = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


def ehr(asked: Asked) -> Reply:
    """A server that holds the record of the usual call."""
    kind, _, identifier = asked.path.partition("/")
    held = [each for each in record() if each["resourceType"] == kind]
    if identifier:
        return json_reply(next(each for each in held if each["id"] == identifier))
    return json_reply(searchset(held, total=len(held)))


def sent(*given: str) -> list[dict[str, str]]:
    """The headers of all that was asked for one call."""
    with ScriptedServer(ehr) as server:
        call: Json = {**without(order_sign(), "prefetch"), "fhirServer": server.base_url}
        headers = dict(zip(("traceparent", "tracestate"), given, strict=False))
        answer = service().call(call, **headers)
        assert answer.status_code == 200
        assert len(server.asked) >= 3
        return [{k.lower(): v for k, v in asked.headers.items()} for asked in server.asked]


def test_every_request_carries_the_trace_of_the_caller_and_a_span_of_its_own() -> None:
    requests = sent(GIVEN, "vendor=secret")
    parts = [FORM.fullmatch(each["traceparent"]) for each in requests]
    assert {part and part[1] for part in parts} == {TRACE}
    assert {part and part[3] for part in parts} == {"01"}
    spans = {part[2] for part in parts if part}
    assert len(spans) == len(requests)
    assert SPAN not in spans
    assert not [each for each in requests if "tracestate" in each]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(f"00-{TRACE}-{SPAN}-01-more", id="more than version 00 has"),
        pytest.param(f"00-{TRACE.upper()}-{SPAN}-01", id="upper case"),
        pytest.param(f"00-{TRACE[:-1]}-{SPAN}-01", id="a digit too few"),
        pytest.param(f"00-{TRACE}-{SPAN}", id="no flags"),
        pytest.param(f"ff-{TRACE}-{SPAN}-01", id="the forbidden version"),
    ],
)
def test_of_a_malformed_header_nothing_is_passed_on(given: str) -> None:
    traces = {each["traceparent"] for each in sent(given)}
    assert not [each for each in traces if TRACE in each.lower() or SPAN in each]
    parts = [FORM.fullmatch(each) for each in traces]
    assert len({part and part[1] for part in parts}) == 1
    assert {part and part[3] for part in parts} == {"00"}


def test_without_a_header_the_call_gets_a_number_of_ours() -> None:
    first, second = sent()[0]["traceparent"], sent()[0]["traceparent"]
    assert FORM.fullmatch(first)
    assert FORM.fullmatch(second)
    assert first[3:35] != second[3:35]


def read(*values: str) -> TraceContext:
    return trace_context([(b"traceparent", value.encode()) for value in values])


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        (GIVEN, 1),
        (f"00-{TRACE}-{SPAN}-00", 0),
        (f"00-{TRACE}-{SPAN}-03", 3),
        (f"00-{TRACE}-{SPAN}-ff", 3),
        (f"01-{TRACE}-{SPAN}-01", 1),
        (f"cc-{TRACE}-{SPAN}-01-what-comes-later", 1),
    ],
)
def test_what_is_read(given: str, flags: int) -> None:
    assert read(given) == TraceContext(TRACE, flags)


@pytest.mark.parametrize(
    "given",
    [
        ("",),
        (f"00-{'0' * 32}-{SPAN}-01",),
        (f"00-{TRACE}-{'0' * 16}-01",),
        (f"cc-{TRACE}-{SPAN}-01what",),
        (f"00-{TRACE}-{SPAN}-01\n",),
        (f" {GIVEN}",),
        (GIVEN, GIVEN),
        (GIVEN, f"00-{'ab' * 16}-{SPAN}-01"),
    ],
)
def test_what_is_not(given: tuple[str, ...]) -> None:
    made = read(*given)
    assert re.fullmatch("[0-9a-f]{32}", made.id)
    assert made.id not in {TRACE, "ab" * 16, "0" * 32}
    assert made.flags == 0
