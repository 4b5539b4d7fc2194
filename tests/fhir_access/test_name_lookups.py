"""A name server that is silent stops only those who ask for the name it is silent about."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cds_service.fhir_access.name_lookups import NameLookups

FOUND = ((socket.AF_INET, ("192.0.2.1", 443)),)


class Resolver:
    """A name server that is silent about one name until it is told to speak."""

    def __init__(self) -> None:
        self.speaks = threading.Event()
        self.asked: list[str] = []

    def getaddrinfo(self, host: str, port: int, **_: object) -> list[object]:
        self.asked.append(host)
        if host == "silent.example.nl":
            self.speaks.wait(60)
        if host == "unknown.example.nl":
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", port))]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    made = Resolver()
    monkeypatch.setattr("socket.getaddrinfo", made.getaddrinfo)
    return made


def test_who_asks_waits_no_longer_than_he_may(resolver: Resolver) -> None:
    names = NameLookups()
    with pytest.raises(TimeoutError):
        names.addresses("silent.example.nl", 443, seconds=0.05)
    assert names.addresses("quick.example.nl", 443, seconds=5.0) == FOUND
    resolver.speaks.set()
    assert names.addresses("silent.example.nl", 443, seconds=5.0) == FOUND


def test_many_wait_for_one_look_up(resolver: Resolver) -> None:
    names = NameLookups()
    with ThreadPoolExecutor(20) as threads:
        asked = [
            threads.submit(names.addresses, "silent.example.nl", 443, seconds=20.0)
            for _ in range(20)
        ]
        while not resolver.asked:
            threading.Event().wait(0.01)
        resolver.speaks.set()
        assert {each.result(20.0) for each in asked} == {FOUND}
    assert len(resolver.asked) <= 2  # who came when it had just ended asks again


def test_so_many_names_and_no_more_are_looked_up_at_once(resolver: Resolver) -> None:
    names = NameLookups(most=1)
    with pytest.raises(TimeoutError):
        names.addresses("silent.example.nl", 443, seconds=0.05)
    with pytest.raises(TimeoutError):
        names.addresses("quick.example.nl", 443, seconds=5.0)
    assert resolver.asked == ["silent.example.nl"]
    resolver.speaks.set()


def test_an_address_is_looked_up_nowhere(resolver: Resolver) -> None:
    names = NameLookups(most=0)
    for host in ("192.0.2.1", "[2001:db8::1]"):
        assert names.addresses(host, 443, seconds=0.0) == FOUND
    assert resolver.asked == ["192.0.2.1", "2001:db8::1"]


def test_a_name_that_leads_nowhere_says_so_each_time(resolver: Resolver) -> None:
    names = NameLookups()
    for _ in range(2):
        with pytest.raises(socket.gaierror):
            names.addresses("unknown.example.nl", 443, seconds=5.0)
    assert resolver.asked == ["unknown.example.nl"] * 2
