"""Rows of the scenario table as values of the domain: what a perfect mapping would state.

So the table holds the rule to its word without FHIR. What belongs to the mapping is decided here
by hand, a second time: roles valid on the day, the place that wins, periods that are courses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cds_service.domain.assessment import Completeness, RecordPart
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    ProcedureMeaning,
    Profession,
    Subject,
)
from cds_service.domain.lookback import DayRange, LookbackPeriod
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind
from tests.builders.scenario_rows import Scenario
from tests.builders.scenario_tokens import ForeignContacts, SessionToken, When, WhenShape

P = Profession
S = CareSetting
PREFETCH_MARGIN: Final = timedelta(days=31)

PROFESSIONS: Final[dict[str, frozenset[Profession]]] = {
    "physio": frozenset({P.PHYSIOTHERAPIST}),
    "child_physio": frozenset({P.PHYSIOTHERAPIST}),
    "pelvic_physio": frozenset({P.PHYSIOTHERAPIST}),
    "manual_therapist": frozenset({P.PHYSIOTHERAPIST}),
    "fall_prevention": frozenset({P.PHYSIOTHERAPIST, P.OTHER}),
    "lifestyle_coach": frozenset({P.OTHER}),
    "exercise": frozenset({P.EXERCISE_THERAPIST}),
    "ergo": frozenset({P.OCCUPATIONAL_THERAPIST}),
    "psychosomatic_physio": frozenset({P.PSYCHOSOMATIC_PHYSIOTHERAPIST}),
    "psychosomatic_exercise": frozenset({P.PSYCHOSOMATIC_EXERCISE_THERAPIST}),
    "psychosomatic_ergo": frozenset(
        {P.OCCUPATIONAL_THERAPIST, P.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST}
    ),
    "psychosomatic_manual": frozenset({P.PHYSIOTHERAPIST, P.PSYCHOSOMATIC_PHYSIOTHERAPIST}),
    "psychologist": frozenset({P.PSYCHOLOGIST}),
    "clinical_psychologist": frozenset({P.PSYCHOLOGIST}),
    "nip_psychologist": frozenset({P.PSYCHOLOGIST}),
    "poh_ggz": frozenset({P.PRACTICE_NURSE_GGZ}),
    "psychotherapist": frozenset({P.PSYCHOTHERAPIST}),
    "psychiatrist": frozenset({P.PSYCHIATRIST}),
    "spv": frozenset({P.MENTAL_HEALTH_NURSE}),
    "ggz_nurse": frozenset({P.MENTAL_HEALTH_NURSE}),
    "nurse_specialist_ggz": frozenset({P.MENTAL_HEALTH_NURSE}),
    "nurse": frozenset({P.NURSE}),
    "poh": frozenset({P.PRACTICE_NURSE}),
    "gp": frozenset({P.OTHER}),
    "poh_s": frozenset({P.OTHER}),
    "basisarts": frozenset({P.OTHER}),
    "haptotherapist": frozenset({P.OTHER}),
    "support": frozenset({P.OTHER}),  # of the practice, by name
    "patient": frozenset({P.OTHER}),  # home exercises
    "unmapped": frozenset(),
    "bare": frozenset(),
    "unreadable": frozenset(),
}
CODES: Final = {
    "physio": P.PHYSIOTHERAPIST,
    "ergo": P.OCCUPATIONAL_THERAPIST,
    "psychologist": P.PSYCHOLOGIST,
}
LEVELS: Final = {
    "gppractice": S.GP_PRACTICE,
    "therapypractice": S.THERAPY_PRACTICE,
    "psychpractice": S.PSYCHOLOGY_PRACTICE,
    "healthcentre": S.PRIMARY_CARE,
    "hospital": S.HOSPITAL,
    "department": S.HOSPITAL,  # what it is part of decides
    "ggz": S.MENTAL_HEALTH_INSTITUTION,
    "rehab": S.REHABILITATION_CENTRE,
    "rehabteam": S.REHABILITATION_CENTRE,
    "nursinghome": S.LONG_TERM_CARE,
    "abroad": S.ABROAD,
    "unknown": S.UNKNOWN,
}
OWN_PRACTICE: Final = {
    "psychologist": S.PSYCHOLOGY_PRACTICE,
    "clinical_psychologist": S.PSYCHOLOGY_PRACTICE,
    "nip_psychologist": S.PSYCHOLOGY_PRACTICE,
    "psychotherapist": S.PSYCHOLOGY_PRACTICE,
    "psychiatrist": S.PSYCHOLOGY_PRACTICE,
    "poh_ggz": S.GP_PRACTICE,
    "poh_s": S.GP_PRACTICE,
    "poh": S.GP_PRACTICE,
    "spv": S.GP_PRACTICE,
    "ggz_nurse": S.GP_PRACTICE,
    "nurse_specialist_ggz": S.GP_PRACTICE,
    "nurse": S.GP_PRACTICE,
    "gp": S.GP_PRACTICE,
    "basisarts": S.GP_PRACTICE,
    "haptotherapist": S.OTHER_PRACTICE,
    "unmapped": S.PRIMARY_CARE,
    "bare": S.PRIMARY_CARE,
}
"""What `primary` means; for every other role a therapy practice."""
KINDS: Final = {
    "group": ContactKind.GROUP,
    "tele": ContactKind.REMOTE,
    "phone": ContactKind.REMOTE,
    "virtual": ContactKind.REMOTE,
    "intake": ContactKind.INTAKE,
    "screening": ContactKind.SCREENING,
    "econsult": ContactKind.ASYNCHRONOUS,
    "memo": ContactKind.NOTE,
    "kindunclear": ContactKind.UNCLEAR,
}
STATUSES: Final = {
    "finished": ContactStatus.TOOK_PLACE,
    "completed": ContactStatus.TOOK_PLACE,
    "attested": ContactStatus.TOOK_PLACE,
    "unknown": ContactStatus.UNKNOWN,
    "in-progress": ContactStatus.OPEN,
    "arrived": ContactStatus.OPEN,
    "stopped": ContactStatus.OPEN,
    "onleave": ContactStatus.OPEN,
    "planned": ContactStatus.PLANNED,
    "booked": ContactStatus.PLANNED,
}
REFERRAL_KINDS: Final = {
    "imsr": ReferralKind.IMSR,
    "unclear": ReferralKind.UNCLEAR,
    "advice_only": ReferralKind.UNCLEAR,
    "both_words": ReferralKind.UNCLEAR,
    "one_time_consult": ReferralKind.ONE_TIME_CONSULT,
    "adviesconsult": ReferralKind.ONE_TIME_CONSULT,
    "expertconsult": ReferralKind.ONE_TIME_CONSULT,
    "once_consult": ReferralKind.ONE_TIME_CONSULT,
    "meekijkconsult": ReferralKind.ONE_TIME_CONSULT,
    "bare_consult": ReferralKind.UNCLEAR,
    "rehab_words": ReferralKind.UNCLEAR,
    "pain_rehab_words": ReferralKind.UNCLEAR,
}
"""Without `other...`: an order that is no referral to rehabilitation never reaches the domain."""
INDICATIONS: Final = {
    "chronic_pain": Indication.PAIN,
    "text_pain": Indication.PAIN,
    "pain_and_other": Indication.PAIN,
    "order_text": Indication.PAIN,
    "review_text_pain": Indication.PAIN,
    "word_pain": Indication.PAIN,
    "pain_after_other": Indication.PAIN,
    "icpc_pain": Indication.PAIN,
    "display_pain": Indication.PAIN,
    "none": Indication.UNKNOWN,
    "review": Indication.UNKNOWN,
    "review_and_other": Indication.UNKNOWN,
    "exclude": Indication.OTHER,
    "other": Indication.OTHER,
    "word_not_pain": Indication.OTHER,
    "icpc_other": Indication.OTHER,
    "display_other": Indication.OTHER,
    "unlisted": Indication.UNKNOWN,
    "unlisted_and_other": Indication.UNKNOWN,
    "word_unknown": Indication.UNKNOWN,
    "icpc_unknown": Indication.UNKNOWN,
}
GAPS: Final = {
    "": frozenset[RecordPart](),
    "procedures": frozenset({RecordPart.PROCEDURES}),
    "page": frozenset({RecordPart.ENCOUNTERS}),
    "both": frozenset({RecordPart.ENCOUNTERS, RecordPart.PROCEDURES}),
    "patient": frozenset({RecordPart.PATIENT}),
}


@dataclass(frozen=True, slots=True)
class Story:
    """A row in the words of the domain."""

    contacts: tuple[Contact, ...]
    referral: Referral
    person: Person
    completeness: Completeness


def story(row: Scenario) -> Story:
    """A row as the values that are counted and judged."""
    completeness = _completeness(row)
    is_known = RecordPart.PATIENT not in completeness.gaps
    person = Person(_born(row.birth_date), bool(row.flags.deceased)) if is_known else Person()
    return Story(
        contacts=() if row.flags.is_unreachable else contacts_of(row),
        referral=Referral(
            order="ServiceRequest/draft-1",
            date=date.fromisoformat(row.referral_date),
            kind=REFERRAL_KINDS[row.referral_kind],
            indication=_indication(row),
        ),
        person=person,
        completeness=completeness,
    )


def _indication(row: Scenario) -> Indication:
    """The order's own words can add pain (policy D7)."""
    names_pain = row.referral_kind == "pain_rehab_words"
    return Indication.PAIN if names_pain else INDICATIONS[row.indication]


