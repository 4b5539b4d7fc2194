"""Addresses that somebody would like us to call. A listener counts: nobody ever connects to it.

`PORT` in a target is the port of the listener, `OURS` that of the allowed server. The listener is
there on every address of the machine, so a target that is followed by mistake is seen.
"""

import socket
from collections.abc import Iterator

import pytest

from cds_service.fhir_access import (
    Access,
    AllowedServers,
    Deadline,
    Failure,
    FetchLimits,
    FhirAccess,
    Query,
    SearchResult,
)
from cds_service.fhir_access.addresses import network
from tests.kit.listener import Listener
from tests.kit.scripted_server import Reply, ScriptedServer, bundle, in_turn, json_reply

ENCOUNTERS = Query("encounters", "Encounter?patient=1")
LIMITS = FetchLimits(circuit_failures=0, retry_seconds=0.0)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with Listener() as running:
        with socket.create_connection(("127.0.0.1", running.port)):
            pass
        while running.connections == 0:
            pass
        running.connections = 0
        yield running


def ask(base_url: str, **more: object) -> SearchResult:
    with FhirAccess(LIMITS, **more) as access:  # type: ignore[arg-type]
        session = access.session(base_url, token="TOKEN", deadline=Deadline(2.0))
        return session.search_all({"q": ENCOUNTERS})["q"]


FHIR_SERVERS = [
    "http://127.0.0.1:PORT/fhir",
    "http://localhost:PORT/fhir",
    "http://[::1]:PORT/fhir",
    "http://0.0.0.0:PORT/fhir",
    "http://[::]:PORT/fhir",
    "https://127.0.0.1:PORT/fhir",
    "https://localhost:PORT/fhir",
    "https://localhost.:PORT/fhir",
    "https://127.0.0.1.:PORT/fhir",
    "https://[::1]:PORT/fhir",
    "https://[::ffff:127.0.0.1]:PORT/fhir",
    "https://[::ffff:7f00:1]:PORT/fhir",
    "https://[0:0:0:0:0:0:0:1]:PORT/fhir",
    "https://[::]:PORT/fhir",
    "https://0.0.0.0:PORT/fhir",
    "https://0:PORT/fhir",
    "https://2130706433:PORT/fhir",
    "https://0x7f000001:PORT/fhir",
    "https://0x7f.1:PORT/fhir",
    "https://0177.0.0.1:PORT/fhir",
    "https://017700000001:PORT/fhir",
    "https://127.1:PORT/fhir",
    "https://127.0.1:PORT/fhir",
    "https://127.255.255.254:PORT/fhir",
    "https://ehr.example.nl@127.0.0.1:PORT/fhir",
    "https://ehr.example.nl:443@127.0.0.1:PORT/fhir",
    "https://ehr.example.nl%2f@127.0.0.1:PORT/fhir",
    "https://127.0.0.1:PORT\\@ehr.example.nl/fhir",
    "https://127.0.0.1:PORT#@ehr.example.nl/fhir",
    "https://127.0.0.1:PORT?@ehr.example.nl/fhir",
    "https://127.0.0.1:PORT/fhir#anonymous",
    "https:/\\127.0.0.1:PORT/fhir",
    "https:\\\\127.0.0.1:PORT\\fhir",
    "https:127.0.0.1:PORT/fhir",
    "//127.0.0.1:PORT/fhir",
    "https://127.0.0.1:PORT/https://ehr.example.nl/fhir",
    "https://\uff11\uff12\uff17.0.0.1:PORT/fhir",
    "https://\u24dbocalhost:PORT/fhir",
    "https://127\u30020\u30020\u30021:PORT/fhir",
    "https://ehr.example.nl\t.127.0.0.1:PORT/fhir",
    "https://127.0.0.1:PORT\r\nHost: ehr.example.nl/fhir",
    "https://127.0.0.1:PORT /fhir",
    " https://127.0.0.1:PORT/fhir",
    "https://127.0.0.1:PORT/fhir/../fhir",
    "https://ehr.example.nl:PORT/fhir",
    "https://ehr.example.nl./fhir",
    "https://ehr.example.nl/fhir/../other",
    "https://ehr.example.nl/./fhir",
    "https://ehr.example.nl/fhir%2f..",
    "https://ehr.example.nl/fhir;x",
    "ftp://127.0.0.1:PORT/fhir",
    "gopher://127.0.0.1:PORT/_GET",
    "file:///etc/passwd",
    "https://127.0.0.1:99999/fhir",
    "https://127.0.0.1:PORT%00/fhir",
    "https://[::1%25lo]:PORT/fhir",
]


