"""What stands above the heading: whose record it is, and notices."""

from typing import NamedTuple

from cds_service.cards import phrases
from cds_service.cards.escaping import one_line
from cds_service.page.content import Notice, NoticeKind, PatientLabel
from cds_service.page.texts import Texts

_WARNINGS = frozenset(
    {
        NoticeKind.SCOPES_REFUSED,
        NoticeKind.STATED_CARE_NOT_SAVED,
        NoticeKind.STATED_CARE_UNCERTAIN,
    }
)


class NoticeText(NamedTuple):
    """A notice in words; `copy` is a text of several lines that the reader is to take over."""

    text: str
    copy: str
    is_warning: bool


def patient_line(patient: PatientLabel, texts: Texts) -> str:
    """Name and date of birth; what is not known is said to be so."""
    name = one_line(patient.name) or texts.page.say("patient_unnamed")
    if patient.born is None:
        return texts.page.say("patient_unborn", name=name)
    return texts.page.say("patient", name=name, date=phrases.day(patient.born, texts.cards))


def notice_text(notice: Notice, texts: Texts) -> NoticeText:
    """A notice as it is shown."""
    names = [one_line(name) for name in notice.names]
    named = phrases.listed(names, texts.cards) if names else ""
    said = texts.page.say(f"notices.{notice.kind}", named=named)
    return NoticeText(said, notice.text, notice.kind in _WARNINGS)
