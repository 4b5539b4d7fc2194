"""Summaries stay plain and under 140 characters, whatever can be reached."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from cds_service.cards import present
from cds_service.cards.card import CardKind
from cds_service.cards.context import CardContext
from cds_service.cards.deciding import DecidingContact
from cds_service.cards.summary import summary
from cds_service.cards.wording import wording
from cds_service.domain.assessment import Assessment, CriterionFinding, Flag, FlagId
from cds_service.domain.causes import DOUBTS_OF_A_CONTACT, Cause
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactStatus,
    Profession,
    TherapistCategory,
)
from cds_service.domain.criteria import CriterionId
from cds_service.domain.ledger import Tally
from cds_service.domain.lookback import DayRange
from cds_service.domain.pointers import Pointer, PointerKind
from cds_service.domain.referral import Person, ReferralKind
from tests.cards.golden_stories import golden_assessment, poh_ggz, two_courses
from tests.cards.reading import PHYSIO, PSYCHOSOMATIC
from tests.cards.stories import IMSR, contacts_of, judged, story, weekly

_TODAY = date(2026, 6, 15)
_COUNTS = (0, 1, 2, 5, 6, 9, 10, 11, 99, 100, 999, 1000, 9998, 9999, 10_000, 123_456_789)
_DAYS = (0, 1, 6, 7, 8, 69, 70, 76, 77, 83, 84, 699, 700, 730, 731)
_C1 = CriterionId.ALLIED_HEALTH_THERAPY
_C2 = CriterionId.PSYCHOLOGICAL_CARE
_O2 = CriterionId.PSYCHOSOMATIC_THERAPY
_LONG_DAY = date(2025, 9, 30)  # 30 September 2025: the longest date
_SEVEN_POH = poh_ggz(date(2025, 6, 2), 7, every=14)
_SEVEN_PHYSIO = weekly(PHYSIO, date(2025, 2, 3), 7, every=14)


def _assert_plain_and_short(text: str) -> None:
    assert len(text.encode("utf-16-le")) // 2 < 140, text
    assert "*" not in text
    assert "\n" not in text
    assert "…" not in text, text  # never cut
    assert "{" not in text


def _said(assessment: Assessment, language: str = "nl") -> str:
    (card,) = present(assessment, hook="order-sign", language=language, today=_TODAY)
    return card.summary


def _assert_short_in_every_form(assessment: Assessment) -> None:
    unclear = replace(assessment, referral=replace(assessment.referral, kind=ReferralKind.UNCLEAR))
    for each in (assessment, unclear):
        for language in ("nl", "en"):
            _assert_plain_and_short(_said(each, language))


def _with_tally(assessment: Assessment, certain: Tally) -> Assessment:
    """The same assessment with other numbers for every criterion."""

    def changed(finding: CriterionFinding) -> CriterionFinding:
        return replace(finding, ledger=replace(finding.ledger, certain=certain))

    options = tuple(
        replace(option, findings=tuple(changed(finding) for finding in option.findings))
        for option in assessment.options
    )
    return replace(assessment, options=options)


def _contexts(kind: CardKind, language: str) -> Iterator[CardContext]:
    """Every combination that can be reached, and many that cannot."""
    assessment = story("S001")
    doubtful = DecidingContact(Contact("x", None), frozenset({Cause.STATUS_OPEN}))
    for sessions in _COUNTS:
        for days in _DAYS:
            if kind.startswith("not_met") and not _is_short(kind, sessions, days):
                continue  # that is met, or a borderline duration
            told = _with_tally(assessment, Tally(sessions, days, _TODAY, _TODAY))
            for judged_so in (told, told.with_pointers(_pointers(_C1, _C2))):
                yield CardContext(
                    judged_so,
                    kind,
                    wording(language),
                    _TODAY,
                    deciding=(doubtful,) * max(1, min(sessions, 10_000)),
                )


def _is_short(kind: CardKind, sessions: int, days: int) -> bool:
    if kind is CardKind.NOT_MET_C2:
        return sessions < 6 and days < 77
    return sessions < 6 or days < 77


@pytest.mark.parametrize("kind", CardKind)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_summary_is_plain_and_short_with_every_number(kind: CardKind, language: str) -> None:
    for context in _contexts(kind, language):
        _assert_plain_and_short(summary(context))


def _pointers(*criteria: CriterionId) -> list[Pointer]:
    kinds = (PointerKind.LETTER, PointerKind.REFERRAL)
    physio = TherapistCategory.PHYSIOTHERAPIST
    return [Pointer(kind, each, _LONG_DAY, physio) for kind in kinds for each in criteria]


def _in_words(*criteria: CriterionId) -> list[Pointer]:
    return [Pointer(PointerKind.DRAFT_TEXT, each, _TODAY) for each in criteria]


_TWO_PHYSIO = weekly(PHYSIO, date(2025, 2, 3), 2)
_TWO_POH = poh_ggz(date(2025, 4, 7), 2)
_TWO_NURSE = weekly(Profession.PRACTICE_NURSE, date(2025, 4, 7), 2)
_TWO_OPEN = [
    contact.but(status=ContactStatus.UNKNOWN) for contact in weekly(PHYSIO, date(2025, 2, 3), 2)
]
_HUNDREDS = weekly(PHYSIO, date(2024, 7, 1), 700, every=1)


@pytest.mark.parametrize(
    "contacts",
    [
        pytest.param(_SEVEN_POH, id="nothing found of option 1 (1)"),
        pytest.param(_SEVEN_PHYSIO, id="nothing found of option 1 (2)"),
        pytest.param((), id="nothing found at all"),
        pytest.param((*_TWO_PHYSIO, *_SEVEN_POH), id="a trace of option 1 (1)"),
        pytest.param((*_SEVEN_PHYSIO, *_TWO_POH), id="a trace of option 1 (2)"),
        pytest.param((*_TWO_PHYSIO, *_TWO_POH), id="traces of both"),
        pytest.param((*_SEVEN_PHYSIO, *_TWO_NURSE), id="doubtful of option 1 (2)"),
        pytest.param((*_SEVEN_POH, *_TWO_OPEN), id="doubtful of option 1 (1)"),
        pytest.param((*_TWO_NURSE, *_TWO_OPEN), id="doubtful of both"),
    ],
)
@pytest.mark.parametrize(
    "pointers",
    [
        pytest.param([], id="without pointers"),
        pytest.param(_pointers(_C1, _C2), id="a letter and a referral"),
        pytest.param(_in_words(_C1, _C2), id="named in the referral"),
    ],
)
def test_what_was_hardly_found_is_said_in_short(
    contacts: Sequence[Contact], pointers: Sequence[Pointer]
) -> None:
    _assert_short_in_every_form(judged(contacts).with_pointers(pointers))


@pytest.mark.parametrize("setting", [CareSetting.REHABILITATION_CENTRE, CareSetting.HOSPITAL])
@pytest.mark.parametrize("psychology", [(), _SEVEN_POH], ids=["nothing else", "POH-GGZ"])
def test_hundreds_of_sessions_that_do_not_count_are_said_in_short(
    setting: CareSetting, psychology: Sequence[Contact]
) -> None:
    elsewhere = [each.but(setting=setting) for each in _HUNDREDS]
    _assert_short_in_every_form(judged((*elsewhere, *psychology)))


@pytest.mark.parametrize("profession", [PHYSIO, PSYCHOSOMATIC, Profession.PSYCHOLOGIST])
@pytest.mark.parametrize("number", [1, 60])
def test_an_interruption_is_said_in_short(profession: Profession, number: int) -> None:
    last = weekly(profession, date(2026, 6, 1), 1, name="last")
    series = weekly(profession, date(2024, 6, 20), number, every=1)
    other = _SEVEN_PHYSIO if profession is Profession.PSYCHOLOGIST else ()
    assessment = judged((*series, *last, *other))
    _assert_short_in_every_form(assessment)


@pytest.mark.parametrize("profession", [None, *Profession])
def test_a_doubtful_contact_is_said_in_short_whoever_and_whatever_it_is(
    profession: Profession | None,
) -> None:
    professions = frozenset({profession} if profession else ())
    contact = Contact("x", None, professions=professions)
    other = DecidingContact(Contact("y", None), frozenset({Cause.DATE_IMPRECISE}))
    assessment = story("S001")
    for criterion in CriterionId:
        for cause in DOUBTS_OF_A_CONTACT:
            doubtful = DecidingContact(contact, frozenset({cause}), frozenset({criterion}))
            for number, more in ((1, 0), (1, 1), (150, 0), (150, 149)):
                for language in ("nl", "en"):
                    for kind in (ReferralKind.IMSR, ReferralKind.UNCLEAR):
                        text = summary(
                            CardContext(
                                replace(assessment, referral=replace(IMSR, kind=kind)),
                                CardKind.DOUBTFUL_CONTACTS,
                                wording(language),
                                _TODAY,
                                deciding=(doubtful,) * number + (other,) * more,
                            )
                        )
                        _assert_plain_and_short(text)
                        assert "psychiat" not in text.lower()
                        assert "psychother" not in text.lower()


@pytest.mark.parametrize("kind", [CardKind.MET_OPTION1, CardKind.MET_OPTION2, CardKind.MET_BOTH])
@pytest.mark.parametrize("flag", [*FlagId])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_caveat_is_said_in_short(kind: CardKind, flag: FlagId, language: str) -> None:
    for sessions in (1, 2, 999, 123_456):
        assessment = replace(story("S001"), flags=(Flag(flag, _C1, sessions=sessions),))
        _assert_plain_and_short(summary(CardContext(assessment, kind, wording(language), _TODAY)))


def _doubtful(number: int, cause: Cause, *professions: Profession) -> str:
    contact = Contact("x", None, professions=frozenset(professions))
    doubtful = DecidingContact(contact, frozenset({cause}), frozenset({_C2}))
    kind = CardKind.DOUBTFUL_CONTACTS
    context = CardContext(story("S001"), kind, wording("nl"), _TODAY, deciding=(doubtful,) * number)
    return summary(context).removeprefix("iMSR bij pijn: niet zeker. ")


@pytest.mark.parametrize(
    ("number", "cause", "profession", "said"),
    [
        (1, Cause.STATUS_OPEN, PHYSIO, "1 contact met een fysiotherapeut: ging het door?"),
        (2, Cause.STATUS_OPEN, PHYSIO, "2 contacten met een fysiotherapeut: gingen ze door?"),
        (
            8,
            Cause.PROFESSION_TO_CONFIRM,
            Profession.PRACTICE_NURSE,
            "8 contacten met een praktijkondersteuner: was dat de POH-GGZ?",
        ),
        (
            1,
            Cause.PROFESSION_TO_CONFIRM,
            Profession.NURSE,
            "1 contact met een verpleegkundige: was dat de POH-GGZ?",
        ),
        (
            3,
            Cause.PROFESSION_TO_CONFIRM,
            Profession.PSYCHOTHERAPIST,
            "3 contacten met een behandelaar: was dat een psycholoog?",
        ),
        (
            1,
            Cause.REASON_TO_CONFIRM,
            PHYSIO,
            (
                "Bij 1 contact met een fysiotherapeut staat een andere reden dan pijn. "
                "Ging het over deze pijn?"
            ),
        ),
        (
            20,
            Cause.REASON_TO_CONFIRM,
            PHYSIO,
            (
                "Bij 20 contacten met een fysiotherapeut staat een andere reden dan pijn. "
                "Gingen ze over deze pijn?"
            ),
        ),
    ],
)
def test_doubtful_contacts_are_named_by_who_and_what(
    number: int, cause: Cause, profession: Profession, said: str
) -> None:
    assert _doubtful(number, cause, profession) == said


def test_contacts_of_nobody_and_entries_that_were_not_read_are_named_too() -> None:
    assert _doubtful(2, Cause.UNMAPPED_ROLE) == "2 contacten zonder bekend beroep: wie was dit?"
    assert _doubtful(1, Cause.RESOURCE_UNREADABLE) == "1 gegeven dat niet leesbaar is: wat was dit?"


def test_in_english_too_who_and_what() -> None:
    contact = Contact("x", None, professions=frozenset({Profession.PRACTICE_NURSE}))
    doubtful = DecidingContact(contact, frozenset({Cause.PROFESSION_TO_CONFIRM}), frozenset({_C2}))
    kind, texts = CardKind.DOUBTFUL_CONTACTS, wording("en")
    one = CardContext(story("S001"), kind, texts, _TODAY, deciding=(doubtful,))
    assert summary(one) == (
        "iMSR for pain: uncertain. 1 contact with a practice nurse: was that the POH-GGZ?"
    )
    assert "8 contacts with a practice nurse" in summary(replace(one, deciding=(doubtful,) * 8))


def test_the_largest_group_is_asked_about_and_the_rest_is_counted() -> None:
    nurse = Contact("x", None, professions=frozenset({Profession.PRACTICE_NURSE}))
    asked = DecidingContact(nurse, frozenset({Cause.PROFESSION_TO_CONFIRM}), frozenset({_C2}))
    other = DecidingContact(Contact("y", None), frozenset({Cause.UNMAPPED_ROLE}))
    context = CardContext(
        story("S001"),
        CardKind.DOUBTFUL_CONTACTS,
        wording("nl"),
        _TODAY,
        deciding=(other, asked, asked),
    )
    assert summary(context) == (
        "iMSR bij pijn: niet zeker. 2 contacten met een praktijkondersteuner: was dat de POH-GGZ? "
        "Nog 1 onzeker, zie hieronder."
    )


def test_an_unclear_kind_opens_with_the_question_whether_imsr_is_meant() -> None:
    unclear = replace(IMSR, kind=ReferralKind.UNCLEAR)
    assert _said(judged((), referral=unclear)) == (
        "iMSR bedoeld? Nog niet te bepalen. Geen behandeling die meetelt in twee jaar dossier "
        "gevonden. Vraag de patiënt ernaar."
    )


def test_both_shortfalls_are_named_where_the_other_part_was_not_found() -> None:
    assert _said(story("S016")) == (
        "iMSR bij pijn: nog niet aangetoond. Fysio/oefen/ergo 4 keer in 14,0 weken, nodig 6 keer "
        "en 12 weken; psycholoog/POH-GGZ niet gevonden."
    )
    assert _said(judged(poh_ggz(date(2025, 6, 2), 3))) == (
        "iMSR bij pijn: nog niet aangetoond. Psycholoog/POH-GGZ 3 keer in 2,0 weken, nodig 6 keer "
        "of 12 weken; fysio/oefen/ergo niet gevonden."
    )


def test_a_shortfall_with_a_letter_about_it_says_where_to_look() -> None:
    """Where the letter is of the part that is short, it can be of care that is not recorded."""
    short = judged([*weekly(PHYSIO, date(2025, 2, 3), 5), *_SEVEN_POH])
    letter = Pointer(PointerKind.LETTER, _C1, date(2025, 6, 2), TherapistCategory.PHYSIOTHERAPIST)
    assert _said(short.with_pointers([letter])) == (
        "iMSR bij pijn: nog niet aangetoond. Fysio/oefen/ergo 5 keer in 4,0 weken; nodig 6 keer "
        "en 12 weken. Kijk bij een brief van 02-06-2025."
    )
    assert _said(short).endswith("nodig 6 keer en 12 weken. Eenmalig consult blijft mogelijk.")


def test_doubtful_contacts_too_few_to_decide_are_not_called_nothing() -> None:
    """Two with a practice nurse may be what was not found: uncertain, not absent."""
    assert _said(judged([*_SEVEN_PHYSIO, *_TWO_NURSE])) == (
        "iMSR bij pijn: nog niet te bepalen. Psycholoog of POH-GGZ in twee jaar dossier niet "
        "zeker gevonden. Vraag de patiënt ernaar."
    )


def test_two_contacts_far_apart_are_asked_about_as_two_contacts() -> None:
    assert _said(golden_assessment("interrupted_c2.two_contacts")) == (
        "iMSR bij pijn: niet zeker. Psycholoog/POH-GGZ: 2 contacten, 85 weken uit elkaar. "
        "Was dit één behandeling? Licht toe in de verwijzing."
    )


def test_an_interruption_names_number_and_weeks() -> None:
    assert _said(judged((*two_courses(), *_SEVEN_POH))) == (
        "iMSR bij pijn: niet zeker. Fysio/oefen/ergo 12 keer, maar met 57 weken onderbreking. "
        "Was dit één behandeling? Licht toe in de verwijzing."
    )


def test_a_borderline_that_hangs_on_a_doubtful_contact_says_perhaps() -> None:
    assert _said(story("S202")) == (
        "iMSR bij pijn: niet zeker. Fysio/oefen/ergo mogelijk 7 keer in 80 dagen; "
        "nodig 84 dagen (12 weken). Klopt dat?"
    )


def test_a_borderline_run_is_named_and_not_the_whole_with_its_pause() -> None:
    run = weekly(PHYSIO, date(2024, 7, 1), 6, every=16)  # 80 days
    later = weekly(PHYSIO, date(2026, 1, 5), 1, name="later")
    assert _said(judged((*run, *later, *_SEVEN_POH))) == (
        "iMSR bij pijn: niet zeker. Fysio/oefen/ergo 6 keer in 80 dagen; nodig 84 dagen "
        "(12 weken). Kloppen begin en einde?"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "nl",
            (
                "iMSR bij pijn: niet te bepalen, de geboortedatum is niet volledig "
                "(17 of 18 jaar). De voorwaarden gelden vanaf 18 jaar."
            ),
        ),
        (
            "en",
            (
                "iMSR for pain: cannot be determined, the birth date is incomplete (age 17 or 18). "
                "The conditions apply from age 18."
            ),
        ),
    ],
)
def test_an_incomplete_birth_date_says_the_possible_ages(language: str, said: str) -> None:
    person = Person(born=DayRange(date(2008, 1, 1), date(2008, 12, 31)))
    assert _said(judged(contacts_of("S115"), person=person), language) == said


def test_where_two_pointers_are_too_long_the_newest_is_named() -> None:
    letter = Pointer(PointerKind.LETTER, _C1, _LONG_DAY)
    earlier = Pointer(PointerKind.REFERRAL, _C1, _LONG_DAY - timedelta(days=90))
    assessment = judged(_SEVEN_POH).with_pointers((earlier, letter))
    assert _said(assessment, "en") == (
        "iMSR for pain: cannot be determined. Physio/exercise/OT not found, "
        "but a letter of 30 September 2025. Look there."
    )


def test_a_site_with_long_numbers_of_its_own_is_cut_at_a_word() -> None:
    assessment = story("S005")
    options = tuple(
        replace(
            option,
            findings=tuple(
                replace(
                    f,
                    ledger=replace(
                        f.ledger,
                        criterion=replace(f.criterion, sessions=123_456, days=7 * 123_456),
                    ),
                )
                for f in option.findings
            ),
        )
        for option in assessment.options
    )
    long = replace(assessment, options=options)
    text = summary(CardContext(long, CardKind.NOT_MET_C1, wording("en"), _TODAY))
    assert text == (
        "iMSR for pain: not yet shown. Physio/exercise/OT: 5 sessions in 20.0 weeks; "
        "needed: 9999+ sessions and 9999+ weeks. One-time consult…"
    )
