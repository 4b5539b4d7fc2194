"""What each word of the closed lists means, in one sentence.

The lists of causes, reasons, flags and readings in POLICY.md are written from here by `make docs`,
so a word that is added to a list needs its sentence here: a test asks for it.
"""

from collections.abc import Mapping
from typing import Final

CAUSES: Final[Mapping[str, str]] = {
    "record_unavailable": "nothing usable of encounters and procedures came, so nothing was judged",
    "record_incomplete": "a part of the record could not be retrieved, and it could change the "
    "outcome",
    "unmapped_role": "who gave the care is not recorded, or by a code that no table knows",
    "profession_to_confirm": "the profession is known, but not whether it counts here, or which of "
    "two it was",
    "status_unknown": "whether the contact took place is not recorded",
    "status_open": "the contact was never closed, or was broken off",
    "date_imprecise": "without a full date the contact may lie outside the period, or be the same "
    "as another",
    "course_without_number": "one entry stands for a whole course, and the number of its sessions "
    "is not given",
    "number_unclear": "how many of the stated sessions lie inside the period, or how many there "
    "were, is not known",
    "asynchronous_contact": "mail, chat, e-consult or e-health, which may or may not have been "
    "treatment",
    "kind_unclear": "the kind of contact is one that the code tables leave open",
    "setting_abroad": "the care was given in another country",
    "setting_unknown": "the place of care is not known, and this site doubts such contacts",
    "patient_unclear": "the entry does not show whose contact it was",
    "resource_unreadable": "an entry of the record could not be read",
    "reason_to_confirm": "by its coded reasons the contact was for something other than this pain",
    "interrupted": "number or duration is reached only across a pause of twelve weeks or more",
    "duration_borderline": "the treatment runs 77 to 83 days from first to last session, and that "
    "decides",
    "nothing_found": "a complete record holds no evidence of this care",
    "trace_only": "one or two sessions of this care were found, perhaps the trace of more",
    "indication_unknown": "whether persistent pain is the reason of the referral is not known",
    "age_unknown": "the date of birth is missing or vague, or the Patient could not be retrieved",
    "before_effective_date": "the referral is dated before the criteria came into force",
    "deceased": "the patient has died",
    "minor": "the patient is not yet 18 on the day of the referral",
    "one_time_consult": "the order is for a one-time consult, which stays possible",
    "other_indication": "the reason of the referral is another diagnosis than persistent pain",
}
"""Why an outcome is doubtful; the last five: why the criteria do not apply."""

REASONS: Final[Mapping[str, str]] = {
    "other_patient": "it is a contact of another patient",
    "void": "it was cancelled, missed, not done, or entered in error",
    "planned": "it is planned or booked for a day after the referral, or without a day",
    "note": "it is a note, report, prescription, consultation without the patient, or out of hours",
    "before_window": "it was before the two years",
    "after_referral": "it was after the day of the referral",
    "other_procedure": "it is a procedure of another kind, by nobody that can be recognised",
    "other_profession": "the profession is not one of this criterion, nor can it be by the place",
    "rehabilitation_programme": "it was given in a rehabilitation centre",
    "not_primary_care": "it was given outside primary care, which c1 asks for",
    "screening": "it was a screening and nothing else",
    "same_day": "the same discipline already counts on that day",
    "overlaps_stated_care": "stated and found care overlap, and it belongs to the smaller of them",
    "excluded_by_reading": "it counts by default, and this site reads the criteria otherwise",
}
"""Why a contact does not count; the first that applies."""

