"""The closed list of readings (policy 2.10), the default first, and the numbers of the rule."""

from datetime import date

READINGS: dict[str, tuple[str, ...]] = {
    "psychological-care-threshold": ("any", "all"),
    "nothing-found": ("indeterminate", "not_met"),
    "evidence-sessions": ("3", "1"),
    "pooling": ("criterion", "discipline", "therapist"),
    "longest-gap-days": ("83-doubtful", "none", "84", "42"),
    "other-reason": ("possible", "counts"),
    "min-days": ("84", "83", "77"),
    "secondary-care": ("counts", "not"),
    "psychosomatic-as-allied-health": ("yes", "no"),
    "intake": ("counts", "not"),
    "screening": ("not", "counts"),
    "remote": ("counts", "not"),
    "asynchronous": ("possible", "counts", "not"),
    "status-unknown": ("by-source", "possible", "counts", "not"),
    "status-open": ("possible", "counts", "not"),
    "hospital-allied-health": ("not", "counts"),
    "setting-unknown": ("counts", "possible", "not"),
    "abroad": ("possible", "counts", "not"),
    "other-psych-professions": ("possible", "counts", "not"),
    "window-start": ("inclusive", "exclusive"),
    "window-end": ("inclusive", "exclusive"),
    "stated-care": ("counts", "not"),
}

Readings = dict[str, str]
DEFAULTS: Readings = {key: values[0] for key, values in READINGS.items()}

SESSIONS = 6
POSSIBLE_FROM = 77
MINIMUM_AGE = 18
LOOKBACK_YEARS = 2
EFFECTIVE_FROM = date(2026, 4, 20)

C1 = "allied-health-therapy"
C2 = "psychological-care"
O2 = "psychosomatic-therapy"
CRITERIA = (C1, C2, O2)
OPTIONS = ((C1, C2), (O2,))


def but(key: str, value: str) -> Readings:
    """The defaults, with one reading set otherwise."""
    return {**DEFAULTS, key: value}
