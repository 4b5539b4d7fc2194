"""The list of doubtful contacts that decide: date, practice, and what is unclear.

The practice suffices; a name of a person stands only where the practice is unknown (policy 2.7).
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from cds_service.cards import phrases
from cds_service.cards.deciding import DecidingContact
from cds_service.cards.escaping import escaped
from cds_service.cards.wording import Wording
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact
from cds_service.domain.criteria import CriterionId

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
    """The key of the question; for option 2 alone it is: was this psychosomatic therapy."""
    if cause is Cause.PROFESSION_TO_CONFIRM and _is_for_option_2(deciding):
        return "profession_to_confirm:o2"
    return cause.value


def _is_for_option_2(deciding: DecidingContact) -> bool:
    return deciding.profession_for == {CriterionId.PSYCHOSOMATIC_THERAPY}
