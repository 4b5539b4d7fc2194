"""The errors that this service raises.

ReferralCheckError              whatever goes wrong while a referral is checked
    MalformedCallError          the call itself is wrong; every fault with its field (400)
        ForeignOrderError       an order of another patient than the call is about (400)
        PlainHttpServerError    a FHIR server over http that is no listed loopback address (400)
    RecordNotOfferedError       neither prefetch nor access: nothing can be said (412)
    RecordUnavailableError      the record could not be fetched, and the site wants a 412 then (412)
    CallTooLargeError           too many bytes, levels, entries, values or referrals (413)
    UnsupportedMediaTypeError   the body is no JSON by its media type (415)
    TooManyCallsError           more calls at once than the site allows (503)
    UntrustedClientError        it is not proven who calls (401, always the same answer)
    StoreUnavailableError       the store does not answer, so no token can be accepted (503)
InvalidClientsError             the file of trusted clients is wrong; every fault with its path
InvalidCriteriaError            a rule file is wrong; every fault with its path
InvalidSettingsError            a setting is wrong; every fault with its name

No text of an error holds a value of the call: a field path and a rule say enough.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallFault:
    """One thing that is wrong with a call: where, and which rule it breaks."""

    path: str  # `context.selections[1]`; empty where no field can be named
    rule: str  # what was expected, in words; never a value of the call
    is_missing: bool = False


class ReferralCheckError(Exception):
    """Whatever goes wrong while a referral is checked."""


class MalformedCallError(ReferralCheckError):
    """The call itself is wrong. `faults` holds every fault."""

    def __init__(self, *faults: CallFault) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.rule}" for fault in faults))
        self.faults = faults


class ForeignOrderError(MalformedCallError):
    """An order is for another patient than the call (conformance H11)."""

    def __init__(self, path: str) -> None:
        super().__init__(CallFault(path, "must be the patient of context.patientId"))


class PlainHttpServerError(MalformedCallError):
    """The FHIR server is reached over http and is no listed loopback address (conformance R6)."""

    def __init__(self) -> None:
        super().__init__(CallFault("fhirServer", "must be https, or a listed loopback address"))


class RecordNotOfferedError(ReferralCheckError):
    """The call offers neither the encounters nor the procedures, and no way to fetch them."""


class RecordUnavailableError(ReferralCheckError):
    """Nothing usable of encounters and procedures was received; `IMSR_UNAVAILABLE=412`."""


class CallTooLargeError(ReferralCheckError):
    """A call is too large in one dimension; the text names the limit."""


class UnsupportedMediaTypeError(ReferralCheckError):
    """The media type of the body is not `application/json` in UTF-8."""


class TooManyCallsError(ReferralCheckError):
    """More calls are being answered than the site allows at once."""


class UntrustedClientError(ReferralCheckError):
    """It is not proven who calls. `reason` is a word of a closed list, for log and metrics only."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StoreUnavailableError(ReferralCheckError):
    """The store does not answer, or not in time."""


class InvalidClientsError(Exception):
    """The file of trusted clients is wrong. `faults` holds every fault, each with its path."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class InvalidCriteriaError(Exception):
    """A rule file is wrong. `faults` holds every fault, each with file and path."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class InvalidSettingsError(Exception):
    """A setting is wrong. `faults` holds every fault, each with the name of the setting."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults
