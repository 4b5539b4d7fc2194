"""An honest server whose answers are spoiled, by a plan that a seed makes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from json import loads
from random import Random
from threading import Lock
from typing import Final

from tests.builders.codes import Json
from tests.faults.honest_server import HonestServer
from tests.faults.spoiling import Fault, Honest
from tests.kit.scripted_server import Asked, Reply

_REFUSALS: Final = frozenset({403, 404, 405, 410, 501})


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """Which faults, and how often. The same seed spoils the same answers in the same way.

    `unknown_types` are types of resources that the server does not know.
    """

    seed: str
    faults: Sequence[Fault]
    chance: float
    unknown_types: frozenset[str] = frozenset()


@dataclass(slots=True)
class HostileServer:
    """A script for a scripted server or transport."""

    honest: HonestServer
    plan: FaultPlan
    injected: Counter[str] = field(default_factory=Counter)
    refused_types: set[str] = field(default_factory=set)
    """Types that it answered it does not have, or gives to nobody."""
    _asked: Counter[str] = field(default_factory=Counter)
    _pages: list[Json] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def script(self, asked: Asked) -> Reply:
        """The answer to one request."""
        with self._lock:
            times = self._asked[asked.address]
            self._asked[asked.address] += 1
        answer = self.honest.answer(asked.address)
        honest = Honest(
            asked.address,
            times,
            self.honest.base_url,
            answer.resource,
            self.honest.headers,
            self._earlier(asked.address),
            self.honest.resources,
            self.plan.unknown_types,
        )
        if honest.is_contacts and answer.resource.get("entry"):
            self._pages.append(answer.resource)
        whole = honest.reply(answer.resource, status=answer.status)
        is_spoiled = answer.status == 200 or honest.kind in self.plan.unknown_types
        return (self._spoiled(honest) if is_spoiled else None) or whole

    def prefetched(self, address: str, value: Json) -> Json:
        """What a client passes on that was sent `value` for this search."""
        held = self.honest.resources
        honest = Honest(address, 0, self.honest.base_url, value, {}, None, held)
        reply = self._spoiled(honest)
        return value if reply is None else loads(reply.body)

    def _spoiled(self, honest: Honest) -> Reply | None:
        rng = Random(f"{self.plan.seed}/{honest.address}/{honest.times}")  # noqa: S311 - no secret
        if rng.random() >= self.plan.chance:
            return None
        fault = rng.choice(self.plan.faults)
        reply = fault(honest, rng)
        if reply is not None:
            with self._lock:
                self.injected[fault.__name__] += 1
                if reply.status in _REFUSALS:
                    self.refused_types.add(honest.kind)
        return reply

    def _earlier(self, address: str) -> Json | None:
        """The page before this one, where this is a further page."""
        if "_getpagesoffset" not in address and "_offset" not in address:
            return None
        return self._pages[-1] if self._pages else None
