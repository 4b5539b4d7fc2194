"""Cells, lines and blocks of a detail, one case each."""

from dataclasses import replace
from datetime import date

import pytest

from cds_service.cards import CardFunction, CardKind, Indicator, present
from cds_service.domain.assessment import Assessment, Completeness, RecordPart
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    Profession,
    Subject,
)
from cds_service.domain.criteria import ReadingKey
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Indication, Person, ReferralKind
from tests.cards.stories import ADULT, IMSR, PRACTICE, contacts_of, criteria, judged, story, weekly

_TODAY = date(2026, 6, 15)
_START = date(2025, 2, 3)
_PHYSIO = Profession.PHYSIOTHERAPIST
_PSYCHOSOMATIC = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST
_POH = tuple(
    replace(contact, source=f"poh{contact.source}")
    for contact in contacts_of("S014")  # seven contacts of a POH-GGZ, 84 days
)
_COMBINED = frozenset({_PHYSIO, _PSYCHOSOMATIC})


def _detail(assessment: Assessment, language: str = "nl") -> str:
    (card,) = present(assessment, hook="order-sign", language=language, today=_TODAY)
    return card.detail


def _rows(assessment: Assessment) -> list[tuple[str, str]]:
    """What was found and the result, per row of the table."""
    lines = [line for line in _detail(assessment).split("\n") if line.startswith("| Optie")]
    cells = [line.strip("| ").split(" | ") for line in lines]
    return [(found, result) for _, found, _, result in cells]


def _block(assessment: Assessment, head: str) -> str:
    """The block that starts with a bold head, or nothing."""
    blocks = _detail(assessment).split("\n\n")
    return next((block for block in blocks if block.startswith(f"**{head}")), "")


def _doubt_lines(assessment: Assessment) -> list[str]:
    return _detail(assessment).split("**Niet zeker:**\n\n")[1].split("\n\n")[0].split("\n")


def _course(
    first: date, last: date, *, sessions: int | None = None, source: str = "course"
) -> Contact:
    return Contact(
        source=source,
        days=DayRange(first, last),
        professions=frozenset({_PHYSIO}),
        setting=CareSetting.THERAPY_PRACTICE,
        is_course=True,
        sessions=sessions,
        practice=PRACTICE,
    )


# --- cells


@pytest.mark.parametrize(
    ("contacts", "found", "result"),
    [
        pytest.param(
            weekly(_PHYSIO, _START, 1),
            "1 keer",
            "nee: 5 keer te weinig en 84 dagen te kort",
            id="one session has no duration",
        ),
        pytest.param(
            weekly(_PHYSIO, _START, 2, every=6),
            "2 keer binnen 1 week",
            "nee: 4 keer te weinig en 78 dagen te kort",
            id="below seven days",
        ),
        pytest.param(
            weekly(_PHYSIO, _START, 2, every=7),
            "2 keer in 1,0 weken",
            "nee: 4 keer te weinig en 77 dagen te kort",
            id="from seven days on",
        ),
        pytest.param(
            weekly(_PHYSIO, _START, 5, every=20),
            "5 keer in 11,4 weken",
            "nee: 1 keer te weinig",
            id="80 days are no shortfall",
        ),
        pytest.param(
            weekly(_PHYSIO, _START, 6, every=15),
            "6 keer in 10,7 weken",
            "nee: 9 dagen te kort",
            id="75 days: only the duration",
        ),
        pytest.param(
            _course(date(2025, 1, 6), date(2025, 1, 8)),
            "minstens 1 keer binnen 1 week (aantal onbekend)",
            "nee: 5 keer te weinig en 82 dagen te kort",
            id="a course without a number, within a week",
        ),
    ],
)
def test_what_was_found_and_what_is_short(
    contacts: tuple[Contact, ...] | Contact, found: str, result: str
) -> None:
    given = contacts if isinstance(contacts, tuple) else (contacts,)
    assert _rows(judged((*given, *_POH)))[0] == (found, result)


def test_weeks_are_rounded_down() -> None:
    (found, result), *_ = _rows(judged((*weekly(_PHYSIO, _START, 2, every=83), *_POH)))
    assert (found, result) == ("2 keer in 11,8 weken", "nee: 4 keer te weinig")


def test_either_is_enough_for_psychological_care_and_the_cell_says_which() -> None:
    five_weeks = weekly(Profession.PSYCHOLOGIST, _START, 6)
    assert _rows(judged(five_weeks))[1] == ("6 keer in 5,0 weken", "ja, door het aantal")
    two = weekly(Profession.PSYCHOLOGIST, _START, 2, every=84)
    assert _rows(judged(two))[1] == ("2 keer in 12,0 weken", "ja, door de duur")


