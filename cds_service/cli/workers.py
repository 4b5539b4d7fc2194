"""Several processes that serve on one port, and this one, which looks after them.

Each worker has connections, memories, circuit breakers and a limit of calls of its own; the store,
the key of the audit rows and the metrics are shared. Nothing is handed over by fork: a worker is a
new process that gets the settings and the socket.
"""

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from cds_service.app import create_app
from cds_service.cli.failures import CommandFailure, says_what_is_wrong
from cds_service.cli.running_service import server_config
from cds_service.observing.event_log import configure_logging, log_event, log_failure
from cds_service.observing.metrics import Metrics, forget_worker, shared_metrics
from cds_service.settings.settings import Settings


def serve_with_workers(settings: Settings, sock: socket.socket, *, workers: int) -> None:
    """Serve until Ctrl-C or SIGTERM, which end all workers as they end a single process.

    A worker that dies or hangs is replaced. One that cannot start ends all, because the next would
    fail in the same way: a CommandFailure.
    """
    with shared_metrics() as folder:
        worker = Worker(settings, folder)
        config = server_config(worker, deadline=settings.deadline_seconds, workers=workers)
        supervisor = Supervisor(config, sock, partial(forget_worker, folder))
        supervisor.run()
    if supervisor.has_failed:
        raise CommandFailure("A worker could not start, so all were stopped; it has said why.")


@dataclass(frozen=True, slots=True)
class Worker:
    """Makes the application in a worker; it is sent there whole, with the settings in it."""

    settings: Settings
    folder: Path

    def __call__(self) -> FastAPI:
        """The application. Where it cannot be made, the process ends in a way that is final."""
        configure_logging(os.getpid())
        _end_with_the_supervisor()
        try:
            return _application(self.settings, self.folder)
        except CommandFailure as failure:
            failure.show()
        except Exception as error:  # noqa: BLE001 - else another worker is started, and another
            log_failure(error, trace="")
        sys.exit(STARTUP_FAILURE)


@says_what_is_wrong
def _application(settings: Settings, folder: Path) -> FastAPI:
    return create_app(settings, Metrics(folder))


def _end_with_the_supervisor() -> None:
    """Stop like after SIGTERM when the supervisor is gone, even if it was killed."""
    supervisor = multiprocessing.parent_process()
    if supervisor is None:
        return

    def wait() -> None:
        supervisor.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


class Supervisor(Multiprocess):
    """uvicorn's, which also says who has ended and lets go of the port before it stops."""

    def __init__(
        self, config: uvicorn.Config, sock: socket.socket, ended: Callable[[int], None]
    ) -> None:
        super().__init__(config, [sock])
        self.has_failed = False
        self._ended = ended
        self._known: set[int] = set()

    def keep_subprocess_alive(self) -> None:
        """Replace workers that have died, and forget what was going on in them."""
        if self.should_exit.is_set():
            return
        self._known |= self._at_work()
        self._leave_their_ends_to_them()
        super().keep_subprocess_alive()
        self.has_failed = self.should_exit.is_set()
        self._forget_the_gone()

    def terminate_all(self) -> None:
        """Let nobody come in any more, then tell all workers to stop."""
        for sock in self.sockets:
            sock.close()
        super().terminate_all()

    def _leave_their_ends_to_them(self) -> None:
        """Close our copy of each worker's end: one that dies is then noticed, not waited for."""
        for process in self.processes:
            process.child_conn.close()

    def _at_work(self) -> set[int]:
        return {process.pid for process in self.processes if process.pid is not None}

    def _forget_the_gone(self) -> None:
        for process in self._known - self._at_work():
            log_event("worker_ended", {"worker": process}, level=logging.WARNING)
            self._ended(process)
        self._known = self._at_work()