FLAGS: Final[Mapping[str, str]] = {
    "pooled_only": "* met only because sessions of several disciplines are added up",
    "interrupted": "met, with a pause of twelve weeks or more between counted sessions; `weeks`",
    "one_arm": "c2 is met by number or by duration alone, which is enough; `arm`",
    "intake_decisive": "* an intake is counted",
    "secondary_care_counted": "* c2 or o2 counts care outside primary care; `sessions`",
    "not_counted_hospital": "c1 leaves out care of a hospital or institution; `sessions`",
    "psychosomatic_as_physio": "* c1 counts psychosomatic therapy",
    "maybe_psychosomatic": "o2 would be met if these physio- or exercise therapists were "
    "psychosomatic ones; `sessions`",
    "setting_unknown": "* c1 counts contacts of unknown place; `sessions`",
    "attested": "care that the referrer states is counted; `sessions`",
    "near_miss": "not met with 77 to 83 days, and the number falls short as well; `days`, "
    "`required`",
    "ongoing": "a contact in the last 42 days, and not met yet; `earliest` day that can be "
    "enough, `sessions` still missing",
    "status_not_recorded": "* contacts count although their source records no status; `sessions`",
    "remote_decisive": "* contacts by telephone or video are counted; `sessions`",
    "other_reason": "* c1 counts contacts with another reason than pain; `sessions`",
    "earlier_imsr": "contacts in a rehabilitation centre inside the period; `sessions`, `last` day",
    "minor_part": "* care before the 18th birthday is counted; `sessions`",
}
"""What a reader must know; * only where the outcome would be another without it."""

READINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "psychological-care-threshold": {
        "any": "c2 asks for number or duration",
        "all": "c2 asks for both",
    },
    "nothing-found": {
        "indeterminate": "without evidence, or with a trace, c1 and c2 stay open",
        "not_met": "they are not met",
    },
    "evidence-sessions": {
        "3": "three sessions of evidence show that a record logs single sessions",
        "1": "one does",
    },
    "pooling": {
        "criterion": "all therapists of a criterion are added up",
        "discipline": "one discipline must reach the thresholds",
        "therapist": "one therapist must; a contact of an unmapped role may be anyone's",
    },
    "longest-gap-days": {
        "83-doubtful": "met within a run without a longer gap than 83 days; open across such a gap",
        "none": "gaps do not matter",
        "84": "not met across a gap of more than 84 days",
        "42": "not met across a gap of more than 42 days",
    },
    "min-days": {
        "84": "84 days are twelve weeks; 77 to 83 stay open",
        "83": "83 days are enough; 77 to 82 stay open",
        "77": "77 days are enough",
    },
    "secondary-care": {
        "counts": "c2 and o2 count care outside primary care",
        "not": "they do not",
    },
    "psychosomatic-as-allied-health": {
        "yes": "psychosomatic therapy counts for c1 too",
        "no": "it counts for o2 only",
    },
    "other-reason": {
        "possible": "c1 doubts contacts with another reason than pain",
        "counts": "it counts them",
    },
    "intake": {"counts": "an intake is a session", "not": "it is none"},
    "screening": {"not": "a stand-alone screening is no session", "counts": "it is one"},
    "remote": {"counts": "telephone and video are sessions", "not": "they are none"},
    "asynchronous": {
        "possible": "mail, chat, e-consults and e-health may be sessions",
        "counts": "they are",
        "not": "they are not",
    },
    "status-unknown": {
        "by-source": "counts if the source records no statuses at all, otherwise doubtful",
        "possible": "always doubtful",
        "counts": "always counts",
        "not": "never counts",
    },
    "status-open": {
        "possible": "what was never closed is doubtful",
        "counts": "it counts",
        "not": "it does not",
    },
    "hospital-allied-health": {
        "not": "c1 leaves out care in hospitals and institutions",
        "counts": "it counts it",
    },
    "setting-unknown": {
        "counts": "an unknown place is taken for primary care",
        "possible": "it leaves the contact in doubt",
        "not": "it excludes the contact",
    },
    "abroad": {
        "possible": "care abroad is doubtful",
        "counts": "it counts",
        "not": "it does not",
    },
    "other-psych-professions": {
        "possible": "psychotherapists, psychiatrists, remedial educationalists, and GGZ nurses "
        "outside a GP practice are doubtful for c2",
        "counts": "they count",
        "not": "they do not",
    },
    "window-start": {
        "inclusive": "the same day two years earlier belongs to the period",
        "exclusive": "it does not",
    },
    "window-end": {
        "inclusive": "the day of the referral belongs to the period",
        "exclusive": "it does not",
    },
    "stated-care": {
        "counts": "care that the referrer states counts",
        "not": "it does not",
    },
}
"""Per reading what each of its values does; the default first."""