def contacts_of(row: Scenario) -> tuple[Contact, ...]:
    """The contacts of a row."""
    window = LookbackPeriod.before(date.fromisoformat(row.referral_date), years=2)
    found = [_contact(token, at, row, window) for at, token in enumerate(row.tokens)]
    if row.flags.is_linked:
        found = _linked(row.tokens, found)
    found += [each for foreign in row.flags.foreign for each in _foreign(foreign)]
    return tuple(found * 2 if row.flags.is_doubled else found)


def _contact(token: SessionToken, at: int, row: Scenario, window: DayRange) -> Contact:
    if "unreadable" in token.roles:
        unreadable = frozenset({Cause.RESOURCE_UNREADABLE})
        return Contact(source=f"Encounter/{at}", days=None, doubts=unreadable)
    days, is_course, has_open_end = _when(token.when)
    professions = _professions(token, row, days.overlap(window) if days else window)
    code_is_other = token.code == "other"
    meaning = ProcedureMeaning.ANOTHER if code_is_other else ProcedureMeaning.SESSION
    begins, ends = _vague_ends(token)
    return Contact(
        source=f"{'Procedure' if token.is_procedure else 'Encounter'}/{at}",
        days=days,
        professions=professions,
        practitioner="" if token.code and token.roles == ("bare",) else "+".join(token.roles),
        setting=_place(token),
        is_inpatient=token.kind in {"inpatient", "partof"},
        kind=_kind(token),
        status=STATUSES.get(token.status, ContactStatus.VOID),
        subject=Subject.UNCLEAR if token.kind == "nosubject" else Subject.THIS_PATIENT,
        procedure=meaning if token.is_procedure else ProcedureMeaning.NO_PROCEDURE,
        is_course=is_course or token.is_stated,
        has_open_end=has_open_end,
        sessions=token.number,
        is_stated=token.is_stated,
        begins=begins,
        ends=ends,
        has_other_reason=_has_other_reason(token),
        has_somatic_reason=_has_somatic_reason(token),
        doubts=frozenset({Cause.RESOURCE_UNREADABLE}) if token.is_modified else frozenset(),
    )


