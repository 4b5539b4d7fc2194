"""Connections of clients: how many there may be, and how long one may take to say what it wants."""

import asyncio
from time import monotonic
from typing import Any, Final

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from cds_service.observing.event_log import log_event

HEAD_SECONDS: Final = 30.0
"""From the first byte of a request, or from the connection on, until its head is complete."""

_LOG_SECONDS: Final = 10.0
_Protocol: Any = AutoHTTPProtocol  # httptools, or h11 where that is not installed
_Base: Any = object  # what these limits are put before has the methods of asyncio.Protocol


class ConnectionLimits(_Base):  # type: ignore[misc]
    """Limits of a connection of uvicorn, to be put before its protocol.

    One more than `limit_concurrency` of uvicorn's settings allows is closed before it is read:
    every connection takes a descriptor, and without descriptors nobody is answered.
    """

    _refused_until_now = 0
    _logged_at = float("-inf")

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to wait for a request, or close what is too much."""
        self._head_timer: asyncio.TimerHandle | None = None
        self._is_refused = len(self.connections) >= self.limit_concurrency - 1
        if self._is_refused:
            transport.abort()
            self._log_refusal()
            return
        super().connection_made(transport)
        self._watch_head()

    def data_received(self, data: bytes) -> None:
        """Read on, as uvicorn does."""
        if self._is_refused:
            return
        super().data_received(data)
        self._watch_head()

    def eof_received(self) -> None:
        """The client sends no more; what it asked for is still answered."""
        if not self._is_refused:
            super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._is_refused:
            return
        self._stop_timer()
        super().connection_lost(exc)

    def _watch_head(self) -> None:
        """Between two requests time runs; while one is answered it does not."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_timer()
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        """Close, unless a request was answered meanwhile without a byte being read."""
        self._head_timer = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()

    @classmethod
    def _log_refusal(cls) -> None:
        """Say it now and then only: there may be thousands in a second."""
        cls._refused_until_now += 1
        if monotonic() - cls._logged_at > _LOG_SECONDS:
            cls._logged_at = monotonic()
            log_event("connections_refused", {"number": cls._refused_until_now})
            cls._refused_until_now = 0


class LimitedConnection(ConnectionLimits, _Protocol):  # type: ignore[misc]
    """uvicorn's connection within limits."""
