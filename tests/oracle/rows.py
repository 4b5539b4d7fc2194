"""Rows of the scenario table in the words of the second reading, without FHIR and the domain.

What belongs to the reading of resources is decided here by hand, by the text of the policy: roles
valid on the day, the place that wins, periods that are courses, what the words of a kind say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tests.builders.scenario_rows import Scenario
from tests.builders.scenario_tokens import ForeignContacts, SessionToken, When, WhenShape
from tests.oracle.entries import (
    Case,
    Days,
    Entry,
    Kind,
    Missing,
    Place,
    Reason,
    Resource,
    Status,
    Who,
    Whose,
)
from tests.oracle.readings import LOOKBACK_YEARS
from tests.oracle.second_reading import years_before

PREFETCH_MARGIN: Final = timedelta(days=31)
NOT_OURS: Final = {"other", "other_rehab", "other_note"}

WHO: Final[dict[str, set[Who]]] = {
    "physio": {Who.PHYSIO},
    "child_physio": {Who.PHYSIO},
    "pelvic_physio": {Who.PHYSIO},
    "manual_therapist": {Who.PHYSIO},
    "fall_prevention": {Who.PHYSIO, Who.OTHER},
    "lifestyle_coach": {Who.OTHER},
    "exercise": {Who.EXERCISE},
    "ergo": {Who.ERGO},
    "psychosomatic_physio": {Who.PSYCHOSOMATIC_PHYSIO},
    "psychosomatic_exercise": {Who.PSYCHOSOMATIC_EXERCISE},
    "psychosomatic_ergo": {Who.ERGO, Who.PSYCHOSOMATIC_ERGO},
    "psychosomatic_manual": {Who.PHYSIO, Who.PSYCHOSOMATIC_PHYSIO},
    "psychologist": {Who.PSYCHOLOGIST},
    "clinical_psychologist": {Who.PSYCHOLOGIST},
    "nip_psychologist": {Who.PSYCHOLOGIST},
    "poh_ggz": {Who.POH_GGZ},
    "psychotherapist": {Who.PSYCHOTHERAPIST},
    "psychiatrist": {Who.PSYCHIATRIST},
    "spv": {Who.GGZ_NURSE},
    "ggz_nurse": {Who.GGZ_NURSE},
    "nurse_specialist_ggz": {Who.GGZ_NURSE},
    "nurse": {Who.NURSE},
    "poh": {Who.POH},
    "gp": {Who.GP},
    "poh_s": {Who.OTHER},
    "basisarts": {Who.OTHER},
    "haptotherapist": {Who.OTHER},
    "support": {Who.OTHER},  # 2.4, Which profession, 6
    "patient": {Who.OTHER},
    "unmapped": set(),
    "bare": set(),
    "unreadable": set(),
}
CODES: Final = {"physio": Who.PHYSIO, "ergo": Who.ERGO, "psychologist": Who.PSYCHOLOGIST}
PLACES: Final = {
    "gppractice": Place.GP_PRACTICE,
    "therapypractice": Place.THERAPY_PRACTICE,
    "psychpractice": Place.PSYCHOLOGY_PRACTICE,
    "healthcentre": Place.FIRST_LINE,
    "hospital": Place.HOSPITAL,
    "department": Place.HOSPITAL,  # r2: what it is part of decides
    "ggz": Place.GGZ,
    "rehab": Place.REHABILITATION,
    "rehabteam": Place.REHABILITATION,
    "nursinghome": Place.LONG_TERM,
    "abroad": Place.ABROAD,
    "unknown": Place.UNKNOWN,
}
OWN_PLACE: Final = {
    **dict.fromkeys(
        ("psychologist", "clinical_psychologist", "nip_psychologist"), Place.PSYCHOLOGY_PRACTICE
    ),
    **dict.fromkeys(("psychotherapist", "psychiatrist"), Place.PSYCHOLOGY_PRACTICE),
    **dict.fromkeys(("poh_ggz", "poh_s", "poh", "spv", "ggz_nurse"), Place.GP_PRACTICE),
    **dict.fromkeys(("nurse_specialist_ggz", "nurse", "gp", "basisarts"), Place.GP_PRACTICE),
    "haptotherapist": Place.OTHER_PRACTICE,
    "unmapped": Place.FIRST_LINE,
    "bare": Place.FIRST_LINE,
}
"""What `primary` means; for every other role a therapy practice."""
KINDS: Final = {
    "group": Kind.GROUP,
    "tele": Kind.REMOTE,
    "phone": Kind.REMOTE,
    "virtual": Kind.REMOTE,
    "intake": Kind.INTAKE,
    "screening": Kind.SCREENING,
    "econsult": Kind.ASYNCHRONOUS,
    "memo": Kind.NOTE,
    "kindunclear": Kind.UNCLEAR,
}
STATUSES: Final = {
    **dict.fromkeys(("finished", "completed", "attested"), Status.TOOK_PLACE),
    "unknown": Status.UNKNOWN,
    **dict.fromkeys(("in-progress", "arrived", "stopped", "onleave"), Status.OPEN),
    **dict.fromkeys(("planned", "booked"), Status.PLANNED),
}
ONE_TIME_CONSULT: Final = {
    "one_time_consult",
    "adviesconsult",
    "expertconsult",
    "once_consult",
    "meekijkconsult",
}
INDICATIONS: Final = {
    **dict.fromkeys(
        (
            "chronic_pain",
            "text_pain",
            "pain_and_other",
            "order_text",
            "review_text_pain",
            "word_pain",
            "pain_after_other",
            "icpc_pain",
            "display_pain",
        ),
        "pain",
    ),
    **dict.fromkeys(
        (
            "none",
            "review",
            "review_and_other",
            "unlisted",
            "unlisted_and_other",
            "word_unknown",
            "icpc_unknown",
        ),
        "unknown",
    ),
    **dict.fromkeys(("exclude", "other", "word_not_pain", "icpc_other", "display_other"), "other"),
}
CANCELLED_WORDS: Final = (
    "afgezegd", "afgebeld", "geannuleerd", "verzet", "niet verschenen", "niet nagekomen",
    "niet gekomen", "niet bereikt", "wegblijver", "no-show", "did not attend", "missed",
    "cancelled",
)  # fmt: skip
PROGRAMME_WORDS: Final = (
    "fysiofitness", "medische fitness", "gli", "leefstijlinterventie", "beweegprogramma",
    "valpreventie",
)  # fmt: skip
NOTE_WORDS: Final = (
    "rapportage", "verslag", "eindverslag", "brief", "ontslagbrief", "verwijsbrief", "overleg",
    "administratie", "administratief", "dossier", "bericht", "herhaalrecept",
)  # fmt: skip
TREATMENT_WORDS: Final = (
    "behandeling", "zitting", "sessie", "consult", "treatment", "therapy", "session",
)  # fmt: skip
CHAPTERS_OF_SOMETHING_ELSE: Final = "BDFHKRSTUXY"
SOMATIC_CHAPTERS: Final = "ABDFHKLNRSTUWXY"


@dataclass(frozen=True)
class Told:
    """A row in the words of the second reading."""

    entries: tuple[Entry, ...]
    case: Case


def told(row: Scenario) -> Told:
    """A row as the second reading takes it; not for an order that is not ours."""
    missing = _missing(row)
    names_pain = row.referral_kind == "pain_rehab_words"  # D7: the order's own words add pain
    return Told(
        entries=() if row.flags.is_unreachable else tuple(_entries(row)),
        case=Case(
            day=date.fromisoformat(row.referral_date),
            born=None if missing.patient else _born(row.birth_date),
            is_deceased=bool(row.flags.deceased),
            is_one_time_consult=row.referral_kind in ONE_TIME_CONSULT,
            indication="pain" if names_pain else INDICATIONS[row.indication],
            missing=missing,
        ),
    )


def _entries(row: Scenario) -> Iterator[Entry]:
    found = [_entry(token, at, row) for at, token in enumerate(row.tokens)]
    if row.flags.is_linked:
        found = _linked(row.tokens, found)
    yield from found
    for foreign in row.flags.foreign:
        yield from _foreign(foreign)
    if row.flags.is_doubled:
        yield from found


def _entry(token: SessionToken, at: int, row: Scenario) -> Entry:
    if "unreadable" in token.roles:
        return Entry(f"Encounter/{at}", is_unreadable=True)
    resource = Resource.PROCEDURE if token.is_procedure else Resource.ENCOUNTER
    if token.is_stated:
        resource = Resource.STATEMENT
    days, is_course, has_no_end = when_it_was(token.when)
    window = Days(
        years_before(date.fromisoformat(row.referral_date), LOOKBACK_YEARS),
        date.fromisoformat(row.referral_date),
    )
    first_on, last_on = _ends(token.when) if token.is_stated else (None, None)
    kind, status = _kind_and_status(token)
    return Entry(
        source=f"{resource}/{at}",
        days=days,
        resource=resource,
        who=_who(token, row, days.overlap(window) if days else window),
        names_poh_ggz="poh-ggz" in token.type_text.lower(),
        practitioner="" if token.code and token.roles == ("bare",) else "+".join(token.roles),
        place=_place(token),
        is_admission=token.kind in ("inpatient", "partof"),
        kind=kind,
        status=status,
        whose=Whose.UNCLEAR if token.kind == "nosubject" else Whose.PATIENT,
        is_no_session_code=token.is_procedure and token.code == "other",
        is_course=is_course or token.is_stated,
        has_no_end=has_no_end,
        number=token.number,
        first_on=first_on,
        last_on=last_on,
        is_stated=token.is_stated,
        reason=reason_of(token),
        is_unreadable=token.is_modified,
    )


def reason_of(token: SessionToken) -> Reason:
    """A8, and 2.4 for a plain POH: what the coded reasons of a contact say together."""
    text = token.type_text.lower()
    codes = [each for each in token.reasons if re.fullmatch(r"[A-Z]\d\d(\.\d\d)?", each)]
    if "ggz" in text or "psych" in text or any(code[0] in "PZ" for code in codes):
        return Reason.MENTAL
    if not codes:
        return Reason.UNSAID
    is_only_codes = len(codes) == len(token.reasons)
    if is_only_codes and all(_is_something_else(code) for code in codes):
        return Reason.SOMETHING_ELSE
    return Reason.SOMATIC if all(code[0] in SOMATIC_CHAPTERS for code in codes) else Reason.UNSAID


def _is_something_else(code: str) -> bool:
    return code[0] in CHAPTERS_OF_SOMETHING_ELSE or code[:3] in ("N86", "N87", "N88")


def _kind_and_status(token: SessionToken) -> tuple[Kind, Status]:
    """C10, C11 and C18 by text; else by the kind and the status of the token."""
    kind = KINDS.get(token.kind, Kind.TREATMENT)
    status = STATUSES.get(token.status, Status.VOID)
    text = token.type_text.lower()
    if _has(text, CANCELLED_WORDS):
        return Kind.CANCELLED, status
    if _has(text, PROGRAMME_WORDS):
        return Kind.NOTE, status
    words = re.findall(r"[\w-]+", text)
    first_note = next((at for at, word in enumerate(words) if word in NOTE_WORDS), None)
    treatment = [at for at, word in enumerate(words) if word in TREATMENT_WORDS]
    if first_note is not None and not any(at < first_note for at in treatment):
        return Kind.NOTE, status
    return kind, status


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(re.search(rf"\b{re.escape(word)}\b", text) for word in words)


def _who(token: SessionToken, row: Scenario, days: Days | None) -> frozenset[Who]:
    """The roles valid on the days, and what the code of a Procedure adds (policy 2.4)."""
    if token.roles == ("patient",):
        return frozenset({Who.OTHER})  # Which profession, 6: home exercises, whatever the code
    roles = frozenset(
        who for role in token.roles for valid in _valid_roles(role, row, days) for who in WHO[valid]
    )
    named = CODES.get(token.code)
    if named is None:
        return roles
    return frozenset({named}) if not roles or named in roles else roles | {named}


def _valid_roles(role: str, row: Scenario, days: Days | None) -> Iterator[str]:
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
        if not period.holds(days):
            yield role


def _period(start: str, end: str) -> Days:
    first = date.fromisoformat(start) if start else date.min
    return Days(first, date.fromisoformat(end) if end else date.max)


def _place(token: SessionToken) -> Place:
    """The place of the contact, then the organisation of the role."""
    for level in (token.place, token.role_place):
        if level == "primary":
            return OWN_PLACE.get(token.roles[0], Place.THERAPY_PRACTICE)
        if level and PLACES[level] is not Place.UNKNOWN:
            return PLACES[level]
    return Place.UNKNOWN


def when_it_was(when: When) -> tuple[Days | None, bool, bool]:
    """The days, whether it is a course (B12), and whether there is no end (B11)."""
    match when.shape:
        case WhenShape.UNKNOWN:
            return None, False, False
        case WhenShape.MONTH:
            return days_of(when.start), False, False
        case WhenShape.START_ONLY:
            return days_of(when.start), False, True
        case WhenShape.PERIOD:
            first, last = days_of(when.start), days_of(when.end)
            if first != last and _lasts_more_than_a_day(when):
                return Days(first.first, last.last), True, False
            return first, False, False
    return days_of(when.start), False, False


def _ends(when: When) -> tuple[Days | None, Days | None]:
    if when.shape is not WhenShape.PERIOD:
        return None, None
    return days_of(when.start), days_of(when.end)


def days_of(text: str) -> Days:
    """A day, an instant as its day in Amsterdam (B6), a month, or a year."""
    if "T" in text:
        return Days.on(datetime.fromisoformat(text).astimezone(ZoneInfo("Europe/Amsterdam")).date())
    parts = [int(part) for part in text.split("-")]
    match parts:
        case [year]:
            return Days(date(year, 1, 1), date(year, 12, 31))
        case [year, month]:
            first = date(year, month, 1)
            following = (first + timedelta(days=32)).replace(day=1)
            return Days(first, following - timedelta(days=1))
    return Days.on(date.fromisoformat(text))


def _lasts_more_than_a_day(when: When) -> bool:
    if "T" not in when.start:
        return True
    lasts = datetime.fromisoformat(when.end) - datetime.fromisoformat(when.start)
    return lasts > timedelta(hours=24)


def _linked(tokens: tuple[SessionToken, ...], found: list[Entry]) -> list[Entry]:
    """A Procedure takes the date of its Encounter, the Encounter the role of its Procedure (C4)."""
    linked = list(found)
    for at, token in enumerate(tokens):
        if not token.is_procedure:
            continue
        encounter, procedure = linked[at - 1], linked[at]
        linked[at] = replace(procedure, days=procedure.days or encounter.days)
        if not encounter.who:
            linked[at - 1] = replace(encounter, who=procedure.who)
    return linked


def _foreign(foreign: ForeignContacts) -> Iterator[Entry]:
    first = date.fromisoformat(foreign.start)
    for at in range(foreign.number):
        yield Entry(
            source=f"Encounter/foreign-{at}",
            days=Days.on(first + timedelta(days=at * foreign.step)),
            who=frozenset(WHO[foreign.role]),
            place=OWN_PLACE.get(foreign.role, Place.THERAPY_PRACTICE),
            whose=Whose.SOMEBODY_ELSE,
        )


def _missing(row: Scenario) -> Missing:
    flags = row.flags
    if flags.is_unreachable:
        return Missing(encounters=True, procedures=True, everything=True)
    is_late = bool(flags.today) and _is_not_covered(row)
    is_remark_of_gap = bool(flags.remark) and flags.remark != "4101"
    is_encounters = flags.partial in ("page", "both") or flags.is_cut or bool(flags.self_link)
    return Missing(
        patient=flags.partial == "patient",
        encounters=is_encounters or is_remark_of_gap or is_late,
        procedures=flags.partial in ("procedures", "both") or is_late,
    )


def _is_not_covered(row: Scenario) -> bool:
    """B14: prefetch reaches back to today minus two years minus 31 days."""
    needed = years_before(date.fromisoformat(row.referral_date), LOOKBACK_YEARS)
    given = years_before(date.fromisoformat(row.flags.today), LOOKBACK_YEARS)
    return needed < given - PREFETCH_MARGIN


def _born(text: str) -> Days | None:
    """A birth date can be a year or a month only, or missing (D3)."""
    return days_of(text) if text else None