_CANCELLED = re.compile(r"\b(afgezegd|niet verschenen|no-show)\b")
_NO_TREATMENT = re.compile(
    r"\b(gli|fysiofitness|medische fitness|overleg|administratief|eindverslag|rapportage|"
    r"verslag|brief|valpreventie)\b"
)
_TREATMENT = re.compile(r"\b(behandeling|zitting|sessie|consult|treatment|therapy|session)\b")


def _kind(token: SessionToken) -> ContactKind:
    """By the text of the kind where there is one (policy C10, C11, C18), else by the row's word."""
    text = token.type_text.lower()
    if _CANCELLED.search(text):
        return ContactKind.CANCELLED
    note, treatment = _NO_TREATMENT.search(text), _TREATMENT.search(text)
    if note and (treatment is None or note.start() < treatment.start()):
        return ContactKind.NOTE
    return KINDS.get(token.kind, ContactKind.TREATMENT)


def _has_other_reason(token: SessionToken) -> bool:
    """Every reason is a code of a chapter that is certainly something else (policy A8)."""
    return bool(token.reasons) and all(
        re.fullmatch(r"([BDFHKRSTUXY]\d\d|N8[678])(\.\d\d)?", each) for each in token.reasons
    )


def _has_somatic_reason(token: SessionToken) -> bool:
    """Only coded reasons of somatic chapters, and no word on mental care (policy 2.4)."""
    codes = [each for each in token.reasons if re.fullmatch(r"[A-Z]\d\d(\.\d\d)?", each)]
    names_mental_care = re.search("ggz|psych", token.type_text.lower())
    is_somatic = all(code[0] in "ABDFHKLNRSTUWXY" for code in codes)
    return bool(codes) and is_somatic and not names_mental_care


