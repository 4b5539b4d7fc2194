"""Searches with all their pages, in the plain form and in the form for HAPI."""

import threading
import time
from collections.abc import Iterator

import pytest

from cds_service.fhir_access import (
    Deadline,
    Failure,
    FetchLimits,
    FhirAccess,
    NextPage,
    Query,
    SearchResult,
)
from tests.fhir_access.conftest import Open
from tests.kit.scripted_server import (
    HAPI,
    Asked,
    Reply,
    Resource,
    Script,
    ScriptedServer,
    bundle,
    by_address,
    in_turn,
    json_reply,
    outcome_reply,
)

PLAIN = "Encounter?patient=1&_count=1000"
FLAT = "Encounter?patient=1&_count=2&_offset=0"
ENCOUNTERS = Query("encounters", PLAIN, FLAT)


def encounter(number: int) -> Resource:
    return {"resourceType": "Encounter", "id": f"e{number}"}


def ids(result: SearchResult) -> list[str]:
    return [entry["resource"]["id"] for page in result.pages for entry in page.get("entry", [])]


def search(
    call: Open, server: ScriptedServer, query: Query | NextPage = ENCOUNTERS
) -> SearchResult:
    return call(server).search_all({"encounters": query})["encounters"]


def hapi_with(
    count: int, *, step: int = 2, hidden: tuple[int, ...] = (), counted: int | None = None
) -> Script:
    """A HAPI with so many Encounters: `_offset` pages, and persisted ones for the plain form."""

    def script(asked: Asked) -> Reply:
        parameters = asked.parameters
        start = int(parameters.get("_offset", parameters.get("_getpagesoffset", ["0"]))[0])
        shown = [n for n in range(start, min(start + step, count)) if n not in hidden]
        is_flat = "_offset" in parameters
        word = "Encounter?patient=1&_offset" if is_flat else "?_getpages=abc&_getpagesoffset"
        more = f"http://{asked.headers['host']}/fhir/{word}={start + step}&_count={step}"
        has_total = parameters.get("_total") == ["accurate"]
        more += "&_total=accurate" if has_total else ""
        page = bundle(
            *map(encounter, shown),
            next_url=more if start + step < count else None,
            total=(count if counted is None else counted) if has_total else None,
        )
        return json_reply(page, headers=HAPI)

    return script


def known_hapi(call: Open, server: ScriptedServer) -> None:
    """The base is known as HAPI by an earlier answer."""
    call(server).search_all({"patient": Query("patient", "Patient/1")})
    server.asked.clear()


