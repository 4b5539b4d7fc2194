"""One request to the whole service, with a limit to the time that its answer may take."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from httpx2 import Response

from tests.contract.calls import Json
from tests.contract.checked_client import CheckedClient

SECONDS = 20.0
"""Far more than any answer here takes; a loaded machine must not decide what a test shows."""

SIGN = "/cds-services/imsr-order-sign"


class HangError(AssertionError):
    """There was no answer in time."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """A HangError where the block takes longer."""

    def stop(_: int, __: FrameType | None) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def ask(client: CheckedClient, body: object, path: str = SIGN, **headers: str) -> Response:
    """The answer in time, which is never a 5xx and holds to the contract."""
    with time_limit(SECONDS):
        answer = client.post(path, body, **headers)
    assert answer.status_code < 500
    return answer


def said(answer: Response) -> str:
    """An answer in a few words: `400 hook`, `413`, `200 nothing`, `200 indeterminate: a, b`."""
    if answer.status_code != 200:
        issues = answer.json()["issue"]
        where = [path for issue in issues for path in issue.get("expression", [])]
        return " ".join([str(answer.status_code), *where])
    assessments: list[Json] = answer.json().get("extension", {}).get("nl.imsr-cds.assessments", [])
    if not assessments:
        assert answer.json() == {"cards": []}
        return "200 nothing"
    return "200 " + "; ".join(_assessed(each) for each in assessments)


def _assessed(assessment: Json) -> str:
    because = ", ".join(assessment.get("because", []))
    outcome: str = assessment["outcome"]
    return f"{outcome}: {because}" if because else outcome


def text(body: Json) -> str:
    """The JSON of a call, to be broken by a test."""
    return json.dumps(body)
