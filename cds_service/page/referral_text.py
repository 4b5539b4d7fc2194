"""The paragraph to copy into the referral: facts as counted, then what only the clinician knows."""

from collections.abc import Iterator
from datetime import date

from cds_service.cards import phrases
from cds_service.cards.courses import named_courses
from cds_service.cards.not_counted import reasons
from cds_service.domain.assessment import Assessment, FlagId
from cds_service.domain.treatments import Treatment, treatments
from cds_service.page.texts import Texts

_PSYCHOLOGICAL = frozenset({"psychologist", "mental-health-practice-nurse", "other"})
"""Disciplines of which no content is asked: what a referral needs of it is agreed first (2.7)."""


def referral_text(
    assessment: Assessment, today: date, texts: Texts, *, hides_psychological_care: bool
) -> str:
    """Lines to copy; empty where nothing was counted because nothing could be, or need be."""
    if not assessment.options or assessment.is_unavailable:
        return ""
    found = [
        treatment
        for treatment in treatments(assessment)
        if not (hides_psychological_care and _is_psychological(treatment))
    ]
    facts = _facts(assessment, found, today, texts, is_partial=hides_psychological_care)
    return "\n".join([*facts, "", *_placeholders(found, texts)])


def _is_psychological(treatment: Treatment) -> bool:
    return not _PSYCHOLOGICAL.isdisjoint(treatment.disciplines)


def _facts(
    assessment: Assessment,
    found: list[Treatment],
    today: date,
    texts: Texts,
    *,
    is_partial: bool,
) -> Iterator[str]:
    say = texts.page.say
    window, criteria = assessment.lookback, assessment.criteria
    days = {
        "from": phrases.day(window.first, texts.cards),
        "to": phrases.day(window.last, texts.cards),
    }
    yield say("letter.period", **days)
    if not found:
        yield say("letter.none")
    for course in named_courses(found, texts.cards):
        yield f"- {course}"
    if any(flag.id is FlagId.ATTESTED for flag in assessment.flags):
        yield say("letter.stated")
    said = reasons(assessment, texts.cards)
    if said and not is_partial:
        yield say("letter.not_counted", reasons=said)
    if assessment.completeness.care_is_incomplete:
        yield say("letter.incomplete")
    yield say(
        "letter.counted",
        checked=phrases.day(today, texts.cards),
        effective=phrases.day(criteria.effective_from, texts.cards),
        rev=criteria.revision,
    )


def _placeholders(found: list[Treatment], texts: Texts) -> Iterator[str]:
    for treatment in {each.disciplines: each for each in found}.values():
        names = [texts.cards.say(f"disciplines.{name}") for name in treatment.disciplines]
        name = texts.cards.say("forms.or").join(names)
        if _is_psychological(treatment):
            yield texts.page.say("letter.psychology", discipline=name[:1].upper() + name[1:])
        else:
            yield texts.page.say("letter.content", discipline=name)
            yield texts.page.say("letter.result", discipline=name)
    yield texts.page.say("letter.explanation")