class TestPlainForm:
    def test_all_queries_go_out_at_once(self, call: Open) -> None:
        together = threading.Barrier(3, timeout=2)

        def script(asked: Asked) -> Reply:
            together.wait()
            return json_reply({"resourceType": asked.path.partition("/")[0], "id": "1"})

        with ScriptedServer(script) as server:
            session = call(server)
            results = session.search_all(
                {key: Query(key, f"{key}/1") for key in ("Patient", "Location", "Condition")}
            )
        assert [result.is_complete for result in results.values()] == [True, True, True]
        assert (session.counts.requests, session.counts.rounds) == (3, 1)

    def test_an_unknown_base_is_asked_in_the_plain_form(self, call: Open) -> None:
        with ScriptedServer(in_turn(json_reply(bundle(encounter(1))))) as server:
            assert search(call, server).is_complete
            assert server.addresses == ["Encounter?patient=1&_count=1000"]

    def test_a_query_for_hapi_only_is_not_asked_elsewhere(self, call: Open) -> None:
        with ScriptedServer(in_turn(json_reply(bundle()))) as server:
            only = Query("roles", None, "PractitionerRole?_has:Encounter:participant:patient=1")
            assert search(call, server, only) == SearchResult((), False, Failure.NOT_ASKED)  # noqa: FBT003
            assert server.asked == []

    def test_every_page_is_followed(self, call: Open) -> None:
        with ScriptedServer(in_turn()) as server:
            server.script = by_address(
                {
                    PLAIN: json_reply(bundle(encounter(1), next_url=f"{server.base_url}?p=2")),
                    "?p=2": json_reply(bundle(encounter(2), next_url="Encounter?p=3")),
                    "Encounter?p=3": json_reply(bundle(encounter(3))),
                }
            )
            session = call(server, token="secret")
            result = session.search_all({"encounters": ENCOUNTERS})["encounters"]
            assert (ids(result), result.is_complete) == (["e1", "e2", "e3"], True)
            assert {asked.headers["authorization"] for asked in server.asked} == {"Bearer secret"}
        assert (session.counts.requests, session.counts.rounds) == (3, 3)

    def test_a_next_link_to_another_host_is_never_asked(self, call: Open) -> None:
        with ScriptedServer(in_turn(json_reply(bundle()))) as other:
            page = bundle(encounter(1), next_url=f"{other.base_url}/Encounter?p=2")
            with ScriptedServer(in_turn(json_reply(page))) as server:
                result = call(server, token="secret").search_all({"e": ENCOUNTERS})["e"]
            assert (ids(result), result.failure) == (["e1"], Failure.FOREIGN_NEXT)
            assert other.asked == []

    @pytest.mark.parametrize(
        ("link", "failure"),
        [
            ("https://127.0.0.1/fhir/Encounter?p=2", Failure.FOREIGN_NEXT),
            ("http://localhost/fhir/Encounter?p=2", Failure.FOREIGN_NEXT),
            ("//elsewhere.example/fhir", Failure.FOREIGN_NEXT),
            ("http://127.0.0.1@elsewhere.example/fhir", Failure.UNUSABLE_NEXT),
            ("ftp://127.0.0.1/fhir", Failure.UNUSABLE_NEXT),
            ("http://127.0.0.1:abc/", Failure.UNUSABLE_NEXT),
            ("http://[::1/", Failure.UNUSABLE_NEXT),
            ("/fhir/a b", Failure.UNUSABLE_NEXT),
            ("", Failure.UNUSABLE_NEXT),
            (" ", Failure.UNUSABLE_NEXT),
        ],
    )
    def test_odd_next_links(self, call: Open, link: str, failure: Failure) -> None:
        with ScriptedServer(in_turn(json_reply(bundle(encounter(1), next_url=link)))) as server:
            result = search(call, server)
            assert (ids(result), result.failure) == (["e1"], failure)
            assert len(server.asked) == 1

    @pytest.mark.parametrize(
        "links",
        [
            [{"relation": "next"}],
            [{"relation": "next", "url": 7}],
            [{"relation": "next", "url": "Encounter?p=2"}, {"relation": "next", "url": "x"}],
            {"relation": "next", "url": None},
        ],
    )
    def test_a_next_link_without_a_usable_url(self, call: Open, links: object) -> None:
        with ScriptedServer(in_turn(json_reply({**bundle(encounter(1)), "link": links}))) as server:
            assert search(call, server).failure is Failure.UNUSABLE_NEXT

    @pytest.mark.parametrize("links", [None, 7, "next", [], [None, 7, {}], [{"relation": "self"}]])
    def test_links_that_name_no_next_page(self, call: Open, links: object) -> None:
        with ScriptedServer(in_turn(json_reply({**bundle(encounter(1)), "link": links}))) as server:
            assert search(call, server).is_complete

    def test_pages_in_a_circle(self, call: Open) -> None:
        page = json_reply(bundle(encounter(1), next_url="Encounter?p=2"))
        with ScriptedServer(in_turn(page)) as server:
            result = search(call, server)
        assert (ids(result), result.failure) == (["e1", "e1"], Failure.PAGE_LOOP)

    def test_pages_without_end(self, call: Open) -> None:
        def script(asked: Asked) -> Reply:
            number = int(asked.parameters.get("p", ["1"])[0])
            return json_reply(bundle(encounter(number), next_url=f"Encounter?p={number + 1}"))

        with ScriptedServer(script) as server:
            result = search(call, server)
        assert (len(result.pages), result.failure) == (6, Failure.PAGE_LIMIT)

    def test_an_expired_page(self, call: Open) -> None:
        first = json_reply(bundle(encounter(1), next_url="?_getpages=gone"))
        with ScriptedServer(in_turn(first, outcome_reply(410))) as server:
            result = search(call, server)
        assert (ids(result), result.is_complete, result.failure) == (["e1"], False, Failure.GONE)

    def test_one_failing_query_leaves_the_others_whole(self, call: Open) -> None:
        replies = {"Patient/1": json_reply({"resourceType": "Patient"}), PLAIN: outcome_reply(500)}
        with ScriptedServer(by_address(replies)) as server:
            results = call(server).search_all(
                {"patient": Query("patient", "Patient/1"), "encounters": ENCOUNTERS}
            )
        assert results["patient"].failure is None
        assert results["encounters"].failure is Failure.SERVER_ERROR

    @pytest.mark.parametrize("kind", ["collection", "document", "history", "", 7, [], {}, None])
    def test_a_bundle_that_is_no_answer_to_a_search(self, call: Open, kind: object) -> None:
        pages = [bundle(encounter(1), next_url="?page=2"), {**bundle(), "type": kind}]
        with ScriptedServer(in_turn(*map(json_reply, pages))) as server:
            assert search(call, server).failure is Failure.WRONG_RESOURCE

    def test_a_bundle_without_a_type_is_taken_as_an_answer(self, call: Open) -> None:
        untyped = {name: value for name, value in bundle().items() if name != "type"}
        with ScriptedServer(in_turn(json_reply(untyped))) as server:
            assert search(call, server).is_complete

    @pytest.mark.parametrize("odd", [None, 7, "x", [], {}, [[]], {"mode": []}, True])
    def test_members_of_any_type_are_no_error(self, call: Open, odd: object) -> None:
        entry = {"resource": encounter(1), "search": {"mode": "match"}}
        pages = [
            {**bundle(encounter(1)), "link": odd, "total": odd, "id": odd},
            {**bundle(), "entry": odd},
            {**bundle(), "entry": [odd, {"resource": odd}]},
            {**bundle(), "entry": [{**entry, "search": odd}, {**entry, "search": {"mode": odd}}]},
            {**bundle(), "entry": [{"resource": {"resourceType": odd, "id": odd}}]},
            {**bundle(), "entry": [{"resource": {"resourceType": "Practitioner", "id": odd}}]},
            {**bundle(), "link": [{"relation": odd, "url": odd}, odd]},
        ]
        for page in pages:
            with ScriptedServer(in_turn(json_reply(page))) as server:
                assert search(call, server).pages == (page,)

    def test_a_page_of_another_search(self, call: Open) -> None:
        other = bundle({"resourceType": "Procedure", "id": "p1"})
        pages = [bundle(encounter(1), next_url="?page=2"), other]
        with ScriptedServer(in_turn(*map(json_reply, pages))) as server:
            assert search(call, server).failure is Failure.FILTER_IGNORED

    @pytest.mark.parametrize(
        ("kind", "failure"),
        [("Encounter", Failure.FILTER_IGNORED), ("Procedure", None), ("", None)],
    )
    def test_a_page_of_another_search_after_a_prefetched_one(
        self, call: Open, kind: str, failure: Failure | None
    ) -> None:
        other = bundle({"resourceType": "Procedure", "id": "p1"})
        with ScriptedServer(in_turn(json_reply(other))) as server:
            page = NextPage(f"{server.base_url}?page=2", kind)
            assert call(server).search_all({"q": page})["q"].failure is failure

    def test_a_further_page_that_holds_nothing_new(self, call: Open) -> None:
        """A page out of an old cache: what should stand there is not seen."""
        pages = [
            bundle(encounter(1), encounter(2), next_url="?page=2"),
            bundle(encounter(2), encounter(1), next_url="?page=3"),
            bundle(encounter(5)),
        ]
        with ScriptedServer(in_turn(*map(json_reply, pages))) as server:
            result = search(call, server)
            assert (ids(result), result.failure) == (["e1", "e2", "e2", "e1"], Failure.PAGE_LOOP)

    def test_a_further_page_with_something_old_and_something_new(self, call: Open) -> None:
        """A row was added between two pages, so that one moved to the next page."""
        pages = [
            bundle(encounter(1), encounter(2), next_url="?page=2"),
            bundle(encounter(2), encounter(3)),
        ]
        with ScriptedServer(in_turn(*map(json_reply, pages))) as server:
            assert search(call, server).is_complete

    def test_a_count_that_was_asked_and_is_not_reached(self, call: Open) -> None:
        page = json_reply(bundle(encounter(1), encounter(1), total=2))
        with ScriptedServer(in_turn(page)) as server:
            assert search(call, server, Query("e", f"{PLAIN}&_total=accurate")).failure is (
                Failure.COUNT_DIFFERS
            )
            assert search(call, server).is_complete


