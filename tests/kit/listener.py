"""A port on this machine that counts who connects, by IPv4 and IPv6, and answers nothing."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


def _everywhere() -> socket.socket:
    """A socket on every address; on those of IPv4 alone where the machine knows no IPv6."""
    try:
        return socket.create_server(
            ("::", 0), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64
        )
    except (OSError, ValueError):
        return socket.create_server(("0.0.0.0", 0), backlog=64)


class Listener:
    """It listens while its `with` block runs."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = _everywhere()
        self._thread = threading.Thread(target=self._count, daemon=True)

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def _count(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                connection.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5.0)
