"""The list of doubtful contacts that decide: date, practice, and what is unclear.

The practice suffices; a name of a person stands only where the practice is unknown (policy 2.7).
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from cds_service.cards import phrases
from cds_service.cards.deciding import DecidingContact
from cds_service.cards.escaping import escaped
from cds_service.cards.wording import Wording
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact, ContactStatus, Profession
from cds_service.domain.criteria import CriterionId
from cds_service.domain.professions import category

MOST_LINES = 5


def doubt_lines(deciding: Sequence[DecidingContact], wording: Wording) -> str:
    """At most five lines, then how many contacts are left.

    Contacts of one practice with one question share a line.
    """
    groups = list(_groups(deciding))
    lines = [_line(group, wording) for group in groups[:MOST_LINES]]
    if left := sum(len(group) for group in groups[MOST_LINES:]):
        lines.append(wording.say("parts.doubt_more", more=left))
    return "\n".join(lines)


class LeadingQuestion(NamedTuple):
    """What is asked of the largest group of doubtful contacts, and how many are left.

    `contacts` says how many they are and whom they were with: professions by their common name,
    and no name of a person or a practice.
    """

    contacts: str
    question: str
    cause: Cause
    number: int
    more: int


def leading_question(deciding: Sequence[DecidingContact], wording: Wording) -> LeadingQuestion:
    """Who and what, for a summary; of groups of one size the earliest."""
    groups: dict[Hashable, list[DecidingContact]] = defaultdict(list)
    for contact in deciding:
        groups[_who(contact), _first_cause(contact)].append(contact)
    largest = max(groups.values(), key=len)
    number, first = len(largest), largest[0]
    return LeadingQuestion(
        contacts=_contacts(first, number, wording),
        question=wording.say(f"questions.{_short_question(first)}", n=number),
        cause=_first_cause(first),
        number=number,
        more=len(deciding) - number,
    )


def _contacts(deciding: DecidingContact, number: int, wording: Wording) -> str:
    if Cause.RESOURCE_UNREADABLE in deciding.causes and not deciding.contact.professions:
        return wording.say("forms.entries_unread", n=number)
    who = _who(deciding)
    if who is None:
        return wording.say("forms.contacts_of_nobody", n=number)
    return wording.say("forms.contacts", n=number, who=wording.say(f"who.{who}"))


def _who(deciding: DecidingContact) -> str | None:
    """The profession by its common name; None where the record names none.

    Somebody with a specialisation is named without it, so that the question can ask for it, and
    no summary says psychiatrist or psychotherapist (policy 2.7).
    """
    professions = deciding.contact.professions
    if not professions:
        return None
    names = {_NAMES.get(each, str(category(each))) for each in professions - {Profession.OTHER}}
    return names.pop() if len(names) == 1 else "other"


_NAMES: dict[Profession, str] = {
    Profession.NURSE: "nurse",
    Profession.PRACTICE_NURSE: "practice-nurse",
    Profession.PRACTICE_NURSE_GGZ: "practice-nurse",  # to be confirmed: perhaps a plain one
    Profession.MENTAL_HEALTH_NURSE: "mental-health-nurse",
    Profession.PSYCHOTHERAPIST: "other",
    Profession.PSYCHIATRIST: "other",
    Profession.REMEDIAL_EDUCATIONALIST: "other",
    Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST: "physiotherapist",
    Profession.PSYCHOSOMATIC_EXERCISE_THERAPIST: "exercise-therapist",
    Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST: "occupational-therapist",
}


def _first_cause(deciding: DecidingContact) -> Cause:
    return next(cause for cause in Cause if cause in deciding.causes)


def _short_question(deciding: DecidingContact) -> str:
    cause = _first_cause(deciding)
    if cause is not Cause.PROFESSION_TO_CONFIRM:
        return cause.value
    if _is_for_option_2(deciding):
        return "profession_to_confirm:o2"
    if deciding.contact.professions & _NURSES:
        return "profession_to_confirm:nurse"
    is_psychology = deciding.contact.professions & _PSYCHOLOGY
    return "profession_to_confirm:psychology" if is_psychology else cause.value


_NURSES = frozenset(
    {
        Profession.NURSE,
        Profession.PRACTICE_NURSE,
        Profession.PRACTICE_NURSE_GGZ,
        Profession.MENTAL_HEALTH_NURSE,
    }
)
_PSYCHOLOGY = frozenset(
    {
        Profession.PSYCHOLOGIST,
        Profession.PSYCHOTHERAPIST,
        Profession.PSYCHIATRIST,
        Profession.REMEDIAL_EDUCATIONALIST,
    }
)


def _groups(deciding: Sequence[DecidingContact]) -> Iterator[list[DecidingContact]]:
    groups: dict[Hashable, list[DecidingContact]] = defaultdict(list)
    for each in deciding:
        groups[_shared(each)].append(each)
    yield from groups.values()


def _shared(deciding: DecidingContact) -> Hashable:
    """What contacts of one line have in common. A period keeps a line of its own."""
    contact = deciding.contact
    place = contact.practice or ("", contact.practitioner_name)
    question = (deciding.causes, _is_for_option_2(deciding))
    if contact.days is None:
        return place, question, "undated"
    return place, question, "" if contact.days.is_exact else contact.source


def _line(group: Sequence[DecidingContact], wording: Wording) -> str:
    contact = group[0].contact
    said = {"practice": practice(contact, wording), "doubt": doubt(group[0], wording)}
    ranges = [each.contact.days for each in group if each.contact.days]
    if not ranges:
        return wording.say("parts.doubt_undated", n=len(group), **said)
    said["first"] = phrases.day(min(days.first for days in ranges), wording)
    said["last"] = phrases.day(max(days.last for days in ranges), wording)
    if not ranges[0].is_exact:
        return wording.say("parts.doubt_course", **said)
    return wording.say("parts.doubt_line", n=len(group), **said)


def practice(contact: Contact, wording: Wording) -> str:
    """The practice; where it is unknown the therapist; where that is unknown too, just that."""
    if name := escaped(contact.practice):
        return name
    if name := escaped(contact.practitioner_name):
        return wording.say("forms.practitioner", name=name)
    return wording.say("forms.place_unknown")


def doubt(deciding: DecidingContact, wording: Wording) -> str:
    """What is unclear, in the order of policy 2.11."""
    return "; ".join(
        wording.say(f"causes.{_question(cause, deciding)}")
        for cause in Cause
        if cause in deciding.causes
    )


def _question(cause: Cause, deciding: DecidingContact) -> str:
    """The key of the question; of a profession it names the profession that is asked about."""
    contact = deciding.contact
    if cause is Cause.STATUS_OPEN and contact.status is ContactStatus.PLANNED:
        return "status_open:planned"
    if cause is not Cause.PROFESSION_TO_CONFIRM:
        return cause.value
    if _is_for_option_2(deciding):
        return "profession_to_confirm:o2"
    professions = contact.professions - {Profession.OTHER}
    asked = professions & (_NURSES | _PSYCHOLOGY)
    return f"{cause}:{next(iter(asked))}" if len(professions) == len(asked) == 1 else cause.value


def _is_for_option_2(deciding: DecidingContact) -> bool:
    return deciding.profession_for == {CriterionId.PSYCHOSOMATIC_THERAPY}