@pytest.mark.parametrize("target", FHIR_SERVERS)
def test_a_fhir_server_that_is_not_listed(target: str, listener: Listener) -> None:
    target = target.replace("PORT", str(listener.port))
    allowed = AllowedServers(["https://ehr.example.nl/fhir"], is_development=False)
    verdict = allowed.decide(target)
    if verdict in {Access.ALLOWED_ANONYMOUS, Access.ALLOWED_WITH_TOKEN}:
        ask(target)
    assert verdict in {Access.NOT_ALLOWED, Access.PLAIN_HTTP}
    assert listener.connections == 0


SPELLINGS = [
    "https://2130706433:PORT/fhir",
    "https://0x7f000001:PORT/fhir",
    "https://0x7f.1:PORT/fhir",
    "https://0177.0.0.1:PORT/fhir",
    "https://017700000001:PORT/fhir",
    "https://127.1:PORT/fhir",
    "https://127.0.1:PORT/fhir",
    "https://0:PORT/fhir",
    "https://localhost.:PORT/fhir",
]


@pytest.mark.parametrize("target", SPELLINGS)
def test_a_strange_spelling_of_loopback_is_not_connected_to_even_if_listed(
    target: str, listener: Listener
) -> None:
    """The allow-list takes these for names; the system's resolver knows better."""
    target = target.replace("PORT", str(listener.port))
    assert ask(target).failure in {Failure.FORBIDDEN_ADDRESS, Failure.UNREACHABLE}
    assert listener.connections == 0


LEADS_TO = [
    ["127.0.0.1"],
    ["::1"],
    ["127.9.9.9"],
    ["0.0.0.0"],
    ["::"],
    ["::ffff:127.0.0.1"],
    ["::ffff:0.0.0.0"],
    ["127.0.0.1", "::1"],
    ["10.0.0.1"],
    ["192.168.0.1", "fd00::1"],
    ["169.254.169.254"],
    ["fe80::1"],
    ["100.64.0.1"],
]


def _resolver(addresses: list[str], seen: list[str]) -> object:
    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[object]:
        seen.append(host)
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (each, port, 0, 0))
            if ":" in each
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port))
            for each in addresses
        ]

    return getaddrinfo


