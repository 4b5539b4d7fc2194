"""What a page is made of: everything that whoever serves it must know, and nothing of HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from cds_service.assessing import ExplainedAssessment


class View(StrEnum):
    """Who reads the page: the GP who refers, or triage and physician of the centre."""

    GP = "gp"
    PHYSICIAN = "physician"


class NoticeKind(StrEnum):
    """What stands above the heading, because it changes how the page is to be read."""

    SCOPES_REFUSED = "scopes_refused"  # `names`: the resource types that may not be read
    RECORD_CHANGED = "record_changed"  # the record was read again
    STATED_CARE_SAVED = "stated_care_saved"  # in the record; counted in what is shown
    STATED_CARE_NOT_SAVED = "stated_care_not_saved"  # refused by the server; `text` to copy
    STATED_CARE_UNCERTAIN = "stated_care_uncertain"  # no answer: it may be saved; `text` to copy


@dataclass(frozen=True, slots=True)
class Notice:
    """One message above the heading; `names` and `text` as its kind says."""

    kind: NoticeKind
    names: tuple[str, ...] = ()
    text: str = ""


class CourseField(StrEnum):
    """The fields of one course in the form; the name in the form is :func:`field_name`.

    Values: `discipline` and `source` hold a code of the lists below, `from` and `to` a month
    (`2025-02`), `number` digits, `running` and `approximate` the word `yes` when ticked,
    `content` and `result` text of the clinician.
    """

    DISCIPLINE = "discipline"
    FROM = "from"
    TO = "to"
    RUNNING = "running"
    NUMBER = "number"
    APPROXIMATE = "approximate"
    SOURCE = "source"
    CONTENT = "content"
    RESULT = "result"


DISCIPLINES = (
    "physiotherapist",
    "exercise-therapist",
    "occupational-therapist",
    "psychosomatic-therapist",
    "psychologist",
    "mental-health-practice-nurse",
)
"""The choices of `discipline`: codes of CodeSystem therapist-category."""

SOURCES = ("report", "insurer", "patient", "phone")
"""The choices of `source`: a letter, an overview of the insurer, the patient, by telephone."""

LONGEST_TEXT = 1000
"""Characters of content and of result."""

MOST_COURSES = 6
"""Courses that one form can hold."""

CSRF_FIELD = "csrf"
FORM_ID_FIELD = "form-id"
ROWS_FIELD = "courses"
ACTION_FIELD = "action"
SAVE, ADD_COURSE = "save", "add-course"
"""Names of the other fields, and the values of the buttons (`action`)."""


def field_name(course: int, name: CourseField) -> str:
    """`course-1-discipline`; courses are numbered from 1."""
    return f"course-{course}-{name}"


class FieldFault(StrEnum):
    """Why what stands in a field cannot be taken."""

    MISSING = "missing"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_MONTH = "not_a_month"
    END_BEFORE_START = "end_before_start"
    IN_FUTURE = "in_future"
    END_MISSING = "end_missing"  # neither a last month nor "still going on"
    NOT_A_NUMBER = "not_a_number"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class StatedCareForm:
    """The form in which care given elsewhere is stated, as it is to be shown.

    `action_url` takes the POST. `form_id` is unguessable and new for each empty form, so that a
    double click makes one statement. `values` and `faults` are by the names of `field_name`:
    what was filled in before, and what is wrong with it.
    """

    action_url: str
    csrf_token: str
    form_id: str
    courses: int = 1
    values: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, FieldFault] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PatientLabel:
    """Whose record it is, so that nobody takes it for another: unescaped text of it."""

    name: str = ""
    born: date | None = None


@dataclass(frozen=True, slots=True)
class PageContent:
    """One page.

    `explained` are the referrals of the patient, the one that is asked about first; none where
    there is no referral to rehabilitation medicine. `language` is `nl` or `en`; `today` the day of
    the check. `static_base` is the address under which the files of `static/` are served, without
    a slash at its end. `form` is None where care cannot be stated here. `switch_url` leads to the
    same page with psychological care shown or hidden, whichever it is not; `other_view_url` to the
    other view; both are left out where empty.
    """

    explained: tuple[ExplainedAssessment, ...]
    view: View
    language: str
    today: date
    static_base: str
    patient: PatientLabel = PatientLabel()
    notices: tuple[Notice, ...] = ()
    form: StatedCareForm | None = None
    hides_psychological_care: bool = False
    switch_url: str = ""
    other_view_url: str = ""


class FailureCause(StrEnum):
    """Why there is no page to show. Each has a heading, what happened, and how to go on."""

    LAUNCH_INCOMPLETE = "launch_incomplete"  # `iss` or `launch` is missing or malformed
    SERVER_NOT_TRUSTED = "server_not_trusted"  # `iss` is not in the file of trusted clients
    SERVER_UNSUITABLE = "server_unsuitable"  # its smart-configuration lacks what we need
    SERVER_UNREACHABLE = "server_unreachable"
    AUTHORIZATION_REFUSED = "authorization_refused"  # the EHR or the user said no
    STATE_UNKNOWN = "state_unknown"  # `state` is wrong, used, or of another browser
    CODE_REFUSED = "code_refused"  # the code is used, expired or not ours
    TOKEN_UNUSABLE = "token_unusable"  # noqa: S105 a name
    IDENTITY_UNPROVEN = "identity_unproven"  # the id_token does not hold
    PATIENT_MISSING = "patient_missing"  # no patient came with the launch
    OTHER_PATIENT = "other_patient"  # the record is of another patient than the launch
    SCOPES_MISSING = "scopes_missing"  # not even the patient or the referral may be read
    REFERRAL_UNKNOWN = "referral_unknown"  # the referral of the link is not there
    SESSION_EXPIRED = "session_expired"
    SESSION_UNKNOWN = "session_unknown"  # address and cookie do not belong together
    ACCESS_REVOKED = "access_revoked"  # the FHIR server no longer takes the token
    FORM_UNPROVEN = "form_unproven"  # the CSRF token does not hold
    FORM_MALFORMED = "form_malformed"  # not a form of ours, or too large
    BUSY = "busy"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class FailureContent:
    """A page that names a cause; nothing of the patient, no ids, no tokens.

    `again_url` leads to a new attempt; empty where only a new launch from the EHR helps.
    `reference` is the trace id of the log, for the help desk.
    """

    cause: FailureCause
    language: str
    static_base: str
    again_url: str = ""
    reference: str = ""
