"""The answer of a token endpoint, read strictly: nothing that SMART demands may be missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cds_service.smart.refusals import LaunchRefusedError, Refusal

_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_FHIR_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_REFERRAL = re.compile(r"(?:.*/)?(ServiceRequest/[A-Za-z0-9\-.]{1,64})")
_USUAL_SECONDS: Final = 300  # where the answer does not say how long the token is valid
_MOST_SECONDS: Final = 8 * 3600  # a session lasts no longer than a working day


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What was granted. `referral` is `ServiceRequest/id`, or empty where none is in context."""

    access_token: str = field(repr=False)
    scope: str
    expires_in: int  # seconds
    patient_id: str = field(repr=False)
    id_token: str = field(default="", repr=False)
    referral: str = field(default="", repr=False)


def read_token_answer(document: Mapping[str, object]) -> TokenAnswer:
    """The answer in a document. Raises LaunchRefusedError."""
    token, scope = document.get("access_token"), document.get("scope")
    kind, patient = document.get("token_type"), document.get("patient")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise LaunchRefusedError(Refusal.TOKEN_BROKEN)
    if not isinstance(kind, str) or kind.lower() != "bearer" or not isinstance(scope, str):
        raise LaunchRefusedError(Refusal.TOKEN_BROKEN)
    if patient is None:
        raise LaunchRefusedError(Refusal.NO_PATIENT)
    if not isinstance(patient, str) or not _FHIR_ID.fullmatch(patient):
        raise LaunchRefusedError(Refusal.TOKEN_BROKEN)
    id_token = document.get("id_token", "")
    if not isinstance(id_token, str):
        raise LaunchRefusedError(Refusal.TOKEN_BROKEN)
    return TokenAnswer(token, scope, _seconds(document), patient, id_token, _referral(document))


def _seconds(document: Mapping[str, object]) -> int:
    seconds = document.get("expires_in", _USUAL_SECONDS)
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdecimal() and len(seconds) < 10:  # noqa: PLR2004
        seconds = int(seconds)  # some servers write a text
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds <= 0:
        raise LaunchRefusedError(Refusal.TOKEN_BROKEN)
    return min(seconds, _MOST_SECONDS)


def _referral(document: Mapping[str, object]) -> str:
    """The ServiceRequest of `fhirContext`; else the reference that our card put in `appContext`."""
    context = document.get("fhirContext")
    listed = context if isinstance(context, list) else []
    named = [each.get("reference") for each in listed if isinstance(each, Mapping)]
    for text in (*named, document.get("appContext")):
        found = _REFERRAL.fullmatch(text) if isinstance(text, str) and len(text) < 1000 else None  # noqa: PLR2004
        if found is not None:
            return found[1]
    return ""