def test_on_an_incomplete_record_what_was_found_is_a_minimum() -> None:
    gap = Completeness(frozenset({RecordPart.ENCOUNTERS}))
    hospital = replace(weekly(_PHYSIO, _START, 1)[0], setting=CareSetting.HOSPITAL)
    unsure = replace(_POH[0], status=ContactStatus.UNKNOWN)
    assert _rows(judged((hospital, unsure), completeness=gap)) == [
        ("0 keer geteld", "niet zeker"),
        ("zeker niets, mogelijk 1 keer", "niet zeker"),
        ("tot nu toe niets", "niet zeker"),
    ]


def test_a_running_course_may_hold_any_number() -> None:
    running = Contact(
        "a",
        DayRange.on(date(2026, 1, 5)),
        frozenset({_PHYSIO}),
        setting=CareSetting.THERAPY_PRACTICE,
        status=ContactStatus.OPEN,
        has_open_end=True,
    )
    found, result = _rows(judged((running, *_POH)))[0]
    assert found == "zeker niets, mogelijk minstens 1 keer in 23,0 weken (aantal onbekend)"
    assert result == "niet zeker"


def test_the_same_cells_as_a_list_for_a_client_without_tables() -> None:
    (nl,) = present(story("S005"), hook="order-sign", language="nl", today=_TODAY, as_table=False)
    assert "|" not in nl.detail
    assert (
        "- Optie 1 (1), fysio-, oefen- of ergotherapie, eerste lijn: 5 keer in 20,0 weken; nodig "
        "6 keer **en** 12 weken. Uitkomst: nee: 1 keer te weinig.\n"
        "- Optie 1 (2), psycholoog of POH-GGZ: 7 keer in 12,0 weken; nodig 6 keer **of** 12 weken. "
        "Uitkomst: ja.\n"
        "- Optie 2, psychosomatisch therapeut: niets gevonden; nodig 6 keer **en** 12 weken. "
        "Uitkomst: nee.\n\n**Wat kunt u doen?**"
    ) in nl.detail


# --- doubtful contacts


def _unsure(**changes: object) -> Assessment:
    """Five certain sessions in thirteen weeks and one of unknown status that decides."""
    contacts = list(contacts_of("S080"))
    place = next(i for i, c in enumerate(contacts) if not c.professions)
    unsure = replace(
        contacts[place], professions=frozenset({_PHYSIO}), status=ContactStatus.UNKNOWN
    )
    contacts[place] = replace(unsure, **changes)  # type: ignore[arg-type]
    return judged(contacts)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param(
            {},
            "- 24-03-2025, Praktijk De Linde: heeft het contact plaatsgevonden?",
            id="date, practice, question",
        ),
        pytest.param(
            {"practice": "", "practitioner_name": "A. de Vries"},
            "- 24-03-2025, behandelaar A. de Vries, plaats onbekend: "
            "heeft het contact plaatsgevonden?",
            id="the therapist where the practice is unknown",
        ),
        pytest.param(
            {"practitioner_name": "A. de Vries"},
            "- 24-03-2025, Praktijk De Linde: heeft het contact plaatsgevonden?",
            id="no name of a person where the practice is known",
        ),
        pytest.param(
            {"practice": "", "practitioner_name": ""},
            "- 24-03-2025, plaats onbekend: heeft het contact plaatsgevonden?",
            id="nothing is known",
        ),
        pytest.param(
            {"days": None, "status": ContactStatus.TOOK_PLACE},
            "- datum onbekend, Praktijk De Linde: datum niet volledig",
            id="no date",
        ),
        pytest.param(
            {"days": DayRange(date(2025, 3, 1), date(2025, 3, 31))},
            "- 01-03-2025 tot en met 31-03-2025, Praktijk De Linde: "
            "heeft het contact plaatsgevonden?; datum niet volledig",
            id="a month, and two questions",
        ),
    ],
)
def test_a_line_says_when_where_and_what(changes: dict[str, object], line: str) -> None:
    assert _doubt_lines(_unsure(**changes)) == [line]


def test_what_follows_if_it_counts_is_said_only_where_it_is_certain() -> None:
    sentence = "Telt dit contact mee, dan zijn aantal en duur aangetoond (optie 1)."
    assert sentence in _detail(_unsure())
    assert sentence not in _detail(_unsure(days=DayRange(date(2025, 3, 1), date(2025, 3, 31))))


