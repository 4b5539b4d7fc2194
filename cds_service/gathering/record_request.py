"""What somebody asks of the record of one patient, whoever asks: a hook call, a page, a batch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cds_service.fhir_access import Deadline
from cds_service.fhir_access.trace_context import TraceContext


@dataclass(frozen=True, slots=True)
class Authorization:
    """The access that a client passes along for one call (conformance F2 to F7)."""

    token: str = field(repr=False)
    scope: str  # the granted scopes, as the client wrote them
    expires_in: int | None = None  # seconds; None: not said, so valid for this call


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """Whose record is asked for, what of it came along, and the way to the rest.

    `fhir_server` is an absolute URL without a trailing slash; whether it may be asked is for
    :func:`~cds_service.gathering.record_access.open_access`. `today` is the day of the request in
    Amsterdam, `margin_days` how many days further than the lookback the prefetch templates of the
    service reach: together they tell how old a prefetched Bundle can be.
    """

    patient_id: str = field(repr=False)  # a bare FHIR id
    today: date
    deadline: Deadline = field(compare=False, repr=False)
    margin_days: int
    prefetch: Mapping[str, object] = field(default_factory=dict, repr=False)  # raw
    fhir_server: str | None = field(default=None, repr=False)
    authorization: Authorization | None = None
    trace: TraceContext | None = field(default=None, compare=False, repr=False)  # None: no number
    client: str = ""  # the name of the client that asks; empty where nobody proved who it is

    @property
    def base_url(self) -> str:
        """The FHIR base that references of the record are relative to; empty if not known."""
        return self.fhir_server or ""
