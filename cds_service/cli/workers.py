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
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import resource_tracker
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from cds_service.app import create_app
from cds_service.cli.failures import CommandFailure, says_what_is_wrong
from cds_service.cli.running_service import server_config
from cds_service.observing.event_log import configure_logging, log_event, log_failure
from cds_service.observing.metrics import Metrics, forget_worker, shared_metrics
from cds_service.settings.settings import Settings

_READY_SECONDS = 30.0  # that a new worker has to serve before the old one is stopped
_PING_SECONDS = 1.0  # for an answer of a worker, before it is asked again
_PAUSE_SECONDS = 0.05
_END_SECONDS = 2.0  # after the graceful time, for what is not a call


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
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # see `_ctrl_c_later`
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
    """uvicorn's, which also says who has ended and lets go of the port before it stops.

    It waits for no worker for ever: one that hangs is killed after the time that calls have to
    be answered.
    """

    def __init__(
        self, config: uvicorn.Config, sock: socket.socket, ended: Callable[[int], None]
    ) -> None:
        super().__init__(config, [sock])
        self.has_failed = False
        self._ended = ended
        self._known: set[int] = set()

    def init_processes(self) -> None:
        """Start the workers."""
        with _ctrl_c_later():
            super().init_processes()

    def keep_subprocess_alive(self) -> None:
        """Replace workers that have died, and forget what was going on in them."""
        self._kill_the_silent()
        if self.should_exit.is_set() or self.signal_queue:
            return
        self._known |= self._at_work()
        self._leave_their_ends_to_them()
        with _ctrl_c_later():
            super().keep_subprocess_alive()
        self.has_failed = self.should_exit.is_set()
        self._forget_the_gone()

    def _kill_the_silent(self) -> None:
        """Kill workers that hang. A signal that comes meanwhile does not wait for that."""
        for worker in self.processes:
            asked = time.monotonic()
            while worker.process.is_alive() and not worker.ping(_PING_SECONDS):
                if self.signal_queue:
                    return
                if time.monotonic() - asked > self.config.timeout_worker_healthcheck:
                    self._kill(worker)
                self.should_exit.wait(_PAUSE_SECONDS)

    def restart_all(self) -> None:
        """After SIGHUP: a new worker for each, which serves before the old one is stopped."""
        for place, old in enumerate(self.processes):
            new = Process(self.config, self.sockets)
            with _ctrl_c_later():
                new.start()
            if not new.wait_until_ready(_READY_SECONDS, self.should_exit):
                new.kill()
                new.join()
                log_event("restart_failed", {"worker": new.pid}, level=logging.ERROR)
                return
            self.processes[place] = new
            old.terminate()
            self._await_end(old, self._patience())
            self._forget(old.pid)

    def handle_ttin(self) -> None:
        """After SIGTTIN: one worker more."""
        with _ctrl_c_later():
            super().handle_ttin()

    def handle_ttou(self) -> None:
        """After SIGTTOU: one worker less, but never none."""
        if len(self.processes) > 1:
            self.processes_num -= 1
            process = self.processes.pop()
            process.terminate()
            self._await_end(process, self._patience())
            self._forget(process.pid)

    def terminate_all(self) -> None:
        """Let nobody come in any more, then tell all workers to stop."""
        for sock in self.sockets:
            sock.close()
        super().terminate_all()

    def join_all(self) -> None:
        """Wait until all have ended, together no longer than one of them may take."""
        ends = time.monotonic() + self._patience()
        for process in self.processes:
            self._await_end(process, max(0.0, ends - time.monotonic()))

    def _patience(self) -> float:
        return (self.config.timeout_graceful_shutdown or 0) + _END_SECONDS

    def _await_end(self, worker: Process, seconds: float) -> None:
        worker.process.join(seconds)
        if worker.process.is_alive():
            self._kill(worker)

    def _kill(self, worker: Process) -> None:
        log_event("worker_killed", {"worker": worker.pid}, level=logging.ERROR)
        worker.process.kill()
        worker.process.join()

    def _leave_their_ends_to_them(self) -> None:
        """Close our copy of each worker's end: one that dies is then noticed, not waited for."""
        for process in self.processes:
            process.child_conn.close()

    def _at_work(self) -> set[int]:
        return {process.pid for process in self.processes if process.pid is not None}

    def _forget_the_gone(self) -> None:
        for process in self._known - self._at_work():
            self._forget(process)
        self._known = self._at_work()

    def _forget(self, process: int | None) -> None:
        if process is not None:
            log_event("worker_ended", {"worker": process}, level=logging.WARNING)
            self._ended(process)
            self._known.discard(process)


@contextmanager
def _ctrl_c_later() -> Iterator[None]:
    """Start workers with Ctrl-C held back, until their server can take it (`Worker.__call__`).

    Python would end one that is still importing with a traceback. Here it comes after the block.
    """
    resource_tracker.ensure_running()  # else the first worker starts it, and lets Ctrl-C through
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
