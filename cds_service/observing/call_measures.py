"""What is measured while a call is answered: counts and durations for log and metrics.

It goes along with the call and is filled in on the way, so that a call that fails in the middle
still tells how far it came and what it cost.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter

from cds_service.fhir_access import FetchCounts


class Stage(StrEnum):
    """The stages of an answer, in their order."""

    ADMIT = "admit"  # who calls
    RECEIVE = "receive"  # the body, from its first byte to a call that is right in form
    FIND = "find"  # which orders are ours; at most the reads of performers and reasons
    GATHER = "gather"  # the record, from prefetch and from the FHIR server
    JUDGE = "judge"  # contacts, their count, the assessment
    PRESENT = "present"  # the cards


@dataclass(slots=True)
class CallMeasures:
    """The measures of one call; written by one thread at a time."""

    seconds: dict[Stage, float] = field(default_factory=dict)
    fetched: FetchCounts = field(default_factory=FetchCounts)
    unread_performers: int = 0  # orders that may be ours, and nobody can say (policy D18)
    dangling_selections: int = 0  # selections without an order (conformance H4)

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """Add the time of the block to a stage, also where it fails."""
        started = perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + perf_counter() - started

    def milliseconds(self) -> dict[str, float]:
        """How long each stage took that was reached, as log and audit row have it."""
        return {stage.value: round(took * 1000, 1) for stage, took in self.seconds.items()}

    def fields(self) -> dict[str, object]:
        """The measures as the log event of the call has them; what is zero is left out."""
        counts = {
            "fhir_requests": self.fetched.requests,
            "fhir_retries": self.fetched.retries,
            "fhir_failures": dict(self.fetched.failures),
            "unread_performers": self.unread_performers,
            "dangling_selections": self.dangling_selections,
        }
        return {"stages": self.milliseconds()} | {
            name: value for name, value in counts.items() if value
        }
