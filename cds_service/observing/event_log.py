"""The application log: one JSON line per event, without patients in it (house rule 10).

An event has a name and numbers, codes and durations of the service. Never names, ids, tokens,
URLs of a record or anything else that a caller sent, save a trace id of fixed form.
"""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType

_LOG = logging.getLogger("cds_service")
_SAME_SECONDS = 10.0
_LOUD_LIBRARIES = ("urllib3", "requests", "uvicorn.access")
"""Libraries whose log lines hold URLs, and so ids of patients."""


class JsonLines(logging.Formatter):
    """Each record as one line of JSON.

    Only events are written out; of any other record the text is left out and its place is kept,
    because nobody promises what a library writes into its text. `worker` is the number of this
    process where several serve.
    """

    def __init__(self, worker: int | None = None) -> None:
        super().__init__()
        self._worker = {} if worker is None else {"worker": worker}

    def format(self, record: logging.LogRecord) -> str:
        """One line, without the text and the traceback of records that are no events."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname.lower(),
            **self._worker,
        }
        event = getattr(record, "event", None)
        if isinstance(event, dict):
            line |= event
        else:
            line |= {"event": "other", "logger": record.name}
        if record.name == "uvicorn.error":  # starting, stopping, an address that is in use
            line["text"] = record.getMessage()
        return json.dumps(line)


class _NowAndThen(logging.Filter):
    """Of what libraries say, the same is written once in ten seconds.

    Without descriptors asyncio would write hundreds of lines a second, until the disk is full too.
    """

    def __init__(self) -> None:
        super().__init__()
        self._written: dict[tuple[str, str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written. Events are ours, and are always."""
        if hasattr(record, "event") or record.levelno < logging.WARNING:
            return True
        place = (record.name, record.pathname, record.lineno)
        last = self._written.get(place)
        if last is not None and record.created - last < _SAME_SECONDS:
            return False
        self._written[place] = record.created
        return True


def configure_logging(worker: int | None = None) -> None:
    """Send every event to standard error, and keep libraries quiet that would name patients."""
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(JsonLines(worker))
    output.addFilter(_NowAndThen())
    logging.getLogger().handlers = [output]
    _LOG.setLevel(logging.INFO)
    for name in _LOUD_LIBRARIES:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def log_event(name: str, fields: Mapping[str, object], *, level: int = logging.INFO) -> None:
    """Write one event; its fields are counts, codes, durations and our own names."""
    if _LOG.isEnabledFor(level):
        # made here, because `log` walks up the stack to find a caller that no event names
        record = logging.LogRecord(_LOG.name, level, __file__, 0, name, None, None)
        record.event = {"event": name, **fields}
        _LOG.handle(record)


def log_failure(error: BaseException, *, trace: str) -> None:
    """Write where something failed that should not: the kind of error and the lines, no texts.

    The text of an exception can quote the value that caused it.
    """
    fields = {
        "trace": trace,
        "error": type(error).__name__,
        "lines": _lines(error.__traceback__),
    }
    log_event("failure", fields, level=logging.ERROR)


def _lines(trace: TracebackType | None) -> list[str]:
    lines = []
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "?")
        lines.append(f"{module}:{trace.tb_lineno}")
        trace = trace.tb_next
    return lines
