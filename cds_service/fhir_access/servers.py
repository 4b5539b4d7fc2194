"""What is remembered of each FHIR server: its connections and how it likes to be asked."""

import threading
from collections import OrderedDict
from collections.abc import Callable

import requests

from cds_service.fhir_access.circuit import Circuit
from cds_service.fhir_access.links import FhirBase

_REFUSALS = 64


class Server:
    """One base URL. HAPI is recognised by a header that each of its answers carries."""

    def __init__(
        self, base: FhirBase, open_connections: Callable[[], requests.Session], circuit: Circuit
    ) -> None:
        self.base = base
        self.circuit = circuit
        self.connections = open_connections()
        self.fresh_connections = open_connections
        self._is_hapi = False
        self._refused: frozenset[str] = frozenset()

    @property
    def is_hapi(self) -> bool:
        """Whether an earlier answer came from HAPI. False also before the first answer."""
        return self._is_hapi

    def notice(self, powered_by: str) -> bool:
        """Learn from a header whether this is HAPI. Answers of a proxy in front change nothing."""
        is_hapi = "HAPI FHIR" in powered_by
        self._is_hapi = self._is_hapi or is_hapi
        return is_hapi

    def takes_hapi_form(self, name: str) -> bool:
        """Whether the query of that name is asked in the form for HAPI."""
        return self._is_hapi and name not in self._refused

    def refused_hapi_form(self, name: str) -> None:
        """Remember that the server answered the form for HAPI with 400 and took the plain one."""
        if len(self._refused) < _REFUSALS:
            self._refused |= {name}


class Servers:
    """The servers of this process, the most recently used ones only."""

    def __init__(
        self,
        limit: int,
        open_connections: Callable[[], requests.Session],
        new_circuit: Callable[[], Circuit],
    ) -> None:
        self._limit = limit
        self._open = open_connections
        self._new_circuit = new_circuit
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Server] = OrderedDict()

    def server(self, base: FhirBase) -> Server:
        """The server of a base URL, remembered or new."""
        with self._lock:
            known = self._known.pop(base.url, None)
            known = known or Server(base, self._open, self._new_circuit())
            self._known[base.url] = known
            if len(self._known) > self._limit:
                _, oldest = self._known.popitem(last=False)
                oldest.connections.close()
            return known

    @property
    def open_circuits(self) -> int:
        """How many servers are left alone just now."""
        with self._lock:
            return sum(server.circuit.is_open for server in self._known.values())

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for server in self._known.values():
                server.connections.close()
            self._known.clear()
