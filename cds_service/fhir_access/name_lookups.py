"""Names of servers, looked up with a time limit.

The system's own look-up knows none: a name server that is silent holds a thread for half a minute.
So each look-up has a thread of its own, and who asks waits no longer than he may. Whoever asks for
a name that is being looked up waits for that look-up: a silent name server holds one thread for
each name, and nobody who asks for another name.
"""

import ipaddress
import socket
import threading
from concurrent.futures import Future
from typing import Any

_MOST = 64  # names at a time; a site lists fewer

SocketAddresses = tuple[tuple[socket.AddressFamily, Any], ...]
"""What a name leads to, as sockets take it: family and address."""


class NameLookups:
    """The look-ups of a process that are under way."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._running: dict[tuple[str, int], Future[SocketAddresses]] = {}

    def addresses(self, host: str, port: int, *, seconds: float) -> SocketAddresses:
        """What a name leads to.

        Whatever spelling of an address the system understands (`0x7f.1`, `2130706433`) comes out
        as the address that it is. Raises TimeoutError where that is not known in so many seconds,
        and OSError or UnicodeError for a name that leads nowhere.
        """
        name = host.strip("[]")
        if _is_address(name):
            return _look_up(name, port)
        return self._under_way(name, port).result(max(0.0, seconds))

    def _under_way(self, name: str, port: int) -> Future[SocketAddresses]:
        key = (name, port)
        with self._lock:
            running = self._running.get(key)
            if running is not None:
                return running
            if len(self._running) >= self._most:
                raise TimeoutError
            running = self._running[key] = Future()
        thread = threading.Thread(target=self._run, args=(key, running), daemon=True)
        thread.name = "name look-up"
        thread.start()
        return running

    def _run(self, key: tuple[str, int], running: Future[SocketAddresses]) -> None:
        try:
            found = _look_up(*key)
        except BaseException as error:  # noqa: BLE001 - it is for those who wait
            outcome: SocketAddresses | BaseException = error
        else:
            outcome = found
        with self._lock:
            del self._running[key]
        if isinstance(outcome, BaseException):
            running.set_exception(outcome)
        else:
            running.set_result(outcome)


NAMES = NameLookups()
"""One in the process: the system has one look-up, too."""


def _is_address(name: str) -> bool:
    """Whether it is an address already, so that nobody has to be asked."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _look_up(name: str, port: int) -> SocketAddresses:
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return tuple((family, address) for family, _, _, _, address in found)
