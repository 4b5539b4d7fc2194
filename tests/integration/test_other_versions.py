"""Records of other FHIR versions, each on a real HAPI server of its version.

One server after another: the next one starts when the tests of the last one are done.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest
import requests

from cds_service.demo.local_hapi import HapiSwitches, LocalHapiUnavailableError, local_hapi
from tests.builders.fhir_versions import FhirVersion
from tests.builders.hook_calls import HookCallFixture, hook_call, transaction
from tests.builders.record_builder import RolesAs
from tests.builders.scenario_rows import scenario
from tests.integration.ehr import prefetched
from tests.integration.records import Json
from tests.integration.service import Service, sessions, verdict

pytestmark = pytest.mark.hapi

TODAY: Final = "2026-04-20"
HAPI_NAMES: Final = {FhirVersion.STU3: "DSTU3", FhirVersion.R5: "R5"}
NUMBERS: Final = {FhirVersion.STU3: "3.0.2", FhirVersion.R5: "5.0.0"}
RESOURCES_PER_BUNDLE: Final = 250
WAYS: Final[tuple[RolesAs, RolesAs]] = ("role", "practitioner")


class Story(NamedTuple):
    """What must be said about a row. Sessions are the certain and the possible ones.

    `possible` None: without an upper bound.
    """

    row: str
    outcome: str
    because: list[str]
    physiotherapy: tuple[int, int | None]
    psychology: tuple[int, int | None]


STORIES: Final = (
    Story("S001", "met", [], (13, 13), (7, 7)),
    Story("S004", "indeterminate", ["duration_borderline"], (12, 12), (7, 7)),
    Story("S005", "not_met", [], (5, 5), (7, 7)),
    Story("S040", "met", [], (6, 6), (7, 7)),
    Story("S080", "indeterminate", ["unmapped_role"], (5, 6), (7, 8)),
    Story("S103", "indeterminate", ["course_without_number"], (1, None), (7, 7)),
    Story("S131", "met", [], (9, 9), (7, 7)),
    Story("S172", "indeterminate", ["nothing_found"], (0, 0), (7, 7)),
)


class Server(NamedTuple):
    """A server that holds all stories, each in both ways to name roles."""

    version: FhirVersion
    base_url: str

    def call(self, row: str, roles_as: RolesAs) -> HookCallFixture:
        """The referral of a story, its order in R4 and its record on the server."""
        return hook_call(
            scenario(row),
            hook="order-sign",
            roles_as=roles_as,
            via="server",
            form=STORIES.index(_story(row)),
            prefix=f"{row.lower()}-{roles_as[0]}-",
            fhir_server=self.base_url,
            version=self.version,
        )


@pytest.fixture(scope="module", params=[FhirVersion.R5, FhirVersion.STU3], ids=["R5", "STU3"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of the version, loaded with every story; it ends with the last test that asks."""
    version: FhirVersion = request.param
    switches = HapiSwitches(fhir_version=HAPI_NAMES[version], heap="768m")
    try:
        with local_hapi(switches, say=lambda _: None) as hapi:
            server = Server(version, hapi.base_url)
            _load(server)
            yield server
    except LocalHapiUnavailableError as unavailable:
        pytest.skip(f"no HAPI server: {unavailable.why}")


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """One service for both servers: what it learns of one must not mislead it about the other."""
    with Service(today=TODAY) as made:
        yield made


def _load(server: Server) -> None:
    calls = [server.call(story.row, roles_as) for story in STORIES for roles_as in WAYS]
    resources = [resource for call in calls for resource in call.resources]
    for start in range(0, len(resources), RESOURCES_PER_BUNDLE):
        batch = transaction(resources[start : start + RESOURCES_PER_BUNDLE])
        answer = requests.post(server.base_url, json=batch, timeout=300)
        assert answer.status_code == 200, answer.text[:2000]


def _story(row: str) -> Story:
    return next(each for each in STORIES if each.row == row)


def _bounds(said: Json, criterion: str) -> tuple[int, int | None]:
    measure = sessions(said)[criterion]
    return measure["certain"], None if measure.get("unbounded") else measure["possible"]


def _as_story(row: str, said: Json) -> Story:
    return Story(
        row,
        *verdict(said),
        _bounds(said, "allied-health-therapy"),
        _bounds(said, "psychological-care"),
    )


def test_the_server_is_of_its_version(server: Server) -> None:
    statement = requests.get(f"{server.base_url}/metadata", timeout=120).json()
    assert statement["fhirVersion"] == NUMBERS[server.version]


@pytest.mark.parametrize("roles_as", WAYS)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.row)
def test_a_record_on_the_server_gets_the_answer_of_the_policy(
    server: Server, service: Service, story: Story, roles_as: RolesAs
) -> None:
    said = service.assessment(server.call(story.row, roles_as).body)
    assert _as_story(story.row, said) == story


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.row)
def test_the_same_record_prefetched_from_the_server_gets_the_same_answer(
    server: Server, service: Service, story: Story
) -> None:
    call = server.call(story.row, "role").body
    patient: str = call["context"]["patientId"]
    prefetch = prefetched(server.base_url, service.templates(), patient)
    assert {"patient", "encounters", "procedures"} <= prefetch.keys()
    said = service.assessment({**call, "prefetch": prefetch})
    assert _as_story(story.row, said) == story