class TestHapiForm:
    def test_hapi_is_asked_in_its_own_form_once_it_is_known(self, call: Open) -> None:
        with ScriptedServer(hapi_with(2)) as server:
            known_hapi(call, server)
            assert ids(search(call, server)) == ["e0", "e1"]
            assert server.addresses == [f"{FLAT}&_total=accurate"]

    def test_further_pages_come_at_once(self, call: Open) -> None:
        with ScriptedServer(hapi_with(7)) as server:
            known_hapi(call, server)
            session = call(server)
            result = session.search_all({"encounters": ENCOUNTERS})["encounters"]
            assert result.is_complete
            assert ids(result) == ["e0", "e1", "e2", "e3", "e4", "e5", "e6"]
            assert sorted(asked.parameters["_offset"][0] for asked in server.asked) == [
                "0",
                "2",
                "4",
                "6",
            ]
        assert (session.counts.requests, session.counts.rounds) == (4, 2)

    def test_the_step_is_what_the_server_gives_and_not_what_was_asked(self, call: Open) -> None:
        with ScriptedServer(hapi_with(5, step=1)) as server:
            known_hapi(call, server)
            assert ids(search(call, server)) == ["e0", "e1", "e2", "e3", "e4"]

    def test_a_row_that_moved_between_two_pages(self, call: Open) -> None:
        with ScriptedServer(hapi_with(7, hidden=(4,))) as server:
            known_hapi(call, server)
            result = search(call, server)
        assert (len(ids(result)), result.failure) == (6, Failure.COUNT_DIFFERS)

    def test_more_pages_than_counted_are_followed(self, call: Open) -> None:
        with ScriptedServer(hapi_with(9, counted=5)) as server:
            known_hapi(call, server)
            result = search(call, server)
        assert (len(ids(result)), result.is_complete) == (9, True)

    def test_more_pages_than_may_be_read(self, call: Open) -> None:
        with ScriptedServer(hapi_with(10**400)) as server:
            known_hapi(call, server)
            assert search(call, server).failure is Failure.PAGE_LIMIT
            assert len(server.asked) == 1

    @pytest.mark.parametrize("offset", ["0", "-2", "x", "", "9" * 5000])
    def test_an_offset_that_makes_no_sense_is_followed_as_it_is(
        self, call: Open, offset: str
    ) -> None:
        first = bundle(encounter(0), next_url=f"Encounter?_offset={offset}", total=3)
        last = bundle(encounter(1), encounter(2))
        with ScriptedServer(in_turn(json_reply(first, headers=HAPI))) as server:
            known_hapi(call, server)
            server.script = in_turn(json_reply(first, headers=HAPI), json_reply(last))
            assert ids(search(call, server)) == ["e0", "e1", "e2"]

    def test_one_lost_page_keeps_the_others(self, call: Open) -> None:
        whole = hapi_with(7)

        def script(asked: Asked) -> Reply:
            return outcome_reply(500) if "_offset=4" in asked.address else whole(asked)

        with ScriptedServer(script) as server:
            known_hapi(call, server)
            result = search(call, server)
        assert (ids(result), result.failure) == (
            ["e0", "e1", "e2", "e3", "e6"],
            Failure.SERVER_ERROR,
        )

    def test_first_contact_with_one_page_is_one_round(self, call: Open) -> None:
        with ScriptedServer(hapi_with(2)) as server:
            assert search(call, server).is_complete
            assert server.addresses == [PLAIN]

    def test_first_contact_with_more_pages_starts_again(self, call: Open) -> None:
        with ScriptedServer(hapi_with(5)) as server:
            assert ids(search(call, server)) == ["e0", "e1", "e2", "e3", "e4"]
            assert not any("_getpages" in address for address in server.addresses)

    def test_a_refused_form_falls_back_and_is_remembered(self, call: Open) -> None:
        def script(asked: Asked) -> Reply:
            if "_offset" in asked.address:
                return outcome_reply(400, headers=HAPI)
            return json_reply(bundle(encounter(1)), headers=HAPI)

        with ScriptedServer(script) as server:
            known_hapi(call, server)
            assert ids(search(call, server)) == ["e1"]
            assert ids(search(call, server)) == ["e1"]
            assert server.addresses == [f"{FLAT}&_total=accurate", PLAIN, PLAIN]

    def test_a_search_that_is_refused_in_both_forms_is_not_remembered(self, call: Open) -> None:
        with ScriptedServer(in_turn(outcome_reply(400, headers=HAPI))) as server:
            known_hapi(call, server)
            assert search(call, server).failure is Failure.BAD_REQUEST
            server.script = hapi_with(2)
            search(call, server)
            assert server.addresses[-1] == f"{FLAT}&_total=accurate"

    def test_a_refused_query_for_hapi_only_is_asked_once(self, call: Open) -> None:
        only = Query("roles", None, "PractitionerRole?_has:Encounter:participant:patient=1")
        with ScriptedServer(in_turn(outcome_reply(400, headers=HAPI))) as server:
            known_hapi(call, server)
            assert search(call, server, only).failure is Failure.BAD_REQUEST
            assert search(call, server, only).failure is Failure.NOT_ASKED
            assert len(server.asked) == 1

    def test_a_search_with_includes_is_not_counted(self, call: Open) -> None:
        address = "PractitionerRole?x=1&_include=PractitionerRole:practitioner&_offset=0"
        with ScriptedServer(in_turn(json_reply(bundle(total=5), headers=HAPI))) as server:
            known_hapi(call, server)
            assert search(call, server, Query("roles", None, address)).is_complete
            assert server.addresses == [address]

    def test_a_next_link_with_another_name_of_the_host_is_read_below_our_base(
        self, call: Open
    ) -> None:
        first = bundle(
            encounter(1), next_url="http://ehr.example:9999/fhir?_getpages=abc&_getpagesoffset=1"
        )
        replies = {
            PLAIN: json_reply(first, headers=HAPI),
            "?_getpages=abc&_getpagesoffset=1": json_reply(bundle(encounter(2)), headers=HAPI),
        }
        with ScriptedServer(by_address(replies)) as server:
            result = search(call, server, Query("encounters", PLAIN))
        assert (ids(result), result.is_complete) == (["e1", "e2"], True)

    @pytest.mark.parametrize(
        "link",
        [
            "http://ehr.example/other?_getpages=abc",
            "http://ehr.example/fhirx?_getpages=abc",
            "http://ehr.example/fhir/Encounter?page=2",
        ],
    )
    def test_other_links_elsewhere_stay_foreign_on_hapi(self, call: Open, link: str) -> None:
        page = json_reply(bundle(encounter(1), next_url=link), headers=HAPI)
        with ScriptedServer(in_turn(page)) as server:
            assert search(call, server).failure is Failure.FOREIGN_NEXT


