"""The closed lists of policy 2.11 and 2.12: why something is doubtful, why it did not count."""

from cds_service.domain.words import Word


class Cause(Word):
    """Why an outcome or a contact is doubtful, or why the criteria do not apply (policy 2.11)."""

    RECORD_UNAVAILABLE = "record_unavailable"
    RECORD_INCOMPLETE = "record_incomplete"
    UNMAPPED_ROLE = "unmapped_role"
    PROFESSION_TO_CONFIRM = "profession_to_confirm"
    STATUS_UNKNOWN = "status_unknown"
    STATUS_OPEN = "status_open"
    DATE_IMPRECISE = "date_imprecise"
    COURSE_WITHOUT_NUMBER = "course_without_number"
    NUMBER_UNCLEAR = "number_unclear"
    ASYNCHRONOUS_CONTACT = "asynchronous_contact"
    KIND_UNCLEAR = "kind_unclear"
    SETTING_ABROAD = "setting_abroad"
    SETTING_UNKNOWN = "setting_unknown"
    PATIENT_UNCLEAR = "patient_unclear"
    RESOURCE_UNREADABLE = "resource_unreadable"
    REASON_TO_CONFIRM = "reason_to_confirm"
    INTERRUPTED = "interrupted"
    DURATION_BORDERLINE = "duration_borderline"
    NOTHING_FOUND = "nothing_found"
    TRACE_ONLY = "trace_only"
    INDICATION_UNKNOWN = "indication_unknown"
    AGE_UNKNOWN = "age_unknown"
    # with not_applicable
    BEFORE_EFFECTIVE_DATE = "before_effective_date"
    DECEASED = "deceased"
    MINOR = "minor"
    ONE_TIME_CONSULT = "one_time_consult"
    OTHER_INDICATION = "other_indication"


DOUBTS_OF_A_CONTACT = (
    Cause.UNMAPPED_ROLE,
    Cause.PROFESSION_TO_CONFIRM,
    Cause.STATUS_UNKNOWN,
    Cause.STATUS_OPEN,
    Cause.DATE_IMPRECISE,
    Cause.COURSE_WITHOUT_NUMBER,
    Cause.NUMBER_UNCLEAR,
    Cause.ASYNCHRONOUS_CONTACT,
    Cause.KIND_UNCLEAR,
    Cause.SETTING_ABROAD,
    Cause.SETTING_UNKNOWN,
    Cause.PATIENT_UNCLEAR,
    Cause.RESOURCE_UNREADABLE,
    Cause.REASON_TO_CONFIRM,
)
"""The causes that make a card one about doubtful contacts (policy 2.13, 6)."""


class Reason(Word):
    """Why a contact is not counted; the first that applies, in this order (policy 2.12)."""

    OTHER_PATIENT = "other_patient"
    VOID = "void"
    PLANNED = "planned"
    NOTE = "note"
    BEFORE_WINDOW = "before_window"
    AFTER_REFERRAL = "after_referral"
    OTHER_PROCEDURE = "other_procedure"
    OTHER_PROFESSION = "other_profession"
    REHABILITATION_PROGRAMME = "rehabilitation_programme"
    NOT_PRIMARY_CARE = "not_primary_care"
    SCREENING = "screening"
    SAME_DAY = "same_day"
    OVERLAPS_STATED_CARE = "overlaps_stated_care"
    EXCLUDED_BY_READING = "excluded_by_reading"
