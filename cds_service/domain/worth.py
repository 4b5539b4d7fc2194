"""What a contact is worth for a criterion: certain, possible, or not counted (policy 2.0).

Each part of a contact says that it never counts, that it is doubtful, or nothing
(:mod:`cds_service.domain.parts`), and a contact is as weak as its weakest part: one part that
never counts makes it not counted, else one doubtful part makes it possible.

A record has many contacts and few kinds of them. So what all criteria see alike is seen once for
contacts that say the same (`see_all`), and each criterion judges each kind once (`judge_all`).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import Circumstances, Contact, ContactStatus, Facts, Subject
from cds_service.domain.criteria import CriterionId, ReadingKey, ReferralCriteria
from cds_service.domain.ledger import (
    CriterionLedger,
    Judged,
    LedgerEntry,
    SeenContacts,
    Standing,
)
from cds_service.domain.lookback import DayRange, LookbackPeriod
from cds_service.domain.parts import (
    Part,
    is_place_of_evidence,
    of_kind,
    of_note,
    of_place,
    of_profession,
    of_reason,
    of_statement,
    of_status,
    of_subject,
    of_time,
)
from cds_service.domain.professions import Service, serving

_NO_CAUSES: frozenset[Cause] = frozenset()


# What all criteria see alike


def see_all(
    contacts: Iterable[Contact],
    lookback: LookbackPeriod,
    criteria: ReferralCriteria,
    *,
    is_explained: bool = True,
) -> tuple[SeenContacts, ...]:
    """Every contact as all criteria see it.

    Of contacts on one day that say the same, all before, in or after the window are seen alike.
    Not where a site deviates and that will be `explained`: the default is then seen too, in
    another window.
    """
    window = criteria.counting_days(lookback)
    first, last = window.first, window.last
    may_have_likes = not (is_explained and criteria.deviations)
    known: dict[tuple[int, int], SeenContacts] = {}
    found: list[SeenContacts] = []
    for contact in contacts:
        _, days, facts = contact
        if days is None or days.first != days.last or not may_have_likes:
            found.append(see(contact, window, criteria, lookback.last))
            continue
        when = -1 if days.last < first else 1 if days.first > last else 0
        key = (id(facts), when)
        seen = known.get(key)
        if seen is not None:
            seen.contacts.append(contact)
            continue
        seen = see(contact, window, criteria, lookback.last)
        if _has_likes(facts):
            seen = known[key] = seen._replace(is_by_day=seen.days is not None)
        found.append(seen)
    return tuple(found)


def _has_likes(facts: Facts) -> bool:
    """Whether what is seen of a contact on one day hangs on its facts and its side of the window.

    Not that of a course, of what may still be running, and of nobody that the record names.
    """
    is_named = bool(facts.professions or facts.practitioner)
    is_course = facts.is_course or facts.is_stated or facts.has_open_end
    is_planned = facts.status is ContactStatus.PLANNED  # then its day counts
    return (
        is_named and not (is_course or is_planned) and Cause.RESOURCE_UNREADABLE not in facts.doubts
    )


def see(
    contact: Contact, window: DayRange, criteria: ReferralCriteria, referral_day: date
) -> SeenContacts:
    """The parts of a contact that are the same for all criteria, in the order of policy 2.12.

    Example: a cancelled contact of three years ago is not counted because it was cancelled: that
    reason comes before the one that it lies outside the lookback.
    """
    sort = contact.circumstances
    if contact.subject is Subject.OTHER_PATIENT:
        return SeenContacts([contact], None, sort, Reason.OTHER_PATIENT)
    if _says_nothing(contact):
        # one contact at most, of any profession, on any day; no evidence of anything (C20)
        unreadable = frozenset({Cause.RESOURCE_UNREADABLE})
        return SeenContacts([contact], window, sort, None, unreadable)
    fact = _if_still_running(contact, window, criteria)
    parts = (
        of_subject(fact),
        of_status(fact, referral_day, criteria),
        of_note(fact),
        of_time(fact, window),
    )
    doubts = fact.doubts
    for part in parts:
        if part is None:
            continue
        if isinstance(part, Reason):
            # what a reading of the site leaves out is a trace of care all the same (policy A2)
            is_trace = part is Reason.EXCLUDED_BY_READING and not _later_reason(parts, part)
            evidence = is_trace and _can_be_evidence(contact, window, criteria)
            return SeenContacts([contact], None, sort, part, can_be_evidence=evidence)
        doubts |= {part}
    remarks, most = _number(fact, window)
    if fact.is_by_patient:
        doubts |= {Cause.NUMBER_UNCLEAR}
    if fact.begins and Cause.DATE_IMPRECISE not in doubts:
        remarks |= {Cause.DATE_IMPRECISE}
    return SeenContacts(
        [contact],
        _inside(fact.days, window),
        sort,
        None,
        doubts,
        remarks,
        fact.is_course,
        most,
        _can_be_evidence(contact, window, criteria),
    )


def _says_nothing(contact: Contact) -> bool:
    """Whether nothing of it could be read (C20); with an unknown modifier day or name remain."""
    is_unreadable = Cause.RESOURCE_UNREADABLE in contact.doubts
    return is_unreadable and contact.days is None and not contact.professions


def _later_reason(parts: tuple[Part, ...], first: Part) -> bool:
    return any(isinstance(part, Reason) and part is not first for part in parts)


def _inside(days: DayRange | None, window: DayRange) -> DayRange | None:
    """The days inside the window; all of it where there is no date."""
    if days is None:
        return window
    return days if window.contains(days) else days.overlap(window)


def _if_still_running(contact: Contact, window: DayRange, criteria: ReferralCriteria) -> Contact:
    """An open status without an end may be a course that runs up to the referral (policy B11).

    Only its start is known, so it is certain of nothing where that may lie outside the window.
    """
    if not contact.may_run:
        return contact
    if criteria.reading(ReadingKey.STATUS_OPEN) == "not":
        return contact
    if contact.days is None:
        doubts = contact.doubts | {Cause.DATE_IMPRECISE}
        return contact.but(days=window, is_course=True, doubts=doubts)
    doubts = contact.doubts
    if not contact.days.is_exact:
        doubts |= {Cause.DATE_IMPRECISE}
    if not window.contains(contact.days):
        doubts |= {Cause.COURSE_WITHOUT_NUMBER}
    last = max(contact.days.last, window.last)
    days = DayRange(contact.days.first, last)
    return contact.but(days=days, is_course=True, doubts=doubts)


def _number(contact: Contact, window: DayRange) -> tuple[frozenset[Cause], int | None]:
    """Policy B12 and 2.6: why the number inside the window is not known, and the most it can be."""
    if not contact.is_course:
        return _NO_CAUSES, 1
    if contact.sessions is None:
        is_stated = contact.is_stated
        doubt = Cause.NUMBER_UNCLEAR if is_stated else Cause.COURSE_WITHOUT_NUMBER
        return frozenset({doubt}), None
    inside = contact.days is not None and window.contains(contact.days)
    return _NO_CAUSES if inside else frozenset({Cause.NUMBER_UNCLEAR}), contact.sessions


def _can_be_evidence(contact: Contact, window: DayRange, criteria: ReferralCriteria) -> bool:
    """Certainly in the window, given, and this patient's; the criterion says who and where.

    Policy A2. The kind does not matter; what was cancelled, and a memo, never come here. A course
    need only overlap the window.
    """
    if contact.days is None or contact.subject is not Subject.THIS_PATIENT:
        return False
    if contact.status is ContactStatus.PLANNED or contact.is_by_patient:
        return False
    if contact.is_stated and criteria.reading(ReadingKey.STATED_CARE) == "not":
        return False
    if contact.begins and contact.ends:
        return contact.begins.last <= window.last and contact.ends.first >= window.first
    is_certain_course = contact.is_course and Cause.DATE_IMPRECISE not in contact.doubts
    return is_certain_course or window.contains(contact.days)


# What each criterion sees for itself


class _Worth(NamedTuple):
    """What every contact in the same circumstances is worth for one criterion."""

    reason: Reason | None  # why none of them counts
    doubts: frozenset[Cause]
    disciplines: frozenset[str]
    is_this_care: bool  # by somebody and at a place that are evidence of it (policy A2)


def judge_all(
    seen: Sequence[SeenContacts], criterion: CriterionId, criteria: ReferralCriteria
) -> list[Judged]:
    """Every contact as one criterion sees it, in the same order; those that are alike, once."""
    worths: dict[Circumstances, _Worth] = {}
    found: list[Judged] = []
    for each in seen:
        sort = each.circumstances
        worth = worths.get(sort)
        if worth is None:
            worth = worths[sort] = _worth(sort, criterion, criteria)
        entry = _entry(each, worth) if each.reason is None else _never(each, worth)
        found.append(Judged(entry, each))
    return found


def certain_as_read(ledger: CriterionLedger, criteria: ReferralCriteria) -> list[LedgerEntry]:
    """The certain contacts of a count that are certain too if the criterion asks something else.

    For a reading of the circumstances; one of days or of status changes more than this shows.
    """
    is_certain: dict[int, bool] = {}
    found: list[LedgerEntry] = []
    for entry in ledger.counting:
        if entry.standing is Standing.CERTAIN:
            facts = entry[0][2]
            is_so = is_certain.get(id(facts))
            if is_so is None:
                worth = _worth(entry.contact.circumstances, ledger.criterion.id, criteria)
                is_so = is_certain[id(facts)] = not worth.reason and not worth.doubts
            if is_so:
                found.append(entry)
    return found


def is_judged_alike(
    seen: Iterable[SeenContacts],
    criterion: CriterionId,
    one: ReferralCriteria,
    other: ReferralCriteria,
) -> bool:
    """Whether two readings of circumstances make the same of every sort of these contacts."""
    sorts = {each.circumstances for each in seen}
    return all(_worth(sort, criterion, one) == _worth(sort, criterion, other) for sort in sorts)


_MOST_KNOWN = 20_000  # sorts; a record has some tens


def _worth(sort: Circumstances, criterion: CriterionId, criteria: ReferralCriteria) -> _Worth:
    """What contacts of a sort are worth; the same sorts come again with every call."""
    known = criteria.known
    found: _Worth | None = known.get((criterion, sort))
    if found is None:
        if len(known) > _MOST_KNOWN:
            known.clear()
        found = known[criterion, sort] = _find_worth(sort, criterion, criteria)
    return found


def _find_worth(sort: Circumstances, criterion: CriterionId, criteria: ReferralCriteria) -> _Worth:
    service, disciplines = serving(sort, criterion, criteria)
    is_theirs = service is Service.YES and bool(sort.professions)
    is_this_care = is_theirs and is_place_of_evidence(sort, criterion, criteria)
    doubts = set()
    for part in (
        of_profession(sort, criterion, service),
        of_place(sort, criterion, criteria),
        of_kind(sort, criteria),
        of_reason(sort, criterion, criteria),
        of_statement(sort, criteria),
    ):
        if isinstance(part, Reason):  # the first that applies
            return _Worth(part, _NO_CAUSES, disciplines, is_this_care)
        if part is not None:
            doubts.add(part)
    return _Worth(None, frozenset(doubts), disciplines, is_this_care)


def _entry(seen: SeenContacts, worth: _Worth) -> LedgerEntry:
    """A contact that may count, if it is worth something here."""
    contact, causes = seen.contact, seen.causes
    if causes and _says_nothing(contact):
        own = frozenset({f"unmapped:{contact.source}"})
        return LedgerEntry(contact, seen.days, Standing.POSSIBLE, causes, None, own)
    disciplines = worth.disciplines
    if not contact.professions:
        disciplines = frozenset({f"unmapped:{contact.practitioner or contact.source}"})
    if worth.reason is not None:
        standing, causes = Standing.NOT_COUNTED, _NO_CAUSES
    else:
        causes |= worth.doubts
        standing = Standing.POSSIBLE if causes else Standing.CERTAIN
        if seen.remarks:
            causes |= seen.remarks
    return LedgerEntry(
        contact,
        seen.days,
        standing,
        causes,
        worth.reason,
        disciplines,
        False,  # noqa: FBT003 it lengthens only beside found care that is more (policy 2.6)
        seen.is_course,
        seen.most,
        seen.can_be_evidence and worth.is_this_care,
    )


def _never(seen: SeenContacts, worth: _Worth) -> LedgerEntry:
    return LedgerEntry(
        seen.contact,
        None,
        Standing.NOT_COUNTED,
        reason=seen.reason,
        disciplines=worth.disciplines,
        is_evidence=seen.can_be_evidence and worth.is_this_care,
    )


def explained(
    judged: list[Judged],
    criterion: CriterionId,
    lookback: LookbackPeriod,
    criteria: ReferralCriteria,
) -> list[Judged]:
    """The same contacts, where the site reads the policy otherwise held against the default.

    What counts by default and does not here says so (`excluded_by_reading`).
    """
    if not criteria.deviations:
        return judged
    published = criteria.as_published()
    seen = tuple(see(each.entry.contact, lookback, published, lookback.last) for each in judged)
    defaults = judge_all(seen, criterion, published)
    return [
        Judged(_by_the_site(each.entry, default.entry), each.seen)
        for each, default in zip(judged, defaults, strict=True)
    ]


def _by_the_site(entry: LedgerEntry, default: LedgerEntry) -> LedgerEntry:
    """A contact that does not count, held against the default readings."""
    if entry.standing is not Standing.NOT_COUNTED:
        return entry
    if default.standing is not Standing.NOT_COUNTED:
        return entry._replace(reason=Reason.EXCLUDED_BY_READING)
    is_said_of_site = entry.reason is Reason.EXCLUDED_BY_READING
    return default if is_said_of_site else entry
