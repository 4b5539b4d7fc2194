"""The memory of roles, people, places and organisations: whose it is, and how large."""

from typing import Any

import pytest

from cds_service.fhir_access import (
    Deadline,
    FetchLimits,
    FhirAccess,
    FhirSession,
    FoundResource,
    Query,
)
from cds_service.fhir_access.directory import Directory, Source
from tests.kit.scripted_server import ScriptedServer, in_turn, json_reply

HERE = Source("EHR one", "https://ehr.example.nl/fhir")
OTHER_CLIENT = Source("EHR two", HERE.base)


def _role(own_id: str, text: str = "fysiotherapeut") -> dict[str, Any]:
    return {"resourceType": "PractitionerRole", "id": own_id, "code": [{"text": text}]}


def _bundle(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": list(entries)}


def _directory(**limits: Any) -> Directory:
    return Directory(FetchLimits(**limits), lambda: 1000.0)


def test_what_one_client_was_told_is_not_given_to_another() -> None:
    directory = _directory()
    directory.keep(HERE, _role("1"))
    directory.keep_roles_of(HERE, {"Practitioner/1": (_role("1"),)})
    assert directory.resource(HERE, "PractitionerRole/1") == _role("1")
    assert directory.has_roles(HERE)
    assert directory.resource(OTHER_CLIENT, "PractitionerRole/1") is None
    assert directory.roles_of(OTHER_CLIENT, "Practitioner/1") is None
    assert not directory.has_roles(OTHER_CLIENT)


@pytest.mark.parametrize(
    ("full_url", "is_kept"),
    [
        (None, True),
        (f"{HERE.base}/PractitionerRole/1", True),
        ("https://another.example.nl/fhir/PractitionerRole/1", False),
        (f"{HERE.base}/other/PractitionerRole/1", False),
        (f"{HERE.base}/PractitionerRole/2", False),
        ("urn:uuid:0d1d0b9c-2d0a-4f3e-8a53-4f0c4cf1b2a7", False),
        (5, False),
    ],
)
def test_nothing_is_kept_that_a_server_says_of_another_one(
    full_url: object,
    is_kept: bool,  # noqa: FBT001
) -> None:
    directory = _directory()
    entry = {"fullUrl": full_url, "resource": _role("1")} if full_url else {"resource": _role("1")}
    directory.keep(HERE, _bundle(entry))
    assert (directory.resource(HERE, "PractitionerRole/1") is not None) is is_kept


def test_it_is_bounded_in_bytes() -> None:
    directory = _directory(directory_bytes=100_000)
    for number in range(500):
        directory.keep(HERE, _role(str(number), "x" * 2_000))
        assert directory.size <= 100_000
    assert directory.resource(HERE, "PractitionerRole/499") is not None
    assert directory.resource(HERE, "PractitionerRole/0") is None


def test_one_that_is_larger_than_all_of_it_is_not_kept() -> None:
    directory = _directory(directory_bytes=100_000)
    directory.keep(HERE, _role("small"))
    directory.keep(HERE, _role("large", "x" * 200_000))
    assert directory.resource(HERE, "PractitionerRole/large") is None
    assert directory.resource(HERE, "PractitionerRole/small") is not None


def test_one_server_drives_out_nothing_of_others() -> None:
    directory = _directory(directory_bytes=100_000)
    directory.keep(OTHER_CLIENT, _role("1"))
    for number in range(500):
        directory.keep(HERE, _role(str(number), "x" * 2_000))
    assert directory.resource(OTHER_CLIENT, "PractitionerRole/1") is not None


def test_it_is_bounded_in_entries_and_forgets_the_oldest() -> None:
    directory = _directory(directory_entries=2)
    for number in ("1", "2"):
        directory.keep(HERE, _role(number))
    assert directory.resource(HERE, "PractitionerRole/1") is not None
    directory.keep(HERE, _role("3"))
    assert directory.resource(HERE, "PractitionerRole/2") is None
    assert directory.resource(HERE, "PractitionerRole/1") is not None


def test_what_has_grown_old_takes_no_room() -> None:
    now = [1000.0]
    directory = Directory(FetchLimits(directory_seconds=60.0), lambda: now[0])
    directory.keep(HERE, _role("1"))
    assert directory.size > 0
    now[0] += 60
    assert directory.resource(HERE, "PractitionerRole/1") is None
    assert directory.size == 0


def test_without_a_time_nothing_is_kept() -> None:
    directory = _directory(directory_seconds=0.0)
    directory.keep(HERE, _role("1"))
    assert directory.size == 0


def test_each_client_asks_for_itself() -> None:
    page = _bundle({"resource": _role("1")})
    replies = in_turn(json_reply(page), json_reply(_role("1")))
    kept = {"PractitionerRole/1": FoundResource(_role("1"))}
    with ScriptedServer(replies) as server, FhirAccess() as access:

        def session(client: str) -> FhirSession:
            deadline = Deadline(5.0)
            return access.session(server.base_url, token=None, deadline=deadline, client=client)

        one, two = session("EHR one"), session("EHR two")
        one.search_all({"roles": Query("roles", "PractitionerRole?_id=1")})
        assert one.read_all(["PractitionerRole/1"]) == kept
        assert len(server.asked) == 1
        assert two.read_all(["PractitionerRole/1"]) == kept
        assert len(server.asked) == 2