@pytest.mark.parametrize("addresses", LEADS_TO, ids=",".join)
def test_a_listed_name_that_leads_inside(
    addresses: list[str], listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr("socket.getaddrinfo", _resolver(addresses, seen))
    result = ask(f"https://ehr.example.nl:{listener.port}/fhir")
    assert result.failure is Failure.FORBIDDEN_ADDRESS
    assert seen == ["ehr.example.nl"]
    assert listener.connections == 0


def test_of_several_addresses_only_the_allowed_one_is_connected_to(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """127.0.0.1 stands for an address inside, 127.0.0.2 for the hospital's server."""
    monkeypatch.setattr("socket.getaddrinfo", _resolver(["127.0.0.1", "127.0.0.2"], []))
    connected: list[object] = []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: tuple[str, int]) -> None:
        connected.append(address[0])
        connect(self, address)

    monkeypatch.setattr("socket.socket.connect", noted)
    with ScriptedServer(in_turn(json_reply(bundle()))) as server:
        base_url = f"http://ehr.example.nl:{server.port}/fhir"
        ask(base_url, networks=[network("127.0.0.2/32")])
    assert connected == ["127.0.0.2"]
    assert listener.connections == 0


LINKS = [
    "http://127.0.0.1:PORT/fhir?page=2",
    "http://localhost:PORT/fhir?page=2",
    "http://localhost:OURS/fhir?page=2",
    "http://127.0.0.2:OURS/fhir?page=2",
    "http://[::1]:PORT/fhir?page=2",
    "http://[::1]:OURS/fhir?page=2",
    "http://[::ffff:127.0.0.1]:PORT/fhir?page=2",
    "http://[::ffff:127.0.0.1]:OURS/fhir?page=2",
    "http://0.0.0.0:PORT/fhir?page=2",
    "http://0:OURS/fhir?page=2",
    "http://2130706433:PORT/fhir?page=2",
    "http://2130706433:OURS/fhir?page=2",
    "http://0x7f.1:PORT/fhir?page=2",
    "http://0177.0.0.1:OURS/fhir?page=2",
    "http://127.1:OURS/fhir?page=2",
    "https://127.0.0.1:OURS/fhir?page=2",
    "https://127.0.0.1:PORT/fhir?page=2",
    "//127.0.0.1:PORT/fhir?page=2",
    "///127.0.0.1:PORT/fhir?page=2",
    "\\\\127.0.0.1:PORT\\fhir",
    "/\\127.0.0.1:PORT/fhir",
    "http:\\\\127.0.0.1:PORT\\fhir",
    "http://127.0.0.1:OURS@127.0.0.1:PORT/fhir?page=2",
    "http://user:word@127.0.0.1:OURS/fhir?page=2",
    "http://127.0.0.1:PORT\\@127.0.0.1:OURS/fhir",
    "http://127.0.0.1:PORT#@127.0.0.1:OURS/fhir",
    "http://127.0.0.1:PORT?@127.0.0.1:OURS/fhir",
    "http://127.0.0.1.:OURS/fhir?page=2",
    "http://localhost.:PORT/fhir?page=2",
    "http://127.0.0.1:OURS.evil.example/fhir",
    "http://127.0.0.1:99999/fhir",
    "http://127.0.0.1:PORT%40127.0.0.1:OURS/fhir",
    "http://\uff11\uff12\uff17.0.0.1:PORT/fhir",
    "http://127\u30020\u30020\u30021:PORT/fhir",
    "http://\u24dbocalhost:PORT/fhir",
    "http://127.0.0.1:PORT/\r\nHost: 127.0.0.1:OURS",
    "http://127.0.0.1:PORT/a b",
    "http://127.0.0.1\t:PORT/fhir",
    "http://\n127.0.0.1:PORT/fhir",
    "ftp://127.0.0.1:PORT/fhir",
    "gopher://127.0.0.1:PORT/_GET",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http:///127.0.0.1:PORT/fhir",
    "http://",
    "http://[::1",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/fhir?page=2",
]


@pytest.mark.parametrize("link", LINKS)
def test_a_further_page_elsewhere(link: str, listener: Listener) -> None:
    with ScriptedServer(in_turn(json_reply(bundle()))) as server:
        url = link.replace("PORT", str(listener.port)).replace("OURS", str(server.port))
        server.script = in_turn(json_reply(bundle(next_url=url)), json_reply(bundle()))
        result = ask(server.base_url)
        assert result.failure in {Failure.FOREIGN_NEXT, Failure.UNUSABLE_NEXT}
        assert server.addresses == ["Encounter?patient=1"]
    assert listener.connections == 0


@pytest.mark.parametrize("link", [each for each in LINKS if "\r" not in each and "\n" not in each])
def test_a_redirect_elsewhere(link: str, listener: Listener) -> None:
    with ScriptedServer(in_turn(json_reply(bundle()))) as server:
        url = link.replace("PORT", str(listener.port)).replace("OURS", str(server.port))
        header = url.encode().decode("latin-1")
        moved = Reply(status=307, headers={"Location": header})
        server.script = in_turn(moved, json_reply(bundle()))
        assert ask(server.base_url).failure is Failure.FOREIGN_REDIRECT
        assert server.addresses == ["Encounter?patient=1"]
    assert listener.connections == 0


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("http://127.0.0.1:OURS/fhir?page=2", "?page=2"),
        ("HTTP://127.0.0.1:OURS/fhir?page=2#x", "?page=2"),
        ("?page=2", "?page=2"),
        ("/fhir/Encounter?page=2", "Encounter?page=2"),
        ("/fhir/../admin?page=2", "/admin?page=2"),
    ],
)
def test_a_further_page_on_the_same_origin(link: str, address: str) -> None:
    """The same origin is the same server: it may name any path of its own."""
    with ScriptedServer(in_turn(json_reply(bundle()))) as server:
        url = link.replace("OURS", str(server.port))
        server.script = in_turn(json_reply(bundle(next_url=url)), json_reply(bundle()))
        assert ask(server.base_url).is_complete
        assert server.addresses[1].removeprefix("/") == address.removeprefix("/")


def test_there_are_enough_targets() -> None:
    assert min(len(FHIR_SERVERS), len(LINKS)) >= 40
    assert len(set(FHIR_SERVERS)) == len(FHIR_SERVERS)
    assert len(set(LINKS)) == len(LINKS)