def _vague_ends(token: SessionToken) -> tuple[DayRange | None, DayRange | None]:
    """The days on which stated care can have begun and ended, where one is no full date."""
    if not token.is_stated or token.when.shape is not WhenShape.PERIOD:
        return None, None
    begins, ends = _days(token.when.start), _days(token.when.end)
    return (None, None) if begins.is_exact and ends.is_exact else (begins, ends)


_FILES_FOR_OTHERS = {"gp", "poh", "nurse", "bare", "unmapped"}


def _professions(token: SessionToken, row: Scenario, days: DayRange | None) -> frozenset[P]:
    """The roles valid on the days, and what the code of a Procedure adds (policy 2.4)."""
    if token.roles == ("patient",):
        return PROFESSIONS["patient"]  # whatever the code
    if "poh-ggz" in token.type_text.lower() and set(token.roles) <= _FILES_FOR_OTHERS:
        return frozenset({P.PRACTICE_NURSE_GGZ, P.OTHER})
    roles = frozenset(
        profession
        for role in token.roles
        for each in _valid_roles(role, row, days)
        for profession in PROFESSIONS[each]
    )
    named = CODES.get(token.code)
    if named is None:
        return roles
    return frozenset({named}) if not roles or named in roles else roles | {named}


def _valid_roles(role: str, row: Scenario, days: DayRange | None) -> Iterator[str]:
    """The role and the other ones of its holder that are valid on one of the days."""
    periods = [
        (also.other, _period(also.start, also.end))
        for also in row.flags.also_roles
        if also.role == role
    ]
    if not periods or days is None:
        yield role
        return
    for other, period in periods:
        if period.overlap(days):
            yield other
        if not period.contains(days):
            yield role


def _period(start: str, end: str) -> DayRange:
    return DayRange(
        date.fromisoformat(start) if start else date.min,
        date.fromisoformat(end) if end else date.max,
    )


def _place(token: SessionToken) -> CareSetting:
    """The place of the contact, then the organisation of the role."""
    for level in (token.place, token.role_place):
        if level == "primary":
            return OWN_PRACTICE.get(token.roles[0], S.THERAPY_PRACTICE)
        if level and LEVELS[level] is not S.UNKNOWN:
            return LEVELS[level]
    return S.UNKNOWN


