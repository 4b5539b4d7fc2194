"""Runs: a patient story, a hook call, a FHIR server that spoils its answers by a seed."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from tests.builders.codes import Json
from tests.builders.hook_calls import EHR, hook_call
from tests.builders.scenario_rows import Scenario, read_scenarios
from tests.faults.all_faults import (
    EXPIRES_IN_AS_TEXT,
    FAULTS,
    HARMLESS,
    OF_PREFETCH,
    RARELY_POSSIBLE,
)
from tests.faults.honest_server import HonestServer
from tests.faults.hostile_server import FaultPlan, HostileServer
from tests.faults.odd_resources import unknown_type
from tests.faults.outcomes import Said, said, too_strong
from tests.faults.spoiling import DIRECTORY
from tests.faults.tally import Tally

WAYS: Final = 4
NEVER: Final = FaultPlan("", (), 0.0)
STATED: Final = "QuestionnaireResponse"
TWO_YEARS: Final = 732  # days
SEARCHED: Final = {"encounters": "Encounter", "procedures": "Procedure"}
AUTHORIZATION: Final = {
    "access_token": "token-of-a-fault-run",
    "token_type": "Bearer",
    "scope": "patient/*.read",
    "subject": "imsr-cds",
}

Post = Callable[[str, Json], "Posted"]
Serve = Callable[[HostileServer], str]


@dataclass(frozen=True, slots=True)
class Posted:
    """What came back of a hook call."""

    status: int
    body: Json
    seconds: float  # by the clock of the deadline


@dataclass(frozen=True, slots=True)
class Case:
    """One call, and the server that it leads to."""

    row: Scenario
    way: str  # which story in which way; the same one is the same call
    service: str
    body: Json
    resources: tuple[Json, ...]
    flavour: str
    page_size: int
    is_prefetched: bool  # all that the client gives; it gives no access to a server

    def without(self, types: frozenset[str]) -> "Case":
        """The same on a server that does not have resources of these types."""
        if not types:
            return self
        kept = tuple(each for each in self.resources if each["resourceType"] not in types)
        return replace(self, way=f"{self.way} without {sorted(types)}", resources=kept)

    def server(self, base_url: str, plan: FaultPlan) -> HostileServer:
        """The server at a base URL."""
        flavour: Any = self.flavour
        honest = HonestServer(base_url, self.resources, flavour=flavour, page_size=self.page_size)
        return HostileServer(honest, plan)

    def call(self, base_url: str) -> Json:
        """The call, which names that server, and the day on which it is made."""
        return {**self.body, "fhirServer": self.base_url(base_url), "day": self.row.today}

    def base_url(self, served_at: str) -> str:
        """The base URL that the call names; where all is prefetched one that nobody may ask."""
        return EHR if self.is_prefetched else served_at

    def spoiled_call(self, base_url: str, hostile: HostileServer, seed: int) -> Json:
        """The call with what faults do to it: to its prefetch, or to its authorization."""
        call = self.call(base_url)
        if self.is_prefetched:
            prefetch = dict(call["prefetch"])
            for key in SEARCHED:
                patient, first = call["context"]["patientId"], _first_day(self.row)
                address = f"{SEARCHED[key]}?patient={patient}&date=ge{first}"
                prefetch[key] = hostile.prefetched(address, prefetch[key])
            return {**call, "prefetch": prefetch}
        if seed % 5 == 0:
            hostile.injected[EXPIRES_IN_AS_TEXT] += 1
            return {**call, "fhirAuthorization": {**AUTHORIZATION, "expires_in": "300"}}
        return call


def _first_day(row: Scenario) -> date:
    """The day before the window of the story, more or less."""
    written = row.flags.authored or row.referral_date
    referral = date.fromisoformat(written if len(written) == len("2026-04-20") else row.today)
    return referral - timedelta(days=TWO_YEARS)


def case_of(seed: int) -> Case:
    """The call of a seed: each story in four ways, so that each complete record is asked once."""
    rows = read_scenarios()
    way = f"{seed % len(rows)}/{seed // len(rows) % WAYS}"
    rng = Random(f"case {way}")  # noqa: S311 - no secret
    row = rows[seed % len(rows)]
    via: Any = rng.choice(["server", "server", "prefetch", "prefetch"])
    is_prefetched = via == "prefetch" and rng.random() < 0.5 and _can_be_prefetched(row)
    call = hook_call(
        row,
        hook=rng.choice(["order-select", "order-sign"]),
        roles_as=rng.choice(["role", "practitioner"]),
        via=via,
        form=rng.randrange(8),
        fhir_server="http://127.0.0.1:9/fhir",
    )
    body = call.body
    if via == "prefetch" and not is_prefetched:
        kept = {key for key in body["prefetch"] if rng.random() < 0.5}
        prefetch = {key: value for key, value in body["prefetch"].items() if key in kept}
        body = {**body, "prefetch": prefetch}
    rng = Random(f"server {seed}")  # noqa: S311 - no secret
    flavour, page_size = rng.choice(["hapi", "plain"]), rng.choice([3, 3, 7, 1000])
    return Case(row, way, call.service, body, call.resources, flavour, page_size, is_prefetched)


def _can_be_prefetched(row: Scenario) -> bool:
    """Whether all of it is prefetched, and says nothing of itself that a fault could hide."""
    flags = row.flags
    return not (
        flags.page_size
        or flags.is_cut
        or flags.self_link
        or flags.remark
        or flags.partial
        or flags.is_unreachable
    )


def plan_of(seed: int, *, is_prefetched: bool) -> FaultPlan:
    """The faults of a seed: one kind or all kinds, for each request or now and then."""
    rng = Random(f"plan {seed}")  # noqa: S311 - no secret
    kinds = OF_PREFETCH if is_prefetched else FAULTS
    one = rng.choice(kinds if is_prefetched else (*kinds, *RARELY_POSSIBLE))
    faults = rng.choice([(one,), (one,), kinds])
    chance = rng.choice([0.3, 1.0] if is_prefetched or one in RARELY_POSSIBLE else [0.1, 0.3, 0.6])
    if faults == (unknown_type,):
        some = rng.sample(sorted(DIRECTORY), rng.randint(1, len(DIRECTORY)))
        return FaultPlan(str(seed), faults, 1.0, frozenset(some))
    return FaultPlan(str(seed), faults, chance)


class Runner:
    """Makes runs. `serve` makes a server reachable and gives its base URL; `post` sends a call.

    `patient_post`: the same with time enough for the complete record. Without it time is virtual,
    so a run without a fault must say all that the complete record says.
    """

    def __init__(
        self, post: Post, serve: Serve, *, deadline: float, patient_post: Post | None = None
    ) -> None:
        self._post = post
        self._patient_post = patient_post or post
        self._is_virtual = patient_post is None
        self._serve = serve
        self._deadline = deadline
        self._known: dict[str, Said] = {}
        self.tally = Tally()

    def run(self, seed: int, plan: FaultPlan | None = None) -> None:
        """One run: the same call to an honest server and to one with faults."""
        case, tally = case_of(seed), self.tally
        plan = plan or plan_of(seed, is_prefetched=case.is_prefetched)
        case = case.without(plan.unknown_types)
        complete = self._complete(case, seed)
        hostile = case.server("", plan)
        base_url = self._serve(hostile)
        hostile.honest.base_url = case.base_url(base_url)
        if seed % 3 == 0 and not plan.unknown_types:
            self._warm_up(case, hostile, base_url)
        posted = self._post(case.service, case.spoiled_call(base_url, hostile, seed))
        tally.runs += 1
        tally.spoiled_runs += bool(hostile.injected)
        tally.faults += hostile.injected
        tally.longest = max(tally.longest, posted.seconds)
        if STATED in hostile.refused_types:
            without = self._complete(case.without(frozenset({STATED})), seed)
        else:
            without = complete
        self._judge(case, seed, (complete, without), posted, hostile.injected)

    def _complete(self, case: Case, seed: int) -> Said:
        """What the complete record says: no fault, no pages, no hurry."""
        if case.way in self._known:
            return self._known[case.way]
        plain = replace(case, page_size=1000)
        base_url = self._serve(plain.server("", NEVER))
        posted = self._patient_post(case.service, case.call(base_url))
        if posted.status != 200:
            self.tally.violations.append(f"seed {seed} {case.row.id}: {posted.status} of no fault")
        return self._known.setdefault(case.way, said(posted.body))

    def _warm_up(self, case: Case, hostile: HostileServer, base_url: str) -> None:
        """An earlier call without faults: roles are kept and the server is known."""
        plan, hostile.plan = hostile.plan, NEVER
        self._post(case.service, case.call(base_url))
        hostile.plan = plan
        self.tally.warm_runs += 1

    def _judge(
        self,
        case: Case,
        seed: int,
        records: tuple[Said, Said],
        posted: Posted,
        injected: Mapping[str, int],
    ) -> None:
        """Notes what is wrong with an answer.

        `records`: what the complete record says, and the same without statements where the server
        answered that it has none to give. They help and are not needed (interface: an answer
        without them is one of a record in which nobody stated anything). A search for them that
        failed in another way is no such answer.
        """
        tally, (complete, without) = self.tally, records
        name = f"seed {seed} {case.row.id} {case.flavour}/{case.page_size} {dict(injected)}"
        if posted.status != 200:
            tally.violations.append(f"{name}: {posted.status}")
            return
        faulty = said(posted.body)
        if too_strong(without, faulty):
            tally.violations += [f"{name}: {fault}" for fault in too_strong(complete, faulty)]
        if posted.seconds > self._deadline:
            tally.violations.append(f"{name}: {posted.seconds:.2f} s")
        if self._is_virtual and injected.keys() <= HARMLESS and faulty != complete:
            tally.violations.append(f"{name}: without harm {faulty}, but {complete}")
        for place in itertools.islice(complete, 1):
            tally.outcomes[f"{complete[place]} > {faulty.get(place)}"] += 1
