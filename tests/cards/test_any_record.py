"""Whatever a record holds, the card is whole, true to the outcome and of a bounded size."""

import re
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cds_service.cards import CardFunction, CardKind, Indicator, present
from cds_service.domain.assessment import Assessment, Completeness, Outcome, RecordPart
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    Profession,
    Subject,
)
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind
from tests.cards.stories import ADULT, REFERRAL_DAY, judged
from tests.kit.effort import examples

_START = date(2024, 6, 10)


@st.composite
def _days(draw: st.DrawFn) -> DayRange | None:
    if draw(st.integers(0, 19)) == 0:
        return None
    first = _START + timedelta(days=draw(st.integers(0, 745)))
    return DayRange(first, first + timedelta(days=draw(st.sampled_from([0, 0, 0, 0, 6, 30, 90]))))


@st.composite
def _contacts(draw: st.DrawFn) -> Contact:
    days = draw(_days())
    return Contact(
        source=str(draw(st.integers(0, 10**6))),
        days=days,
        professions=draw(st.frozensets(st.sampled_from(Profession), max_size=2)),
        setting=draw(st.sampled_from(CareSetting)),
        kind=draw(st.sampled_from([*[ContactKind.TREATMENT] * 6, *ContactKind])),
        status=draw(st.sampled_from([*[ContactStatus.TOOK_PLACE] * 6, *ContactStatus])),
        subject=draw(st.sampled_from([*[Subject.THIS_PATIENT] * 6, *Subject])),
        is_course=days is not None and draw(st.booleans()) and not days.is_exact,
        sessions=draw(st.sampled_from([None, None, 1, 6, 20])),
        doubts=draw(
            st.sampled_from(
                [
                    *[frozenset[Cause]()] * 6,
                    frozenset({Cause.RECORD_INCOMPLETE}),
                    frozenset({Cause.RESOURCE_UNREADABLE}),
                ]
            )
        ),
        practice=draw(st.sampled_from(["Praktijk Noord", "Praktijk Zuid", ""])),
        practitioner_name=draw(st.sampled_from(["J. Jansen", ""])),
    )


_COMPLETENESS = st.sampled_from(
    [
        Completeness(),
        Completeness(),
        Completeness(frozenset({RecordPart.ENCOUNTERS})),
        Completeness(frozenset({RecordPart.PROCEDURES, RecordPart.PATIENT})),
        Completeness(frozenset({RecordPart.ENCOUNTERS, RecordPart.PROCEDURES})),
        Completeness(
            frozenset({RecordPart.ENCOUNTERS, RecordPart.PROCEDURES}), is_unavailable=True
        ),
    ]
)
_REFERRALS = st.builds(
    Referral,
    order=st.just("ServiceRequest/draft-1"),
    date=st.just(REFERRAL_DAY),
    kind=st.sampled_from([ReferralKind.IMSR, ReferralKind.IMSR, ReferralKind.UNCLEAR]),
    indication=st.sampled_from([Indication.PAIN, Indication.PAIN, Indication.UNKNOWN]),
)
_ASSESSMENTS = st.builds(
    judged,
    st.lists(_contacts(), max_size=14),
    referral=_REFERRALS,
    person=st.sampled_from([ADULT, ADULT, Person()]),
    completeness=_COMPLETENESS,
)


@settings(max_examples=examples(120))
@given(
    assessment=_ASSESSMENTS,
    language=st.sampled_from(["nl", "en"]),
    as_table=st.booleans(),
    functions=st.sampled_from([frozenset[CardFunction](), frozenset(CardFunction)]),
)
def test_every_record_gives_one_whole_card(
    assessment: Assessment,
    language: str,
    as_table: bool,  # noqa: FBT001 drawn by name
    functions: frozenset[CardFunction],
) -> None:
    (card,) = present(
        assessment,
        hook="order-sign",
        language=language,
        today=REFERRAL_DAY,
        as_table=as_table,
        functions=functions,
    )
    assert len(card.summary) < 140
    assert "{" not in card.detail
    assert "\n\n\n" not in card.detail
    assert not re.search(r"(^|\s)0 (contacten|contacts|behandelingen|sessions in)", card.detail)
    assert len(card.detail) < 4000
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(card.detail)
    assert not {"html_block", "code_block", "fence", "heading_open"} & {t.type for t in tokens}
    assert _is_true_to_outcome(card.kind, card.indicator, assessment)
    assert _blocks_after_table(card.detail) <= 6  # four subjects; one may have three paragraphs


def _is_true_to_outcome(kind: CardKind, indicator: Indicator, assessment: Assessment) -> bool:
    if kind is CardKind.KIND_AND_INDICATION_UNCLEAR:
        return indicator is Indicator.INFO
    if assessment.outcome is Outcome.NOT_MET:
        warns = assessment.referral.kind is not ReferralKind.UNCLEAR
        return kind.startswith("not_met") and (indicator is Indicator.WARNING) == warns
    is_met_card = kind.startswith("met_")
    return indicator is Indicator.INFO and is_met_card == (assessment.outcome is Outcome.MET)


def _blocks_after_table(detail: str) -> int:
    body = detail.split("\n\n---\n\n", maxsplit=1)[0].split("\n\n")
    return sum(not block.startswith(("|", "- ", "1. ", "Nodig in")) for block in body)


@settings(max_examples=examples(80))
@given(assessment=_ASSESSMENTS)
def test_a_card_about_doubtful_contacts_lists_them(assessment: Assessment) -> None:
    (card,) = present(assessment, hook="order-select", language="nl", today=REFERRAL_DAY)
    if card.kind in {CardKind.DOUBTFUL_CONTACTS, CardKind.NUMBER_UNCLEAR}:
        assert "**Niet zeker:**\n\n- " in card.detail
        assert not re.search(r"\b0 contact", card.summary)


@settings(max_examples=examples(80))
@given(
    contacts=st.lists(_contacts(), max_size=8),
    gaps=st.sampled_from([RecordPart.ENCOUNTERS, RecordPart.PROCEDURES]),
)
def test_missing_data_is_never_shown_as_absence(contacts: list[Contact], gaps: RecordPart) -> None:
    assessment = judged(contacts, completeness=Completeness(frozenset({gaps})))
    (card,) = present(assessment, hook="order-select", language="nl", today=REFERRAL_DAY)
    if assessment.outcome is not Outcome.MET:
        assert card.kind is CardKind.RECORD_INCOMPLETE
        assert "| niets gevonden |" not in card.detail
        assert "| nee" not in card.detail
        assert "**Niet opgehaald:** een deel van de" in card.detail
    else:
        assert "Niet alle gegevens zijn opgehaald" in card.detail


@settings(max_examples=examples(30))
@given(assessment=_ASSESSMENTS)
def test_the_same_assessment_gives_the_same_words(assessment: Assessment) -> None:
    first, second = (
        present(assessment, hook="order-sign", language="nl", today=REFERRAL_DAY)[0]
        for _ in range(2)
    )
    assert first.summary == second.summary
    assert first.detail == second.detail
    assert first.uuid != second.uuid
