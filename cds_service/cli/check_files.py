"""The file of `imsr-cds check --request`: the body of one captured call, as JSON.

The service itself says little about a body that it refuses, because a stranger may have sent it.
Here the file is the reader's own, so what is wrong is said with its place.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cds_service.cli.failures import CommandFailure
from cds_service.cli.printable_text import say
from cds_service.errors import CallTooLargeError, MalformedCallError
from cds_service.hooks.cds_hooks import Hook
from cds_service.settings.settings import Settings
from cds_service.strict_json import BodyLimits, parse_object

STANDARD_INPUT = "-"
_GZIP = b"\x1f\x8b"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_HTTP = re.compile(rb"\s*(?:[A-Z]+ \S+ HTTP/|HTTP/\d)")
_HALF_SURROGATE = re.compile(r"[\ud800-\udfff]")
*_OTHERS, _LAST = (hook.value for hook in Hook)
_HOOKS = f"{', '.join(_OTHERS)} or {_LAST}"


def shown_name(file: str) -> str:
    """The file as messages name it."""
    return "standard input" if file == STANDARD_INPUT else file


def read_call_file(file: str, settings: Settings) -> Mapping[str, object]:
    """The JSON object in the file. Raises CommandFailure that says what is wrong, and where."""
    body = _bytes(file, settings.max_body_bytes)
    limits = BodyLimits(
        size=settings.max_body_bytes,
        nesting=settings.max_nesting,
        string=settings.max_string_bytes,
        values=settings.max_values,
    )
    try:
        return parse_object(body, limits)
    except CallTooLargeError as error:
        raise too_large(file, error) from None
    except MalformedCallError:
        what, advice = _diagnosis(body)
        raise CommandFailure(f"{shown_name(file)}: {what}.", advice=advice) from None


def hook_of(call: Mapping[str, object], file: str) -> Hook:
    """The hook that was called. Raises CommandFailure for what is no call of ours."""
    name = call.get("hook")
    if isinstance(name, str) and name in {each.value for each in Hook}:
        return Hook(name)
    if name is not None:
        raise CommandFailure(
            f"{shown_name(file)}: `hook` must be {_HOOKS}.",
            advice="The service answers no other hook.",
        )
    raise CommandFailure(
        f"{shown_name(file)}: this is no call of a CDS Hooks service: {_what_it_is(call)}.",
        advice="Give the JSON that the EHR sends to /cds-services/imsr-order-sign (or -select).",
    )


def too_large(file: str, error: CallTooLargeError) -> CommandFailure:
    """A call that the service would refuse with 413."""
    return CommandFailure(
        f"{shown_name(file)}: the call is too large: {error}.",
        advice="The service refuses it as well (413). `imsr-cds settings` shows the IMSR_MAX_... "
        "settings with these limits.",
    )


def _bytes(file: str, limit: int) -> bytes:
    """One byte more than allowed at most: then it is known to be too large."""
    try:
        if file != STANDARD_INPUT:
            with Path(file).open("rb") as stream:
                return stream.read(limit + 1)
        if sys.stdin.isatty():
            say("Reading the call from the terminal; Ctrl-D ends it.")
        return sys.stdin.buffer.read(limit + 1)
    except OSError as error:
        raise CommandFailure(
            f"{shown_name(file)}: cannot be read: {error.strerror}.",
            advice="Give a file that holds the JSON of one call, or - for standard input.",
        ) from None


def _what_it_is(call: Mapping[str, object]) -> str:
    resource_type = call.get("resourceType")
    if isinstance(resource_type, str):
        return "it is a FHIR resource"
    if "cards" in call:
        return "it is the answer to one"
    return "it has no `hook`"


def _diagnosis(body: bytes) -> tuple[str, str]:
    """What is wrong with a body that is no JSON object for the service, and what to do."""
    if not body.strip():
        return "the file is empty", "Give the JSON of one call."
    if body.startswith(_GZIP):
        return "it is compressed (gzip)", "Unpack it first: gzip -dc FILE | imsr-cds check ..."
    if body.startswith(_UTF_16):
        return "it is written in UTF-16", "Save it as UTF-8."
    if _HTTP.match(body):
        return "it begins with an HTTP header", "Keep the body only, from the first { on."
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        return f"line {line} holds a byte that is no UTF-8", "Save it as UTF-8."
    return _fault_of_text(text)


def _fault_of_text(text: str) -> tuple[str, str]:
    repeated: list[str] = []
    constants: list[str] = []

    def members(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for name, value in pairs:
            if name in seen:
                repeated.append(name)
            seen[name] = value
        return seen

    try:
        value = json.loads(text, object_pairs_hook=members, parse_constant=constants.append)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        return (
            f"this is no JSON: {place}: {error.msg}",
            "Capture the whole body again, unchanged.",
        )
    except ValueError:  # a whole number of more digits than Python takes
        return "a number has too many digits", "Correct the client that wrote it."
    return _fault_of_value(value, text, repeated, constants)


def _fault_of_value(
    value: object, text: str, repeated: list[str], constants: list[str]
) -> tuple[str, str]:
    """JSON that Python takes and the service does not."""
    correct = "Correct the client that wrote it: other readers may see something else."
    if repeated:
        return f"two members of one object are both called `{repeated[0]}`", correct
    if constants:
        return f"{constants[0]} is no JSON", correct
    if not isinstance(value, dict):
        return (
            f"it must be one JSON object and is {_kind(value)}",
            "Give one call at a time.",
        )
    if _HALF_SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        line = next((n for n, each in enumerate(text.split("\n"), 1) if r"\ud" in each.lower()), 1)
        return f"line {line} holds half a character (\\ud800 to \\udfff)", correct
    return "a number is too large", correct


def _kind(value: object) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "text" if isinstance(value, str) else "a single value"