def test_one_contact_cannot_count_for_two_criteria_of_an_option() -> None:
    physio = weekly(_PHYSIO, _START, 5, every=25)
    psychologist = weekly(Profession.PSYCHOLOGIST, _START, 5, name="p")
    unmapped = Contact(
        "u", DayRange.on(date(2025, 3, 5)), setting=CareSetting.PRIMARY_CARE, practice="Centrum"
    )
    assessment = judged((*physio, *psychologist, unmapped))
    assert _doubt_lines(assessment) == ["- 05-03-2025, Centrum: beroep onbekend"]
    assert "aangetoond (optie" not in _detail(assessment)


def test_a_role_that_was_lost_is_named_as_not_retrieved() -> None:
    assessment = _unsure(
        status=ContactStatus.TOOK_PLACE,
        professions=frozenset(),
        doubts=frozenset({Cause.RECORD_INCOMPLETE}),
    )
    (card,) = present(assessment, hook="order-sign", language="nl", today=_TODAY)
    assert card.kind is CardKind.RECORD_INCOMPLETE
    assert _doubt_lines(assessment) == [
        "- 24-03-2025, Praktijk De Linde: behandelaar of plaats niet opgehaald"
    ]
    assert "**Niet opgehaald:** gegevens over de behandelaar of de plaats." in card.detail


def test_both_parts_that_are_missing_are_named() -> None:
    gaps = Completeness(frozenset(RecordPart))
    detail = _detail(judged((), completeness=gaps))
    assert "een deel van de contacten en een deel van de verrichtingen." in detail


def test_contacts_that_decide_in_two_rows_stand_once() -> None:
    (card,) = present(story("S079"), hook="order-select", language="nl", today=_TODAY)
    assert "Van 6 contacten" in card.summary
    assert _doubt_lines(story("S079")) == [
        "- 6 contacten, 06-01-2025 tot en met 07-04-2025, Praktijk De Linde: beroep onbekend"
    ]


def test_a_doubt_that_comes_only_from_the_sum_still_names_its_contacts() -> None:
    """A course of five and one session inside its period: five sessions or six."""
    course = _course(date(2025, 1, 6), date(2025, 6, 2), sessions=5)
    inside = weekly(_PHYSIO, date(2025, 2, 3), 1)
    (card,) = present(
        judged((course, *inside, *_POH)), hook="order-sign", language="nl", today=_TODAY
    )
    assert card.kind is CardKind.NUMBER_UNCLEAR
    assert "Van 1 behandeltraject" in card.summary
    assert (
        "- 06-01-2025 tot en met 02-06-2025, Praktijk De Linde: "
        "aantal binnen de twee jaar onbekend\n\n"
        "Waren het er 6 of meer, dan zijn aantal en duur aangetoond (optie 1). "
        "**Hoeveel behandelingen waren het?** Vraag het de patiënt of de therapeut en zet het "
        "aantal tussen 15-06-2024 en 15-06-2026 in de verwijzing."
    ) in card.detail


# --- not counted


def test_sessions_are_counted_and_not_records() -> None:
    hospital = [replace(c, setting=CareSetting.HOSPITAL) for c in weekly(_PHYSIO, _START, 3)]
    twice = [replace(c, source=f"procedure {c.source}") for c in hospital]
    said = _block(judged((*hospital, *twice, *_POH)), "Niet meegeteld")
    assert said == "**Niet meegeteld:** 3 behandelingen in ziekenhuis of instelling."


def test_three_reasons_are_named_and_the_rest_is_counted() -> None:
    one = weekly(_PHYSIO, _START, 6, name="n")
    contacts = (
        replace(one[0], setting=CareSetting.HOSPITAL),
        replace(one[1], setting=CareSetting.REHABILITATION_CENTRE),
        replace(one[2], status=ContactStatus.VOID),
        replace(one[3], kind=ContactKind.SCREENING),
        replace(one[4], kind=ContactKind.NOTE),
        replace(one[5], subject=Subject.OTHER_PATIENT),
        replace(one[0], days=DayRange.on(date(2024, 5, 1)), source="early"),
        *_POH,
    )
    assert _block(judged(contacts), "Niet meegeteld") == (
        "**Niet meegeteld:** 1 behandeling in ziekenhuis of instelling, "
        "1 behandeling in een revalidatiecentrum, 1 behandeling van voor 15-06-2024, "
        "en nog 4 om andere redenen."
    )


def test_nobody_expects_a_gp_visit_or_a_cancelled_one_among_the_numbers() -> None:
    visits = weekly(Profession.OTHER, _START, 4, name="gp")
    cancelled = [replace(c, status=ContactStatus.VOID, source=f"x{c.source}") for c in visits]
    assert _block(judged((*visits, *cancelled, *_POH)), "Niet meegeteld") == ""


