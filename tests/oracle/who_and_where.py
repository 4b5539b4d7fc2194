"""Policy 2.4: who counts, and where. For every answer: yes, maybe or no, and why maybe."""

from enum import IntEnum

from tests.oracle.entries import Entry, Place, Reason, Who
from tests.oracle.readings import C1, C2, O2, Readings


class Answer(IntEnum):
    """A contact is as weak as its weakest part, so the least answer wins."""

    NO = 0
    MAYBE = 1
    YES = 2


Told = tuple[Answer, set[str]]
YES: Told = (Answer.YES, set())
NO: Told = (Answer.NO, set())
ANSWER_OF = {"counts": Answer.YES, "possible": Answer.MAYBE, "not": Answer.NO}

PLAIN_THERAPISTS = (Who.PHYSIO, Who.EXERCISE, Who.ERGO)
PSYCHOSOMATIC = (
    Who.PSYCHOSOMATIC_PHYSIO,
    Who.PSYCHOSOMATIC_EXERCISE,
    Who.PSYCHOSOMATIC_ERGO,
    Who.PSYCHOSOMATIC,
)
MAYBE_FILED_UNDER = (Who.GP, Who.POH, Who.NURSE)
NURSE_MAYBE_POH_GGZ = (
    Place.GP_PRACTICE,
    Place.GGZ,
    Place.PSYCHOLOGY_PRACTICE,
    Place.UNKNOWN,
    Place.FIRST_LINE,
    Place.ABROAD,
)
INSTITUTIONS = (Place.HOSPITAL, Place.GGZ, Place.LONG_TERM)
LEFT_OPEN: dict[Place, tuple[str, ...]] = {
    Place.GP_PRACTICE: (C2,),
    Place.THERAPY_PRACTICE: (C1, O2),
    Place.PSYCHOLOGY_PRACTICE: (C2,),
    Place.GGZ: (C2,),
    Place.HOSPITAL: (C2,),
    Place.LONG_TERM: (C2,),
    Place.REHABILITATION: (),
    Place.OTHER_PRACTICE: (),
    Place.FIRST_LINE: (C1, C2, O2),
    Place.ABROAD: (C1, C2, O2),
    Place.UNKNOWN: (C1, C2, O2),
}


def one_profession(who: Who, entry: Entry, criterion: str, r: Readings) -> Answer:
    """The table Professions, for one profession."""
    if criterion == C1:
        if who in PSYCHOSOMATIC:
            return Answer.YES if r["psychosomatic-as-allied-health"] == "yes" else Answer.NO
        return Answer.YES if who in PLAIN_THERAPISTS else Answer.NO
    if criterion == O2:
        if who is Who.PSYCHOSOMATIC_ERGO:
            return Answer.MAYBE
        return Answer.YES if who in PSYCHOSOMATIC else Answer.NO
    return _psychological(who, entry, r)


def _psychological(who: Who, entry: Entry, r: Readings) -> Answer:
    if who in (Who.PSYCHOLOGIST, Who.POH_GGZ):
        return Answer.YES
    if who is Who.GGZ_NURSE and entry.place is Place.GP_PRACTICE:
        return Answer.YES
    if who is Who.POH:
        return _by_reason(entry)
    if who is Who.NURSE and entry.place is Place.GP_PRACTICE:
        return _by_reason(entry)
    if who is Who.NURSE:
        return Answer.MAYBE if entry.place in NURSE_MAYBE_POH_GGZ else Answer.NO
    others = (Who.GGZ_NURSE, Who.PSYCHOTHERAPIST, Who.PSYCHIATRIST, Who.REMEDIAL_EDUCATIONALIST)
    return ANSWER_OF[r["other-psych-professions"]] if who in others else Answer.NO


def _by_reason(entry: Entry) -> Answer:
    """r2: a plain POH, and a bare nurse in a GP practice."""
    somatic_only = entry.reason in (Reason.SOMATIC, Reason.SOMETHING_ELSE)
    return Answer.NO if somatic_only else Answer.MAYBE


def is_filed_under_another(entry: Entry) -> bool:
    """r2: words on the contact name POH-GGZ, while it names a GP, a POH, a nurse or nobody."""
    return entry.names_poh_ggz and all(each in MAYBE_FILED_UNDER for each in entry.who)


