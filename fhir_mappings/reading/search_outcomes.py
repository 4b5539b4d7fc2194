"""What an OperationOutcome beside the matches of a search means (policy 2.6).

========================  =========================================  ==========================
what it says              by                                         means
========================  =========================================  ==========================
data withheld or cut      an issue code of `_WITHHELD` (FHIR value   the answer is not whole,
                          set issue-type), whatever the severity     its matches are used
the same, by Epic         an error number of `_WITHHELD_BY_EPIC`:    the same
                          4119 not the whole record, 4134 a
                          restricted patient, 59133 more results
                          than are given, 59204, 59205
an error                  severity error or fatal (FHIR value set    the same
                          issue-severity)
cannot be read            an issue of the wrong type                 the same
a remark                  anything else, such as Epic's 4101         nothing: beside matches it
                          ("no results")                             is passed over, and with
                                                                     `total` 0 the answer is
                                                                     empty and whole
========================  =========================================  ==========================

Sources: HL7 FHIR R4, OperationOutcome; Epic on FHIR, error and warning codes. The severity alone
tells too little: servers withhold data with a warning, or with a mere information.
"""

from collections.abc import Mapping
from enum import StrEnum

from fhir_mappings.reading.concepts import UnreadableError, concept, items, mapping, string

_FATAL = frozenset({"error", "fatal"})
_WITHHELD = frozenset(
    {
        "incomplete",
        "suppressed",
        "security",
        "forbidden",
        "throttled",
        "too-costly",
        "timeout",
        "transient",
        "exception",
    }
)
_REFUSALS = frozenset({"not-supported", "not-found", "forbidden"})
_WITHHELD_BY_EPIC = frozenset({"4119", "4134", "59133", "59204", "59205"})


class OutcomeMeaning(StrEnum):
    """What one OperationOutcome says of the answer that holds it."""

    REMARK = "remark"
    NOT_WHOLE = "not-whole"  # an error, or data that was withheld or cut


def outcome_meaning(outcome: Mapping[str, object]) -> OutcomeMeaning:
    """The meaning of an OperationOutcome; one without any issue tells nothing and is a remark."""
    try:
        issues = [mapping(item, "issue") for item in items(outcome.get("issue"), "issue")]
        is_whole = not any(map(_is_of_a_gap, issues))
    except UnreadableError:
        is_whole = False
    return OutcomeMeaning.REMARK if is_whole else OutcomeMeaning.NOT_WHOLE


def _is_of_a_gap(issue: Mapping[str, object]) -> bool:
    severity, code = string(issue.get("severity"), "severity"), string(issue.get("code"), "code")
    if severity in _FATAL or code in _WITHHELD:
        return True
    details = concept(issue.get("details"), "details")
    return any(coding.code.strip() in _WITHHELD_BY_EPIC for coding in details.codings)


def is_refusal(resource: object) -> bool:
    """Whether this is an OperationOutcome that says: nothing of that kind is given here.

    Each issue must say so. Then nothing was tried that could have failed.
    """
    if not isinstance(resource, Mapping) or resource.get("resourceType") != "OperationOutcome":
        return False
    try:
        issues = [mapping(item, "issue") for item in items(resource.get("issue"), "issue")]
        codes = [string(issue.get("code"), "code") for issue in issues]
    except UnreadableError:
        return False
    return bool(codes) and all(code in _REFUSALS for code in codes)