class TestPrefetchedPages:
    def test_the_pages_after_a_prefetched_one(self, call: Open) -> None:
        with ScriptedServer(in_turn()) as server:
            server.script = by_address(
                {
                    "?p=2": json_reply(bundle(encounter(2), next_url=f"{server.base_url}?p=3")),
                    "?p=3": json_reply(bundle(encounter(3))),
                }
            )
            session = call(server, token="secret")
            assert ids(session.follow(f"{server.base_url}?p=2")) == ["e2", "e3"]
            assert server.asked[0].headers["authorization"] == "Bearer secret"

    def test_a_prefetched_link_elsewhere_is_not_asked(self, call: Open) -> None:
        with (
            ScriptedServer(in_turn(json_reply(bundle()))) as other,
            ScriptedServer(in_turn(json_reply(bundle()))) as server,
        ):
            result = call(server, token="secret").follow(f"{other.base_url}?p=2")
            assert result == SearchResult((), False, Failure.FOREIGN_NEXT)  # noqa: FBT003
            assert (server.asked, other.asked) == ([], [])

    def test_pages_and_searches_share_a_round(self, call: Open) -> None:
        with ScriptedServer(in_turn(json_reply(bundle(encounter(1))))) as server:
            session = call(server)
            session.search_all({"encounters": NextPage("?p=2"), "patient": Query("p", "Patient/1")})
        assert (session.counts.requests, session.counts.rounds) == (2, 1)


