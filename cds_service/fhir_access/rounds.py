"""Several searches at once: their steps run in parallel, bounded, and never beyond the deadline."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from cds_service.fhir_access.deadline import Deadline
from cds_service.fhir_access.exchange import Answer, Exchange
from cds_service.fhir_access.failures import Failure
from cds_service.fhir_access.searches import Steps
from cds_service.fhir_access.workers import Share

_LATE = Answer(failure=Failure.TIMEOUT)
_OVERLOAD = Answer(failure=Failure.OVERLOAD)

_Running = dict[Future[Answer], tuple["_Track", int]]


@dataclass(slots=True)
class _Track:
    """One search: the addresses of its present step and what has come of them."""

    steps: Steps
    urls: tuple[str, ...] = ()
    answers: dict[int, Answer] = field(default_factory=dict)
    rounds: int = 0
    is_done: bool = False
    failure: Failure | None = None

    def start(self) -> None:
        self._move(lambda: next(self.steps))

    def go_on(self) -> None:
        """Take the next step; what has not come by now is late."""
        came = tuple(self.answers.get(place, _LATE) for place in range(len(self.urls)))
        self._move(lambda: self.steps.send(came))

    def _move(self, step: Callable[[], tuple[str, ...]]) -> None:
        try:
            self.urls, self.answers = step(), {}
            self.rounds += 1
        except StopIteration as end:
            self.is_done, self.failure = True, end.value


@dataclass(frozen=True, slots=True)
class RoundLimits:
    """How long one round is waited for.

    `leave`: so many seconds of the deadline are left for the rounds after it. `helpful`: places of
    searches that are not needed; once all others have ended they get half a second more.
    """

    leave: float = 0.0
    helpful: frozenset[int] = frozenset()


UNTIL_THE_DEADLINE: Final = RoundLimits()
_FOR_HELPFUL: Final = 0.5


class _Wait:
    """The seconds that one round may still take."""

    def __init__(self, deadline: Deadline, limits: RoundLimits) -> None:
        self._deadline = deadline
        self._limits = limits
        self._others_ended_at: float | None = None

    def seconds(self, tracks: Sequence[_Track]) -> float:
        remaining = self._deadline.remaining()
        left = remaining - self._limits.leave
        helpful = self._limits.helpful
        if not helpful or not all(t.is_done for i, t in enumerate(tracks) if i not in helpful):
            return left
        if self._others_ended_at is None:
            self._others_ended_at = remaining
        return min(left, _FOR_HELPFUL - (self._others_ended_at - remaining))


class Rounds:
    """Runs searches on the workers of the process.

    The caller never waits longer than the deadline, also where a worker hangs (a name server that
    does not answer knows no time limit). Such a worker ends by itself later; as the number of
    workers is fixed, hanging ones can make others wait but never become more.
    """

    def __init__(
        self, workers: Share, exchange: Exchange, deadline: Deadline, at_once: int
    ) -> None:
        self._workers = workers
        self._exchange = exchange
        self._deadline = deadline
        self._at_once = at_once

    def run(
        self, searches: Sequence[Steps], limits: RoundLimits = UNTIL_THE_DEADLINE
    ) -> tuple[list[Failure | None], int]:
        """How each search ended, and how many waits there were one after another."""
        tracks = [_Track(steps) for steps in searches]
        running: _Running = {}
        self._run(tracks, running, _Wait(self._deadline, limits))
        if running:
            self._exchange.give_up()
        for track in tracks:
            while not track.is_done:
                track.go_on()
        return [track.failure for track in tracks], max((t.rounds for t in tracks), default=0)

    def _run(self, tracks: list[_Track], running: _Running, limit: "_Wait") -> None:
        waiting: deque[tuple[_Track, int]] = deque()
        for track in tracks:
            track.start()
            waiting.extend((track, place) for place in range(len(track.urls)))
        while (waiting or running) and limit.seconds(tracks) > 0:
            self._submit(waiting, running)
            done, _ = wait(running, limit.seconds(tracks), return_when=FIRST_COMPLETED)
            if not done:
                return
            for future in done:
                waiting.extend(_arrived(future, *running.pop(future)))

    def _submit(self, waiting: deque[tuple[_Track, int]], running: _Running) -> None:
        """As many requests as may run at once. What is waiting there ends by its own deadline."""
        while waiting and len(running) < self._at_once:
            track, place = waiting.popleft()
            task = partial(self._exchange.get, track.urls[place])
            running[self._workers.submit(task) or _refused()] = (track, place)


def _refused() -> Future[Answer]:
    refused: Future[Answer] = Future()
    refused.set_result(_OVERLOAD)
    return refused


def _arrived(future: Future[Answer], track: _Track, place: int) -> list[tuple[_Track, int]]:
    """Note an answer; with the last one of a step, what the next step asks for."""
    track.answers[place] = future.result()
    if len(track.answers) < len(track.urls):
        return []
    track.go_on()
    return [] if track.is_done else [(track, next_place) for next_place in range(len(track.urls))]
