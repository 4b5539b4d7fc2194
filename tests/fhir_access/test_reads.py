"""Resources by reference, roles of practitioners, and what is kept of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from cds_service.fhir_access import (
    AbsentResource,
    Deadline,
    Failure,
    FetchLimits,
    FhirAccess,
    FoundResource,
    LostResource,
    Query,
)
from tests.fhir_access.conftest import Open
from tests.kit.scripted_server import (
    HAPI,
    Asked,
    Reply,
    Resource,
    ScriptedServer,
    bundle,
    by_address,
    in_turn,
    json_reply,
    outcome_reply,
)

LOCATION: Resource = {"resourceType": "Location", "id": "l1"}


def organization(number: int) -> Resource:
    return {"resourceType": "Organization", "id": f"o{number}"}


def role(own_id: str, practitioner: str) -> Resource:
    return {
        "resourceType": "PractitionerRole",
        "id": own_id,
        "practitioner": {"reference": practitioner},
    }


ORGANIZATIONS = [f"Organization/o{number}" for number in range(6)]
BY_ID = "Organization?_id=o0,o1,o2,o3,o4,o5&_count=6"


class Now:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class TestFew:
    def test_a_few_are_read_one_by_one_in_one_round(self, call: Open) -> None:
        replies = {
            "Location/l1": json_reply(LOCATION),
            "Organization/o1": outcome_reply(404),
            "Practitioner/p1": outcome_reply(410),
            "PractitionerRole/r1": outcome_reply(403),
        }
        with ScriptedServer(by_address(replies)) as server:
            session = call(server)
            readings = session.read_all(replies)
        assert readings == {
            "Location/l1": FoundResource({"resourceType": "Location", "id": "l1"}),
            "Organization/o1": AbsentResource(),
            "Practitioner/p1": AbsentResource(),
            "PractitionerRole/r1": LostResource(Failure.FORBIDDEN),
        }
        assert (session.counts.requests, session.counts.rounds) == (4, 1)

    def test_another_resource_than_asked_is_not_believed(self, call: Open) -> None:
        with ScriptedServer(in_turn(json_reply(LOCATION))) as server:
            readings = call(server).read_all(["Location/other", "Organization/l1"])
        assert readings == {
            "Location/other": LostResource(Failure.WRONG_RESOURCE),
            "Organization/l1": LostResource(Failure.WRONG_RESOURCE),
        }

    def test_an_operation_outcome_is_not_the_resource(self, call: Open) -> None:
        with ScriptedServer(in_turn(outcome_reply(200))) as server:
            assert call(server).read_all(["Location/l1"]) == {
                "Location/l1": LostResource(Failure.WRONG_RESOURCE)
            }

    @pytest.mark.parametrize(
        "reference",
        [
            "",
            "Location",
            "Location/",
            "Location/a b",
            "Location/..",
            "Location/a/b",
            "Location/a?b=c",
            "http://elsewhere.example/Location/1",
            "urn:uuid:1",
            "#x",
            "location/1",
        ],
    )
    def test_what_is_no_type_and_id_is_not_asked(self, call: Open, reference: str) -> None:
        with ScriptedServer(in_turn(json_reply(LOCATION))) as server:
            assert call(server).read_all([reference]) == {
                reference: LostResource(Failure.NOT_ASKED)
            }
            assert server.asked == []

    def test_nothing_to_read(self, call: Open) -> None:
        with ScriptedServer(in_turn(json_reply(LOCATION))) as server:
            session = call(server)
            assert session.read_all([]) == {}
            assert (session.counts.requests, session.counts.rounds) == (0, 0)


class TestMany:
    def test_many_are_searched_by_id(self, call: Open) -> None:
        found = bundle(*(organization(number) for number in range(6)))
        with ScriptedServer(by_address({BY_ID: json_reply(found)})) as server:
            session = call(server)
            readings = session.read_all(ORGANIZATIONS)
        assert readings["Organization/o5"] == FoundResource(
            {"resourceType": "Organization", "id": "o5"}
        )
        assert len(readings) == 6
        assert session.counts.requests == 1

    def test_what_a_search_does_not_bring_is_read(self, call: Open) -> None:
        replies = {
            BY_ID: json_reply(bundle(*(organization(number) for number in (0, 1, 2)))),
            "Organization/o3": json_reply(organization(3)),
            "Organization/o4": outcome_reply(404),
            "Organization/o5": outcome_reply(403),
        }
        with ScriptedServer(by_address(replies)) as server:
            session = call(server)
            readings = session.read_all(ORGANIZATIONS)
        assert readings["Organization/o3"] == FoundResource(
            {"resourceType": "Organization", "id": "o3"}
        )
        assert readings["Organization/o4"] == AbsentResource()
        assert readings["Organization/o5"] == LostResource(Failure.FORBIDDEN)
        assert session.counts.rounds == 2

    def test_more_than_can_be_verified_is_lost_and_never_not_there(self, call: Open) -> None:
        def script(asked: Asked) -> Reply:
            return json_reply(bundle()) if asked.path == "Organization" else outcome_reply(404)

        with ScriptedServer(script) as server:
            session = call(server)
            readings = session.read_all(f"Organization/o{number:02}" for number in range(30))
        assert [readings[f"Organization/o{n}"] for n in ("00", "19", "20", "29")] == [
            AbsentResource(),
            AbsentResource(),
            LostResource(Failure.UNVERIFIED),
            LostResource(Failure.UNVERIFIED),
        ]
        assert session.counts.requests == 21

    def test_a_server_that_ignores_ids_is_not_believed_and_not_read_to_the_end(
        self, call: Open
    ) -> None:
        def script(asked: Asked) -> Reply:
            if asked.path == "Organization":
                strangers = [organization(number) for number in range(3, 90)]
                return json_reply(bundle(*strangers, next_url="Organization?page=2"))
            return json_reply({"resourceType": "Organization", "id": asked.path.split("/")[1]})

        with ScriptedServer(script) as server:
            session = call(server)
            readings = session.read_all(ORGANIZATIONS)
        assert sorted(readings) == ORGANIZATIONS
        assert all(isinstance(reading, FoundResource) for reading in readings.values())
        assert session.counts.requests == 4

    @pytest.mark.parametrize("status", [400, 403, 404, 500])
    def test_a_server_that_does_not_search_is_read(self, call: Open, status: int) -> None:
        def script(asked: Asked) -> Reply:
            if asked.path == "Organization":
                return outcome_reply(status)
            return json_reply({"resourceType": "Organization", "id": asked.path.split("/")[1]})

        with ScriptedServer(script) as server:
            readings = call(server).read_all(ORGANIZATIONS)
        assert all(isinstance(reading, FoundResource) for reading in readings.values())

    def test_an_expired_token_is_not_tried_for_each(self, call: Open) -> None:
        with ScriptedServer(in_turn(outcome_reply(401))) as server:
            session = call(server, token="old")
            readings = session.read_all(ORGANIZATIONS)
        assert readings["Organization/o0"] == LostResource(Failure.UNAUTHORIZED)
        assert session.counts.requests == 1

    def test_without_permission_to_search_each_is_read(self, call: Open) -> None:
        with ScriptedServer(in_turn(outcome_reply(404))) as server:
            call(server).read_all(ORGANIZATIONS, may_search=lambda kind: kind != "Organization")
            assert sorted(server.addresses) == ORGANIZATIONS

    def test_long_lists_are_cut(self, call: Open) -> None:
        with ScriptedServer(in_turn(outcome_reply(401))) as server:
            call(server).read_all(f"Organization/o{number}" for number in range(301))
            call(server).read_all(f"Organization/{number:0200}" for number in range(60))
            sizes = [len(asked.parameters["_id"][0].split(",")) for asked in server.asked]
            longest = max(map(len, server.addresses))
        assert sorted(sizes) == [1, 2, 29, 29, 150, 150]
        assert longest < 7000


class TestHapiBringsAlong:
    def test_the_next_hop_of_a_role_needs_no_request(self, call: Open) -> None:
        found = bundle(role("r1", "Practitioner/p1"))
        for along in ({"resourceType": "Practitioner", "id": "p1"}, organization(1)):
            found["entry"].append({"resource": along, "search": {"mode": "include"}})
        with ScriptedServer(in_turn(json_reply(found, headers=HAPI))) as server:
            call(server).search_all({"patient": Query("patient", "Patient/1")})
            server.asked.clear()
            session = call(server)
            session.read_all(["PractitionerRole/r1"])
            readings = session.read_all(["Practitioner/p1", "Organization/o1"])
            assert list(map(type, readings.values())) == [FoundResource, FoundResource]
            assert session.counts.requests == len(server.asked)
        assert session.counts.requests == 0


_OUTCOME: dict[str, Any] = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "information", "code": "informational"}],
}
_WITHHELD: dict[str, Any] = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "warning", "code": "suppressed"}],
}


class TestRoles:
    def test_all_roles_of_practitioners(self, call: Open) -> None:
        one, two = role("r1", "Practitioner/p1"), role("r2", "Practitioner/p1")
        with ScriptedServer(in_turn()) as server:
            two["practitioner"]["reference"] = f"{server.base_url}/Practitioner/p1"
            server.script = in_turn(json_reply(bundle(one, two, one)))
            session = call(server)
            roles = session.roles_of(["Practitioner/p1", "Practitioner/p2"])
            assert server.addresses == ["PractitionerRole?practitioner=p1,p2&_count=500"]
        assert roles == {"Practitioner/p1": (one, two), "Practitioner/p2": ()}

    def test_they_are_kept_also_where_there_are_none(self, call: Open) -> None:
        with ScriptedServer(in_turn(json_reply(bundle()))) as server:
            assert call(server).roles_of(["Practitioner/p1"]) == {"Practitioner/p1": ()}
            assert call(server).roles_of(["Practitioner/p1"]) == {"Practitioner/p1": ()}
            assert len(server.asked) == 1

    def test_roles_from_another_search_are_kept(self, call: Open) -> None:
        one = role("r1", "Practitioner/p1")
        with ScriptedServer(in_turn()) as server:
            session = call(server)
            session.keep_roles_of(["Practitioner/p1", "Practitioner/p2"], [one])
            roles = session.roles_of(["Practitioner/p1", "Practitioner/p2"])
            assert roles == {"Practitioner/p1": (one,), "Practitioner/p2": ()}
            assert server.asked == []

    def test_roles_of_others_are_not_believed(self, call: Open) -> None:
        page = bundle(role("r1", "Practitioner/p1"), role("r9", "Practitioner/p9"))
        with ScriptedServer(in_turn(json_reply(page))) as server:
            assert call(server).roles_of(["Practitioner/p1"]) == {
                "Practitioner/p1": LostResource(Failure.FILTER_IGNORED)
            }

    def test_half_of_the_roles_is_not_all_of_them(self, call: Open) -> None:
        page = bundle(role("r1", "Practitioner/p1"), next_url="PractitionerRole?page=2")
        with ScriptedServer(in_turn(json_reply(page), outcome_reply(410))) as server:
            assert call(server).roles_of(["Practitioner/p1"]) == {
                "Practitioner/p1": LostResource(Failure.GONE)
            }

    @pytest.mark.parametrize("status", [404, 410])
    def test_a_server_that_does_not_know_roles_has_none(self, call: Open, status: int) -> None:
        with ScriptedServer(in_turn(outcome_reply(status))) as server:
            assert call(server).roles_of(["Practitioner/p1"]) == {"Practitioner/p1": ()}

    @pytest.mark.parametrize(
        ("answer", "is_lost"),
        [
            pytest.param(_OUTCOME, True, id="an outcome alone"),
            pytest.param(bundle(_OUTCOME), True, id="a Bundle of one"),
            pytest.param({**bundle(_OUTCOME), "total": 0}, False, id="a remark on an empty one"),
            pytest.param({**bundle(_WITHHELD), "total": 0}, True, id="withheld"),
            pytest.param(
                bundle(role("r1", "Practitioner/p1"), _WITHHELD), True, id="withheld beside a role"
            ),
            pytest.param({**bundle(), "type": "history"}, True, id="a Bundle of another type"),
        ],
    )
    def test_an_answer_that_is_none_leaves_the_roles_lost(
        self,
        call: Open,
        answer: dict[str, Any],
        is_lost: bool,  # noqa: FBT001
    ) -> None:
        with ScriptedServer(in_turn(json_reply(answer))) as server:
            found = call(server).roles_of(["Practitioner/p1"])["Practitioner/p1"]
            assert isinstance(found, LostResource) is is_lost

    @pytest.mark.parametrize("name", ["", "p1", "Organization/o1", "Practitioner/a,b"])
    def test_what_is_no_practitioner_is_not_asked(self, call: Open, name: str) -> None:
        with ScriptedServer(in_turn(json_reply(bundle()))) as server:
            assert call(server).roles_of([name]) == {name: LostResource(Failure.NOT_ASKED)}
            assert server.asked == []


class TestKept:
    @pytest.fixture
    def now(self) -> Now:
        return Now()

    @pytest.fixture
    def access(self, limits: FetchLimits, now: Now) -> Iterator[FhirAccess]:
        with FhirAccess(limits, clock=now) as made:
            yield made

    def test_a_directory_resource_is_kept_for_its_time(self, call: Open, now: Now) -> None:
        with ScriptedServer(in_turn(json_reply(LOCATION))) as server:
            for moment in (0.0, 299.0, 300.0, 599.0):
                now.seconds = moment
                assert call(server).read_all(["Location/l1"]) == {
                    "Location/l1": FoundResource({"resourceType": "Location", "id": "l1"})
                }
            assert len(server.asked) == 2

    def test_what_is_not_there_is_not_kept(self, call: Open) -> None:
        with ScriptedServer(in_turn(outcome_reply(404), json_reply(LOCATION))) as server:
            assert call(server).read_all(["Location/l1"]) == {"Location/l1": AbsentResource()}
            assert isinstance(call(server).read_all(["Location/l1"])["Location/l1"], FoundResource)

    @pytest.mark.parametrize("kind", ["Patient", "Condition", "Encounter"])
    def test_patient_data_is_never_kept(self, call: Open, kind: str) -> None:
        with ScriptedServer(in_turn(json_reply({"resourceType": kind, "id": "1"}))) as server:
            call(server).read_all([f"{kind}/1"])
            call(server).read_all([f"{kind}/1"])
            assert len(server.asked) == 2

    def test_nothing_is_kept_across_servers(self, call: Open) -> None:
        with (
            ScriptedServer(in_turn(json_reply(LOCATION))) as one,
            ScriptedServer(in_turn(outcome_reply(404))) as other,
        ):
            call(one).read_all(["Location/l1"])
            assert call(other).read_all(["Location/l1"]) == {"Location/l1": AbsentResource()}

    def test_included_resources_of_a_search_are_kept(self, call: Open) -> None:
        page = bundle({"resourceType": "Encounter", "id": "e1"})
        page["entry"].append({"resource": LOCATION, "search": {"mode": "include"}})
        with ScriptedServer(in_turn(json_reply(page))) as server:
            session = call(server)
            session.search_all({"encounters": Query("encounters", "Encounter?patient=1")})
            assert isinstance(session.read_all(["Location/l1"])["Location/l1"], FoundResource)
            assert len(server.asked) == 1

    def test_roles_are_known_once_one_is_kept_and_until_its_time(
        self, call: Open, now: Now
    ) -> None:
        with ScriptedServer(in_turn(json_reply(bundle(role("r1", "Practitioner/p1"))))) as server:
            assert not call(server).knows_roles
            call(server).roles_of(["Practitioner/p1"])
            assert call(server).knows_roles
            now.seconds = 300.0
            assert not call(server).knows_roles


class TestSmallDirectory:
    def test_the_oldest_entry_makes_room(self) -> None:
        limits = FetchLimits(directory_entries=2)
        with (
            ScriptedServer(lambda a: json_reply(organization(int(a.path[-1])))) as server,
            FhirAccess(limits) as access,
        ):
            session = access.session(server.base_url, token=None, deadline=Deadline(3.0))
            for number in (1, 2, 1, 3, 1, 2):
                session.read_all([f"Organization/o{number}"])
            assert server.addresses == [f"Organization/o{n}" for n in (1, 2, 3, 2)]