def test_a_contact_that_another_criterion_leaves_out_is_not_named() -> None:
    assert _block(story("S001"), "Niet meegeteld") == ""


# --- note


def test_causes_come_before_flags_and_three_are_enough() -> None:
    referral = replace(IMSR, kind=ReferralKind.UNCLEAR)
    contacts = (
        *weekly(_PSYCHOSOMATIC, date(2024, 7, 1), 6, every=120),
        Contact("r", None, doubts=frozenset({Cause.RESOURCE_UNREADABLE})),
    )
    gap = Completeness(frozenset({RecordPart.PROCEDURES}))
    said = _block(judged(contacts, referral=referral, completeness=gap), "Let op")
    assert said == (
        "**Let op:** Niet duidelijk of dit iMSR of een eenmalig consult is. Voor een eenmalig "
        "consult gelden de voorwaarden niet. Niet alle gegevens zijn opgehaald; wat is aangetoond, "
        "blijft aangetoond. 1 gegeven was niet leesbaar; dat verandert de uitkomst niet."
    )


def test_met_stays_met_and_says_what_is_not_known() -> None:
    referral = replace(IMSR, indication=Indication.UNKNOWN)
    said = _block(judged(contacts_of("S001"), referral=referral, person=Person()), "Let op")
    assert said == (
        "**Let op:** Reden van verwijzing niet gevonden; de voorwaarden gelden alleen bij "
        "aanhoudende pijn. Leeftijd niet bekend; de voorwaarden gelden alleen voor volwassenen."
    )


def test_a_flag_of_an_option_that_is_not_needed_is_left_out() -> None:
    assert _block(story("S001"), "Let op") == ""  # 13 physiotherapy sessions in 12 weeks


def test_a_near_miss_is_asked_about() -> None:
    short = weekly(_PHYSIO, _START, 5, every=20)
    assert _block(judged((*short, *_POH)), "Let op") == (
        "**Let op:** Optie 1 (1): 80 van 84 dagen. Klopt de begin- en einddatum?"
    )


def test_treatment_that_goes_on_is_named_where_the_number_falls_short_too() -> None:
    running = weekly(_PHYSIO, date(2026, 5, 18), 4)
    assert _block(judged((*running, *_POH)), "Let op") == (
        "**Let op:** Optie 1 (1): de behandeling loopt mogelijk nog; "
        "latere behandelingen zijn niet geteld."
    )


# --- to copy


@pytest.mark.parametrize(
    ("contacts", "said"),
    [
        pytest.param(
            (*weekly(_PHYSIO, _START, 7, every=14), _course(date(2025, 3, 3), date(2025, 6, 2))),
            "fysiotherapie aantal onbekend, 03-02-2025 tot en met 02-06-2025; POH-GGZ 7 keer",
            id="a course without a number makes the number unknown",
        ),
        pytest.param(
            (
                *weekly(_PHYSIO, _START, 7, every=14),
                *weekly(_PHYSIO, _START, 7, every=14, name="p"),
            ),
            "fysiotherapie 7 keer, 03-02-2025 tot en met 28-04-2025; POH-GGZ 7 keer",
            id="two records of one day are one session",
        ),
        pytest.param(
            tuple(replace(c, professions=_COMBINED) for c in weekly(_PHYSIO, _START, 7, every=14)),
            "POH-GGZ 7 keer, 02-06-2025 tot en met 25-08-2025; psychosomatische therapie 7 keer",
            id="a combination is named once, as psychosomatic therapy",
        ),
        pytest.param(
            (_course(date(2025, 1, 6), date(2025, 6, 2), sessions=9),),
            "fysiotherapie 9 keer, 06-01-2025 tot en met 02-06-2025; POH-GGZ 7 keer",
            id="a course with a number",
        ),
    ],
)
def test_what_counts_is_given_to_copy(contacts: tuple[Contact, ...], said: str) -> None:
    assert f"Om over te nemen: {said}" in _detail(judged((*contacts, *_POH)))


# --- the card as a whole


def test_only_functions_that_exist_are_promised() -> None:
    (card,) = present(
        story("S107"),
        hook="order-sign",
        language="nl",
        today=_TODAY,
        functions=frozenset(
            {CardFunction.FORECAST, CardFunction.STATED_CARE, CardFunction.SUGGESTION_CONSULT}
        ),
    )
    assert (
        "De duur is gehaald als er op of na 29-06-2026 nog een behandeling is.\n\n"
        "**Wat kunt u doen?**\n\n"
        "1. **Elders behandeld?** Geef therapeut, periode, aantal en resultaat op bij "
        "*Behandeling elders opgeven*; de toets telt dit mee.\n"
        "2. **Nu advies?** Een eenmalig consult (*Wijzig in eenmalig consult*) of overleg met een "
        "revalidatiearts blijft mogelijk.\n"
        "3. **Toch iMSR?** Licht toe"
    ) in card.detail


