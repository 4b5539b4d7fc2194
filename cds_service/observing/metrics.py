"""Metrics for Prometheus, counted from what is known of an exchange once it is over.

No label has a value that a caller chooses: each is a word of a closed list of ours, a status, or
the name of a client in the site's own file. So there is no patient in them, and the number of time
series is bounded.

Where several processes serve, each writes its numbers into a folder that all share, and any of them
tells those of all: counts since the start, of ended workers too; what is going on, of living ones.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from cds_service.domain.assessment import CARE_PARTS, Assessment, Completeness
from cds_service.observing.call_measures import CallMeasures
from cds_service.observing.http_exchange import HttpExchange

MetricT = TypeVar("MetricT", Counter, Histogram)

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 10.0, 30.0)
_SHED = "TooManyCallsError"
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that makes prometheus_client, when it is imported, keep numbers in files."""


@contextmanager
def shared_metrics() -> Iterator[Path]:
    """A folder for the metrics of the processes that are started meanwhile; removed at the end."""
    with TemporaryDirectory(prefix="imsr-cds-metrics-") as folder:
        os.environ[_FOLDER] = folder
        try:
            yield Path(folder)
        finally:
            del os.environ[_FOLDER]


def forget_worker(folder: Path, process: int) -> None:
    """Leave out what was going on in a worker that has ended; what it counted stays."""
    mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]


class Metrics:
    """The metrics of one process or, with a folder that workers share, of all of them."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self, shared: Path | None = None) -> None:
        self._shared = shared
        self._registry = CollectorRegistry()
        self._series = cache(_series)  # bounded, as the labels are
        self._circuits: Callable[[], int] = lambda: 0
        self._gauge("workers", "Processes that serve").set(1)
        self.calls_at_work = self._gauge("calls_at_work", "Calls that are being answered")
        self._open_circuits = self._gauge("fhir_circuits_open", "FHIR servers that are left alone")
        self._make_call_metrics()
        self._make_answer_metrics()
        self._make_fhir_metrics()

    def watch_circuits(self, open_circuits: Callable[[], int]) -> None:
        """Where the number of FHIR servers that are left alone is read from."""
        self._circuits = open_circuits

    @property
    def is_shared(self) -> bool:
        """Whether other processes tell our numbers too, so that they must not grow old."""
        return self._shared is not None

    def refresh(self) -> None:
        """Note what changes by itself, with the passing of time."""
        self._open_circuits.set(self._circuits())

    def count(self, exchange: HttpExchange) -> None:
        """Count one HTTP exchange."""
        if exchange.refusal == _SHED:
            self._shed.inc()
        if exchange.token:
            self._series(self._tokens, exchange.token).inc()
        self._series(self._exchanges, _status(exchange)).inc()
        if exchange.measures is None:
            return
        self._count_call(exchange)
        self._count_measures(exchange.measures)
        for assessment in exchange.summary.assessments if exchange.summary else ():
            self._count_assessment(assessment)

    def audit_row_lost(self) -> None:
        """Count an answer whose audit row could not be written."""
        self._audit_rows_lost.inc()

    def exposition(self) -> bytes:
        """All of it, in the text form of Prometheus."""
        self.refresh()
        if self._shared is None:
            return generate_latest(self._registry)
        of_all = CollectorRegistry()
        of_all.register(_OfAllProcesses(self._shared))
        return generate_latest(of_all)

    def _count_call(self, exchange: HttpExchange) -> None:
        hook = exchange.hook or "none"
        self._series(self._calls, hook, _status(exchange), exchange.client or "").inc()
        self._series(self._call_seconds, hook).observe(exchange.milliseconds / 1000)

    def _count_measures(self, measures: CallMeasures) -> None:
        for stage, seconds in measures.seconds.items():
            self._series(self._stage_seconds, stage.value).observe(seconds)
        self._unread_performers.inc(measures.unread_performers)
        self._dangling_selections.inc(measures.dangling_selections)
        self._fhir_requests.inc(measures.fetched.requests)
        self._fhir_retries.inc(measures.fetched.retries)
        for failure, number in measures.fetched.failures.items():
            self._series(self._fhir_failures, failure).inc(number)

    def _count_assessment(self, assessment: Assessment) -> None:
        self._series(self._outcomes, assessment.label).inc()
        for cause in assessment.causes:
            self._series(self._causes, cause.value).inc()
        gaps = assessment.completeness.gaps
        self._series(self._completeness, _completeness(assessment.completeness)).inc()
        for part in sorted(gaps):
            self._series(self._gaps, part.value).inc()

    def _make_call_metrics(self) -> None:
        self._exchanges = self._counter("http_exchanges", "HTTP exchanges of any kind", "status")
        self._calls = self._counter("calls", "Hook calls taken in", "hook", "status", "client")
        self._call_seconds = self._histogram("call_seconds", "Time of a hook call", "hook")
        self._stage_seconds = self._histogram("stage_seconds", "Time of a stage", "stage")
        self._shed = self._counter("calls_shed", "Calls refused because too many were at work")
        self._tokens = self._counter("tokens_refused", "Callers not recognised", "reason")
        self._audit_rows_lost = self._counter("audit_rows_lost", "Audit rows not written")

    def _make_answer_metrics(self) -> None:
        self._outcomes = self._counter("assessments", "Referrals that were assessed", "outcome")
        self._causes = self._counter("causes", "Causes that were named", "cause")
        self._completeness = self._counter(
            "records", "Records behind the assessments", "completeness"
        )
        self._gaps = self._counter(
            "record_gaps", "Parts of records that could not be retrieved", "part"
        )
        self._unread_performers = self._counter(
            "unread_performers", "Orders that may be ours and whose performer could not be read"
        )
        self._dangling_selections = self._counter(
            "dangling_selections", "Selections that name no order of the call"
        )

    def _make_fhir_metrics(self) -> None:
        self._fhir_requests = self._counter("fhir_requests", "Requests sent to FHIR servers")
        self._fhir_retries = self._counter("fhir_retries", "Requests that were sent once more")
        self._fhir_failures = self._counter(
            "fhir_failures", "Reads and searches that brought nothing", "failure"
        )

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"imsr_{name}", meaning, labels, registry=self._registry)

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(f"imsr_{name}", meaning, registry=self._registry, multiprocess_mode="livesum")

    def _histogram(self, name: str, meaning: str, *labels: str) -> Histogram:
        return Histogram(f"imsr_{name}", meaning, labels, registry=self._registry, buckets=_SECONDS)


def _series(metric: MetricT, *labels: str) -> MetricT:
    """The time series of a metric with these labels."""
    return metric.labels(*labels)


@dataclass(frozen=True, slots=True)
class _OfAllProcesses(Collector):
    """What all processes wrote. The file of one that is just starting is empty for a moment."""

    folder: Path

    def collect(self) -> Iterable[Metric]:
        files = [str(file) for file in self.folder.glob("*.db") if _holds_numbers(file)]
        metrics: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return metrics


def _holds_numbers(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:  # of a worker that has ended meanwhile
        return False


def _status(exchange: HttpExchange) -> str:
    return "none" if exchange.status is None else str(exchange.status)


def _completeness(known: Completeness) -> str:
    """`complete`; `no_care` where neither encounters nor procedures came whole; or `incomplete`."""
    if not known.gaps and not known.is_recorded_elsewhere:
        return "complete"
    return "no_care" if known.gaps >= CARE_PARTS else "incomplete"
