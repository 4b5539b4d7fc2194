"""The HTTP server round the application: in the foreground, or beside something else."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from cds_service.cli.failures import CommandFailure
from cds_service.web.connections import LimitedConnection

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_START_SECONDS = 30.0
_SILENT_SECONDS = 30  # after which a worker that does not answer its supervisor is replaced
_MOST_CONNECTIONS = 2_000  # of a process; a proxy before us needs one for each call at work
_STOP_SECONDS = 5
"""After the deadline of the calls at work, for the rest of their answers and their audit rows."""


def listen(host: str, port: int) -> tuple[socket.socket, str]:
    """A socket that listens on an address, and the URL of it. Port 0 takes a free port.

    Only on a socket that says that it is TCP does asyncio send at once: else the body of an answer
    waits until the client has acknowledged its headers, for 40 ms on a kept connection.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen()  # from here on a call waits, also while the service still starts
    except OSError as error:
        sock.close()
        raise CommandFailure(
            f"Cannot listen on {host}, port {port}: {error.strerror}.",
            advice="Choose another port with --port, or stop what uses this one.",
        ) from None
    shown = f"[{host}]" if ":" in host else host
    return sock, f"http://{shown}:{sock.getsockname()[1]}"


def serve_until_stopped(application: FastAPI, sock: socket.socket, *, deadline: float) -> None:
    """Serve in this thread until Ctrl-C or SIGTERM, both of which are a normal end.

    From then on nothing listens any more; calls at work have the time of their deadline to be
    answered, and a little more.
    """
    try:
        uvicorn.Server(server_config(application, deadline=deadline)).run(sockets=[sock])
    except KeyboardInterrupt:
        return
    finally:
        sock.close()


@contextmanager
def running_service(application: FastAPI, host: str, port: int) -> Iterator[str]:
    """The URL of the service while it runs in a thread of this process."""
    sock, url = listen(host, port)
    server = uvicorn.Server(server_config(application))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    try:
        _await_start(server, thread)
        yield url
    finally:
        server.should_exit = True
        thread.join(_STOP_SECONDS + 1)
        sock.close()


def server_config(
    application: FastAPI | Callable[[], FastAPI], *, deadline: float = 0.0, workers: int = 1
) -> uvicorn.Config:
    """How an application, or what each worker makes it with, is served.

    Without the log of addresses, which hold nothing of use and might hold a patient's id.
    """
    return uvicorn.Config(
        application,
        factory=not isinstance(application, FastAPI),
        http=LimitedConnection,
        ws="none",
        limit_concurrency=_most_connections() + 1,  # LimitedConnection closes the one too many
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=round(deadline) + _STOP_SECONDS,
        timeout_worker_healthcheck=_SILENT_SECONDS,
    )


def _most_connections() -> int:
    """Half of the descriptors of a process; the rest is for FHIR servers, files and the store."""
    if resource is None:
        return _MOST_CONNECTIONS
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(_MOST_CONNECTIONS, max(1, descriptors // 2))


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    begun = time.monotonic()
    while not server.started:
        if not thread.is_alive() or time.monotonic() - begun > _START_SECONDS:
            raise CommandFailure(
                "The service did not start.",
                advice="Run `IMSR_MODE=development imsr-cds serve` to see why.",
            )
        time.sleep(0.02)
