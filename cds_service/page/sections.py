"""What a page says of one referral, section by section, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from cds_service.assessing import ExplainedAssessment
from cds_service.cards import phrases
from cds_service.cards.card import CardFunction
from cds_service.cards.choice import choose
from cds_service.cards.context import CardContext
from cds_service.cards.deciding import deciding_contacts
from cds_service.cards.doubt_lines import doubt
from cds_service.cards.layout import layout
from cds_service.cards.parts import part_text
from cds_service.domain.assessment import Assessment, Outcome, RecordPart
from cds_service.domain.criteria import CriterionId
from cds_service.domain.pointers import Pointer
from cds_service.page.contact_lines import ContactLine, contact_lines, practice_of, when
from cds_service.page.content import PageContent, View
from cds_service.page.emphasis import paragraphs
from cds_service.page.headings import criterion_lines, heading
from cds_service.page.referral_text import referral_text
from cds_service.page.texts import Texts
from cds_service.page.timeline import Timeline, timeline

MOST_DOUBTS = 12
_PSYCHOLOGY = CriterionId.PSYCHOLOGICAL_CARE

_SAID_ELSEWHERE = frozenset(
    {"intro", "table", "doubt", "offer_letter", "pointers", "timeline"}
    | {"footer", "footer_short", "footer_deviation"}
)
"""Parts of a card that the page has a place of its own for."""

_FOR_THE_CENTRE = frozenset({"note", "not_counted", "kind_question"})
"""Parts that tell whoever receives the referral something; the others ask the referrer."""


@dataclass(frozen=True, slots=True)
class ReferralSections:
    """Everything that the page says of one referral, ready for the template."""

    referred: str
    heading: str
    is_lacking: bool  # something is missing for the outcome
    numbers: list[str]
    incomplete: str
    todo: list[Markup]
    doubts: list[str]
    lines: tuple[ContactLine, ...]
    symbols: frozenset[str]
    picture: Timeline | None
    has_courses: bool
    twice: bool
    pointers: list[str]
    readings: list[str]
    not_tried: int
    forecasts: list[str]
    letter: str
    deviations: str
    footer: str
    minimum_sessions: int
    minimum_weeks: int
    window: tuple[str, str]

    @property
    def is_checked(self) -> bool:
        """Whether there is anything to draw."""
        return self.picture is not None


def referral_sections(
    explained: ExplainedAssessment, content: PageContent, texts: Texts
) -> ReferralSections:
    """The sections of one referral."""
    assessment, is_hidden = explained.assessment, content.hides_psychological_care
    is_for_gp = content.view is View.GP
    context = _context(assessment, content, texts)
    hidden = _PSYCHOLOGY if is_hidden else None
    lines = contact_lines(assessment, texts, without=hidden)
    picture = None
    if assessment.options and not assessment.is_unavailable:
        picture = timeline(assessment, lines, texts, shows_thresholds=not is_for_gp, without=hidden)
    window = assessment.lookback
    first = assessment.criteria.criteria()[0]
    return ReferralSections(
        referred=texts.page.say(
            "referral", date=phrases.day(assessment.referral.date, texts.cards)
        ),
        heading=heading(
            assessment, context, texts, is_for_gp=is_for_gp, hides_psychological_care=is_hidden
        ),
        is_lacking=assessment.outcome in {Outcome.NOT_MET, Outcome.INDETERMINATE},
        numbers=[]
        if assessment.is_unavailable
        else criterion_lines(assessment, texts, hides_psychological_care=is_hidden),
        incomplete=_incomplete(assessment, texts),
        todo=list(_todo(context, is_for_gp=is_for_gp)) if context and not is_hidden else [],
        doubts=list(_doubts(context, lines, texts)) if context else [],
        lines=lines,
        symbols=frozenset(line.symbol.value for line in lines),
        picture=picture,
        has_courses=any(line.contact.is_course for line in lines),
        twice=any(line.also_counts for line in lines),
        pointers=_pointers(assessment, texts, hidden),
        readings=list(_readings(explained, texts)) if not is_hidden else [],
        not_tried=len(explained.readings.not_tried),
        forecasts=list(_forecasts(explained, texts, hidden)),
        letter=referral_text(assessment, content.today, texts, hides_psychological_care=is_hidden),
        deviations=_part("footer_deviation", context),
        footer=_footer(assessment, content, texts),
        minimum_sessions=first.sessions,
        minimum_weeks=phrases.minimum_weeks(first),
        window=(phrases.day(window.first, texts.cards), phrases.day(window.last, texts.cards)),
    )


def _context(assessment: Assessment, content: PageContent, texts: Texts) -> CardContext | None:
    kind = choose(assessment)
    if kind is None:
        return None
    functions = {CardFunction.FORECAST}
    if content.form is not None:
        functions.add(CardFunction.STATED_CARE)
    return CardContext(
        assessment=assessment,
        kind=kind,
        wording=texts.cards,
        today=content.today,
        functions=frozenset(functions),
        deciding=deciding_contacts(assessment),
    )


def _part(name: str, context: CardContext | None) -> str:
    return (part_text(name, context) or "") if context else ""


def _incomplete(assessment: Assessment, texts: Texts) -> str:
    """The notice over the full width; empty where everything was received."""
    if assessment.is_unavailable:
        return texts.page.say("unavailable")
    if not assessment.completeness.care_is_incomplete:
        return ""
    gaps = assessment.completeness.gaps - {RecordPart.PATIENT}
    names = [texts.cards.say(f"forms.data.{gap.value}") for gap in RecordPart if gap in gaps]
    return texts.page.say("incomplete", missing_data=phrases.listed(names, texts.cards))


def _todo(context: CardContext, *, is_for_gp: bool) -> Iterator[Markup]:
    """What the card of this outcome says beside its table: what is missing, and the way on."""
    for place in layout().cards[context.kind].parts:
        if place.name in _FOR_THE_CENTRE or (is_for_gp and place.name not in _SAID_ELSEWHERE):
            yield from paragraphs(_part(place.name, context))


def _doubts(context: CardContext, lines: tuple[ContactLine, ...], texts: Texts) -> Iterator[str]:
    """The contacts that decide and are not certain, with the practice that can be asked."""
    shown = {id(line.contact) for line in lines}
    found = [each for each in context.deciding if id(each.contact) in shown]
    for each in found[:MOST_DOUBTS]:
        yield texts.page.say(
            "doubts.one",
            date=when(each.contact, texts),
            name=practice_of(each.contact, texts),
            doubt=doubt(each, texts.cards),
        )
    if (left := len(found) - MOST_DOUBTS) > 0:
        yield texts.page.say("doubts.more", n=left)


def _pointers(assessment: Assessment, texts: Texts, hidden: CriterionId | None) -> list[str]:
    shown = (each for each in assessment.pointers if each.criterion is not hidden)
    return list(dict.fromkeys(_pointer(each, texts) for each in shown))


def _pointer(pointer: Pointer, texts: Texts) -> str:
    """Date and discipline; of psychological care the date alone (policy 2.6)."""
    day = phrases.day(pointer.date, texts.cards)
    if pointer.discipline is None:
        return texts.page.say(f"pointer.{pointer.kind}", date=day)
    name = texts.cards.say(f"disciplines.{pointer.discipline}")
    return texts.page.say(f"pointer.{pointer.kind}_of", date=day, discipline=name)


def _readings(explained: ExplainedAssessment, texts: Texts) -> Iterator[str]:
    for each in explained.readings.changing:
        outcome = texts.page.say(f"readings.{each.outcome.label}")
        yield texts.page.say(
            "readings.one", found=texts.cards.say(f"readings.{each.id}"), question=outcome
        )


def _forecasts(
    explained: ExplainedAssessment, texts: Texts, hidden: CriterionId | None
) -> Iterator[str]:
    say = texts.page.say
    for each in explained.forecasts:
        if each.criterion is hidden or explained.assessment.outcome is Outcome.MET:
            continue
        part = phrases.part(each.criterion, texts.cards)
        if each.earliest is None:
            said = say("forecast.no_day", part=part)
        else:
            day = phrases.day(each.earliest, texts.cards)
            said = say("forecast.day", part=part, date=day)
        more = [say("forecast.missing", n=each.missing)] if each.missing else []
        more += [say("forecast.planned", n=each.planned)] if each.planned else []
        yield f"{said} {'; '.join(more)}." if more else said


def _footer(assessment: Assessment, content: PageContent, texts: Texts) -> str:
    criteria = assessment.criteria
    return texts.page.say(
        "footer",
        checked=phrases.day(content.today, texts.cards),
        years=phrases.years(criteria.lookback_years, texts.cards),
        effective=phrases.day(criteria.effective_from, texts.cards),
        rev=criteria.revision,
    )