def who_counts(entry: Entry, criterion: str, r: Readings) -> Told:
    """Whether the profession is one of the criterion's."""
    if is_filed_under_another(entry):
        return (Answer.MAYBE, {"profession_to_confirm"}) if criterion == C2 else NO
    if not entry.who:
        return _nobody(entry, criterion)
    answers = {one_profession(each, entry, criterion, r) for each in entry.who}
    if answers == {Answer.YES}:
        return YES
    return NO if answers == {Answer.NO} else (Answer.MAYBE, {"profession_to_confirm"})


def _nobody(entry: Entry, criterion: str) -> Told:
    """Without a usable role the place tells what is left open; lost or unreadable is no answer."""
    if entry.is_unreadable or entry.is_lost:
        return Answer.MAYBE, set()
    if entry.is_no_session_code and entry.place is not Place.THERAPY_PRACTICE:
        return NO
    if entry.is_admission and criterion == C1:
        return NO
    if criterion in LEFT_OPEN[entry.place]:
        return Answer.MAYBE, {"unmapped_role"}
    return NO


def where_counts(entry: Entry, criterion: str, r: Readings) -> Told:
    """The table of places, with its readings."""
    if entry.place is Place.REHABILITATION:
        return NO
    if entry.place is Place.ABROAD:
        if entry.is_admission and criterion == C1 and r["hospital-allied-health"] == "not":
            return NO
        return _maybe(ANSWER_OF[r["abroad"]], "setting_abroad")
    if entry.place in INSTITUTIONS or entry.is_admission:
        return ANSWER_OF[r[_of_institutions(criterion)]], set()
    is_unknown = entry.place is Place.UNKNOWN and not (entry.is_lost or entry.is_unreadable)
    if is_unknown and (criterion == C1 or r["secondary-care"] == "not"):
        return _maybe(ANSWER_OF[r["setting-unknown"]], "setting_unknown")
    return YES


def _of_institutions(criterion: str) -> str:
    return "hospital-allied-health" if criterion == C1 else "secondary-care"


def is_place_of_evidence(entry: Entry, criterion: str, r: Readings) -> bool:
    """A2, r2: where that care counts for the criterion; an unknown place or one abroad is one."""
    if entry.place is Place.REHABILITATION or entry.is_lost:
        return False
    if entry.place in INSTITUTIONS or entry.is_admission:
        return r[_of_institutions(criterion)] == "counts"
    return True


def _maybe(answer: Answer, cause: str) -> Told:
    return answer, {cause} if answer is Answer.MAYBE else set()


DISCIPLINE_OF = {
    Who.PHYSIO: "physiotherapy",
    Who.EXERCISE: "exercise therapy",
    Who.ERGO: "occupational therapy",
    Who.PSYCHOSOMATIC_PHYSIO: "physiotherapy",
    Who.PSYCHOSOMATIC_EXERCISE: "exercise therapy",
    Who.PSYCHOSOMATIC_ERGO: "occupational therapy",
    Who.PSYCHOLOGIST: "psychology",
    Who.POH_GGZ: "POH-GGZ",
    Who.POH: "POH-GGZ",  # it counts only if that is what it was
}


def disciplines(entry: Entry, criterion: str, r: Readings) -> frozenset[str]:
    """C1: of which disciplines the contact can be, as far as they serve the criterion."""
    if is_filed_under_another(entry):
        return frozenset({"POH-GGZ"})
    if not entry.who:
        return frozenset({f"nobody usable: {entry.practitioner or entry.source}"})
    names: set[str] = set()
    for who in entry.who:
        if one_profession(who, entry, criterion, r) is Answer.NO:
            continue
        if who is Who.PSYCHOSOMATIC:
            # A7: it is given by one of the three, and the record does not say by which
            names |= {"physiotherapy", "exercise therapy", "occupational therapy"}
        elif who is Who.GGZ_NURSE and entry.place is Place.GP_PRACTICE:
            names.add("POH-GGZ")
        else:
            names.add(DISCIPLINE_OF.get(who, who.value))
    return frozenset(names)
