"""A card as plain values; the wire model is made of it at the edge."""

from dataclasses import dataclass
from enum import StrEnum


class Indicator(StrEnum):
    """How urgent a card is shown. A card of this service is never `critical`."""

    INFO = "info"
    WARNING = "warning"


class CardKind(StrEnum):
    """Which of the cards it is; the names are the keys of the wording and of the layout."""

    MET_OPTION1 = "met_option1"
    MET_OPTION2 = "met_option2"
    MET_BOTH = "met_both"
    NOT_MET_C1 = "not_met_c1"
    NOT_MET_C2 = "not_met_c2"
    NOT_MET_BOTH = "not_met_both"
    NOT_MET_O2 = "not_met_o2"
    INTERRUPTED_C1 = "interrupted_c1"
    INTERRUPTED_C2 = "interrupted_c2"
    INTERRUPTED_O2 = "interrupted_o2"
    DURATION_BORDERLINE_C1 = "duration_borderline_c1"
    DURATION_BORDERLINE_C2 = "duration_borderline_c2"
    DURATION_BORDERLINE_O2 = "duration_borderline_o2"
    NOT_FOUND_C1 = "not_found_c1"
    NOT_FOUND_C2 = "not_found_c2"
    NOT_FOUND_BOTH = "not_found_both"
    TRACE_C1 = "trace_c1"
    TRACE_C2 = "trace_c2"
    TRACE_BOTH = "trace_both"
    DOUBTFUL_CONTACTS = "doubtful_contacts"
    NUMBER_UNCLEAR = "number_unclear"
    INDICATION_UNKNOWN = "indication_unknown"
    KIND_AND_INDICATION_UNCLEAR = "kind_and_indication_unclear"
    AGE_UNKNOWN = "age_unknown"
    RECORD_INCOMPLETE = "record_incomplete"
    RECORD_UNAVAILABLE = "record_unavailable"
    NOT_APPLICABLE_MINOR = "not_applicable_minor"
    NOT_APPLICABLE_DIAGNOSIS = "not_applicable_diagnosis"
    ONE_TIME_CONSULT = "one_time_consult"


class CardFunction(StrEnum):
    """What the service can do beside the card. A card promises only functions that exist."""

    STATED_CARE = "stated_care"  # a form in which care given elsewhere can be stated
    SUGGESTION_CONSULT = "suggestion_consult"  # changes the draft into a one-time consult
    SUGGESTION_LETTER = "suggestion_letter"  # inserts the letter paragraph
    FORECAST = "forecast"  # the earliest referral date from planned contacts
    TIMELINE = "timeline"  # a link to all contacts on a timeline


@dataclass(frozen=True, slots=True)
class Card:
    """One card. `summary` is plain text, `detail` GitHub-flavoured Markdown, empty for none."""

    summary: str
    detail: str
    indicator: Indicator
    uuid: str
    source_label: str
    kind: CardKind