class TestDeadline:
    def test_what_came_in_time_is_kept(self, call: Open) -> None:
        replies = {
            PLAIN: json_reply(bundle(encounter(1), next_url="?p=2")),
            "?p=2": json_reply(bundle(encounter(2)), delay=5.0),
            "Patient/1": json_reply({"resourceType": "Patient", "id": "1"}),
        }
        with ScriptedServer(by_address(replies)) as server:
            session = call(server, seconds=0.3)
            started = time.monotonic()
            results = session.search_all(
                {"encounters": ENCOUNTERS, "patient": Query("patient", "Patient/1")}
            )
            assert time.monotonic() - started < 0.8
        assert results["patient"].is_complete
        assert (ids(results["encounters"]), results["encounters"].failure) == (
            ["e1"],
            Failure.TIMEOUT,
        )

    def test_a_page_that_comes_after_the_deadline_is_late(self, access: FhirAccess) -> None:
        now = [0.0]

        def script(_: Asked) -> Reply:
            now[0] += 3.0
            return json_reply(bundle(encounter(int(now[0])), next_url=f"?p={now[0]}"))

        with ScriptedServer(script) as server:
            deadline = Deadline(4.0, clock=lambda: now[0])
            session = access.session(server.base_url, token=None, deadline=deadline)
            result = session.search_all({"encounters": ENCOUNTERS})["encounters"]
            assert (len(result.pages), result.failure) == (1, Failure.TIMEOUT)
            assert len(server.asked) == 2

    def test_a_worker_that_hangs_is_not_waited_for(
        self, call: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hangs = threading.Event()
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: hangs.wait(2) and [])
        with ScriptedServer(in_turn(json_reply(bundle()))) as server:
            started = time.monotonic()
            assert search_for(call, server, 0.2).failure is Failure.TIMEOUT
            assert time.monotonic() - started < 0.6
        hangs.set()

    def test_a_busy_server_is_not_waited_for_beyond_the_deadline(self, call: Open) -> None:
        with ScriptedServer(in_turn(outcome_reply(503, headers={"Retry-After": "2"}))) as server:
            started = time.monotonic()
            assert search_for(call, server, 0.5).failure is Failure.SERVER_ERROR
            assert time.monotonic() - started < 0.4


