"""The FHIR side of the process: connections, workers and what is remembered between calls."""

import re
import time
from collections.abc import Callable, Iterable
from functools import partial
from types import TracebackType
from typing import Self

import requests

from cds_service.fhir_access.addresses import AddressRules, Network
from cds_service.fhir_access.circuit import Circuit
from cds_service.fhir_access.connections import open_connections, silence_urls_in_logs
from cds_service.fhir_access.deadline import Clock, Deadline
from cds_service.fhir_access.directory import Directory
from cds_service.fhir_access.exchange import CallHeaders
from cds_service.fhir_access.limits import FetchLimits
from cds_service.fhir_access.links import FhirBase
from cds_service.fhir_access.servers import Servers
from cds_service.fhir_access.session import FhirSession, SharedParts
from cds_service.fhir_access.tls import ClientCertificate, tls_context
from cds_service.fhir_access.trace_context import TraceContext
from cds_service.fhir_access.workers import Workers

_TOKEN = re.compile(r"[\x21-\x7e]+")


class FhirAccess:
    """One per process.

    `extra_ca` is a file with certificates to trust beside the usual ones, `client` our own one,
    for servers that ask for it. `networks` are those that names of servers may lead to although
    they are not public (see `addresses`). Tests give a clock and connections of their own.

    The number of workers is fixed. One that hangs is not waited for (see `Rounds`), and keeps its
    place until its own time limit ends it. Raises InvalidSettingsError for certificates that
    cannot be used.
    """

    def __init__(  # noqa: PLR0913 - all but the first are named, and each is independent
        self,
        limits: FetchLimits | None = None,
        *,
        extra_ca: str | None = None,
        client: ClientCertificate | None = None,
        networks: Iterable[Network] = (),
        clock: Clock = time.monotonic,
        connect: Callable[[], requests.Session] | None = None,
    ) -> None:
        limits = limits or FetchLimits()
        workers = Workers(limits.workers, limits.waiting, limits.workers_of_one)
        self._shared = SharedParts(limits, workers, Directory(limits, clock), clock)
        opener = connect or partial(
            open_connections,
            idle_seconds=limits.idle_seconds,
            at_once=limits.workers,
            may_connect=AddressRules(networks).allow,
            tls=tls_context(extra_ca, client),
        )
        self._servers = Servers(limits.servers, opener, partial(Circuit, limits, clock))
        silence_urls_in_logs()

    def session(
        self,
        base_url: str,
        *,
        token: str | None,
        deadline: Deadline,
        trace: TraceContext | None = None,
        client: str = "",
    ) -> FhirSession:
        """The fetching of one hook call. The caller has asked `AllowedServers` about the base URL.

        `client`: on whose behalf; nothing that is kept goes from one client to another.
        `token` None: no Authorization header at all; so also for a server that is allowed
        anonymously, whatever token came along. `trace` None: nor a `traceparent`. A ValueError: a
        base URL or a token that cannot be sent; it never repeats them.
        """
        if token is not None and not _TOKEN.fullmatch(token):
            raise ValueError("the token cannot be sent in a header")
        return FhirSession(
            self._servers.server(FhirBase.of(base_url)),
            headers=CallHeaders(token, trace),
            deadline=deadline,
            shared=self._shared,
            client=client,
        )

    @property
    def open_circuits(self) -> int:
        """How many servers are left alone just now, because they failed too often."""
        return self._servers.open_circuits

    def close(self) -> None:
        """Close connections and let workers end; what still runs is not waited for."""
        self._shared.workers.close()
        self._servers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