def test_without_its_function_a_link_is_left_out() -> None:
    assert "Tijdlijn" not in _detail(story("S005"))
    (card,) = present(
        story("S005"),
        hook="order-sign",
        language="nl",
        today=_TODAY,
        functions=frozenset({CardFunction.TIMELINE}),
    )
    assert card.detail.endswith("vergoeding. Alle contacten: zie *Tijdlijn*.")


def test_a_site_with_its_own_readings_names_them() -> None:
    rules = (
        criteria().read_as(ReadingKey.REMOTE, "not").read_as(ReadingKey.NOTHING_FOUND, "not_met")
    )
    detail = _detail(judged(contacts_of("S005"), rules=rules))
    assert detail.endswith(
        "Geen toezegging van behandeling of vergoeding. Eigen instelling van deze locatie: "
        "niets gevonden geldt als te weinig; beeldbellen en telefoon tellen niet."
    )


def test_the_footer_names_the_day_of_the_check_and_the_revision() -> None:
    rules = replace(criteria(), revision=3, effective_from=date(2026, 5, 1))
    (card,) = present(
        judged(contacts_of("S005"), rules=rules),
        hook="order-sign",
        language="nl",
        today=date(2026, 6, 20),
    )
    assert "Geteld in dit dossier op 20-06-2026, over 15-06-2024 tot en met" in card.detail
    assert "Criteria van 01-05-2026, versie 3." in card.detail
    assert card.source_label == "iMSR-criteria van 01-05-2026"


def test_among_several_orders_the_card_says_which_one_it_means() -> None:
    named = replace(story("S005"), referral=replace(IMSR, display="Revalidatie | rug"))
    (nl,) = present(named, hook="order-sign", language="nl", today=_TODAY, name_order=True)
    (en,) = present(named, hook="order-sign", language="en", today=_TODAY, name_order=True)
    assert nl.detail.startswith("**Verwijzing:** Revalidatie \\| rug\n\niMSR is")
    assert en.detail.startswith("**Referral:** Revalidatie \\| rug\n\niMSR is")
    assert "Verwijzing:" not in _detail(named)


def test_an_order_without_a_name_is_not_named() -> None:
    (card,) = present(
        story("S005"), hook="order-sign", language="nl", today=_TODAY, name_order=True
    )
    assert card.detail.startswith("iMSR is")


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
@pytest.mark.parametrize("row", ["S110", "S116", "S121"])
def test_where_the_criteria_do_not_apply_there_is_no_card(row: str, hook: str) -> None:
    assert present(story(row), hook=hook, language="nl", today=_TODAY) == ()


@pytest.mark.parametrize(
    ("person", "day"),
    [
        pytest.param(replace(ADULT, is_deceased=True), _TODAY, id="the patient has died"),
        pytest.param(ADULT, date(2026, 4, 19), id="before the criteria took effect"),
    ],
)
def test_no_setting_gives_a_card_to_these(person: Person, day: date) -> None:
    assessment = judged(contacts_of("S005"), person=person, referral=replace(IMSR, date=day))
    assert (
        present(
            assessment, hook="order-sign", language="nl", today=_TODAY, show_not_applicable=True
        )
        == ()
    )


def test_unclear_kind_and_unknown_reason_give_one_line_even_when_met_or_unreachable() -> None:
    referral = replace(IMSR, kind=ReferralKind.UNCLEAR, indication=Indication.UNKNOWN)
    gaps = frozenset({RecordPart.ENCOUNTERS, RecordPart.PROCEDURES})
    for contacts, completeness in (
        (contacts_of("S001"), Completeness()),
        ((), Completeness(gaps, is_unavailable=True)),
    ):
        assessment = judged(contacts, referral=referral, completeness=completeness)
        (card,) = present(assessment, hook="order-sign", language="nl", today=_TODAY)
        assert card.kind is CardKind.KIND_AND_INDICATION_UNCLEAR
        assert card.detail == ""
        assert card.indicator is Indicator.INFO


def test_the_id_of_a_card_is_a_uuid_in_lower_case() -> None:
    (card,) = present(story("S005"), hook="order-sign", language="nl", today=_TODAY)
    assert len(card.uuid) == 36
    assert card.uuid == card.uuid.lower()