class TestFewWorkers:
    @pytest.fixture
    def limits(self) -> FetchLimits:
        return FetchLimits(workers=2, at_once=2, retry_seconds=0.01)

    @pytest.fixture
    def access(self, limits: FetchLimits) -> Iterator[FhirAccess]:
        with FhirAccess(limits) as made:
            yield made

    def test_never_more_requests_at_once_than_allowed(self, call: Open) -> None:
        running: list[int] = []
        most: list[int] = []

        def script(_: Asked) -> Reply:
            running.append(1)
            most.append(len(running))
            time.sleep(0.02)
            running.pop()
            return json_reply(bundle())

        with ScriptedServer(script) as server:
            queries = {f"q{n}": Query("q", f"Encounter?patient={n}") for n in range(8)}
            results = call(server).search_all(queries)
        assert all(result.is_complete for result in results.values())
        assert max(most) == 2

    def test_hanging_workers_make_others_wait_only_until_their_deadline(self, call: Open) -> None:
        with ScriptedServer(in_turn(json_reply(bundle(), delay=5.0))) as server:
            queries = {f"q{n}": Query("q", f"Encounter?patient={n}") for n in range(8)}
            started = time.monotonic()
            results = call(server, seconds=0.2).search_all(queries)
            late = search_for(call, server, 0.2)
            assert time.monotonic() - started < 0.9
        assert {result.failure for result in results.values()} == {Failure.TIMEOUT}
        assert late.failure is Failure.TIMEOUT


def search_for(call: Open, server: ScriptedServer, seconds: float) -> SearchResult:
    session = call(server, seconds=seconds)
    return session.search_all({"encounters": ENCOUNTERS})["encounters"]