def _when(when: When) -> tuple[DayRange | None, bool, bool]:
    """The days, whether it is a course (policy B12), and whether the end is open (B11)."""
    if when.shape is WhenShape.UNKNOWN:
        return None, False, False
    if when.shape is WhenShape.MONTH:
        return _days(when.start), False, False
    if when.shape is WhenShape.START_ONLY:
        return DayRange.on(_day(when.start)), False, True
    if when.shape is WhenShape.PERIOD:
        first, last = _days(when.start), _days(when.end)
        if first != last and _lasts_more_than_a_day(when):
            return DayRange(first.first, last.last), True, False
        return first, False, False
    return DayRange.on(_day(when.start)), False, False


def _day(text: str) -> date:
    """The calendar day in Amsterdam (policy B6)."""
    if "T" not in text:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text).astimezone(ZoneInfo("Europe/Amsterdam")).date()


def _days(text: str) -> DayRange:
    """A day, an instant, a month, or a year."""
    if "T" in text or len(text) == len("2026-01-01"):
        return DayRange.on(_day(text))
    return _month(text) if "-" in text else DayRange(date(int(text), 1, 1), date(int(text), 12, 31))


def _lasts_more_than_a_day(when: When) -> bool:
    if "T" not in when.start:
        return True
    lasts = datetime.fromisoformat(when.end) - datetime.fromisoformat(when.start)
    return lasts > timedelta(hours=24)


def _month(text: str) -> DayRange:
    first = date.fromisoformat(f"{text}-01")
    following = (first + timedelta(days=32)).replace(day=1)
    return DayRange(first, following - timedelta(days=1))


def _linked(tokens: tuple[SessionToken, ...], found: list[Contact]) -> list[Contact]:
    """A Procedure takes the date of its Encounter, the Encounter the role of its Procedure (C4)."""
    linked = list(found)
    for at, token in enumerate(tokens):
        if not token.is_procedure:
            continue
        encounter, procedure = linked[at - 1], linked[at]
        linked[at] = procedure.but(days=procedure.days or encounter.days)
        if not encounter.professions:
            linked[at - 1] = encounter.but(professions=procedure.professions)
    return linked


def _foreign(foreign: ForeignContacts) -> Iterator[Contact]:
    first = date.fromisoformat(foreign.start)
    for at in range(foreign.number):
        yield Contact(
            source=f"Encounter/foreign-{at}",
            days=DayRange.on(first + timedelta(days=at * foreign.step)),
            professions=PROFESSIONS[foreign.role],
            setting=OWN_PRACTICE.get(foreign.role, S.THERAPY_PRACTICE),
            subject=Subject.OTHER_PATIENT,
        )


def _completeness(row: Scenario) -> Completeness:
    if row.flags.is_unreachable:
        return Completeness(GAPS["both"], is_unavailable=True)
    gaps = GAPS[row.flags.partial]
    flags = row.flags
    if flags.is_cut or flags.self_link or flags.remark not in {"", "4101"}:
        gaps |= {RecordPart.ENCOUNTERS}
    if row.flags.today and _is_not_covered(row):
        gaps |= GAPS["both"]
    return Completeness(gaps)


def _is_not_covered(row: Scenario) -> bool:
    """Policy B14: prefetch reaches back to today minus two years minus 31 days."""
    needed = LookbackPeriod.before(date.fromisoformat(row.referral_date), years=2).first
    given = LookbackPeriod.before(date.fromisoformat(row.flags.today), years=2).first
    return needed < given - PREFETCH_MARGIN


def _born(text: str) -> DayRange | None:
    """A birth date can be a year or a month only, or missing (policy D3)."""
    parts = [int(part) for part in text.split("-") if part]
    match parts:
        case [year]:
            return DayRange(date(year, 1, 1), date(year, 12, 31))
        case [_, _]:
            return _month(text)
        case [_, _, _]:
            return DayRange.on(date.fromisoformat(text))
    return None
