"""What holds for every page: no script, no promise, no foreign text unescaped, bounded size."""

import re
from dataclasses import replace
from itertools import product

import pytest

from cds_service.page import (
    FailureCause,
    FailureContent,
    Notice,
    NoticeKind,
    PageContent,
    PatientLabel,
    View,
    render_failure,
    render_page,
)
from tests.page.page_stories import FAULTY_FORM, STORIES, content
from tests.page.reading_pages import PageReader, heading

_EVERY = list(product(STORIES, View, ("nl", "en")))
_MOST_BYTES = 60_000

_NEVER = re.compile(
    r"komt in aanmerking|goedgekeurd|afgewezen|altijd|fout|gewoon|eligible|approved|rejected",
    re.IGNORECASE,
)


def test_five_hundred_contacts_fit_in_sixty_kilobytes() -> None:
    for view, language in product(View, ("nl", "en")):
        html = render_page(content("many", view=view, language=language))
        assert len(PageReader(html).rows) == 500
        assert len(html.encode()) <= _MOST_BYTES


@pytest.mark.parametrize(("name", "view", "language"), _EVERY)
def test_a_page_has_no_script_no_inline_style_and_no_address_of_others(
    name: str, view: View, language: str
) -> None:
    html = render_page(content(name, view=view, language=language))
    for tag, attrs in PageReader(html).elements:
        assert tag not in {"script", "style", "iframe", "object", "img"}
        assert not [key for key in attrs if key == "style" or key.startswith("on")]
        for key in ("href", "src", "action"):
            assert not (attrs.get(key) or "/").startswith(("http", "//", "javascript"))


@pytest.mark.parametrize(("name", "view", "language"), _EVERY)
def test_a_page_promises_and_refuses_nothing(name: str, view: View, language: str) -> None:
    assert not _NEVER.search(
        PageReader(render_page(content(name, view=view, language=language))).text
    )


@pytest.mark.parametrize(("name", "view", "language"), _EVERY)
def test_every_id_stands_once_and_every_reference_leads_somewhere(
    name: str, view: View, language: str
) -> None:
    read = PageReader(render_page(content(name, view=view, language=language)))
    assert len(read.ids) == len(set(read.ids))
    for _, attrs in read.elements:
        named = [attrs.get("aria-labelledby"), attrs.get("aria-describedby"), attrs.get("for")]
        for ids in filter(None, named):
            assert set(ids.split()) <= set(read.ids)
        if (attrs.get("href") or "").startswith("#"):
            assert (attrs["href"] or "")[1:] in read.ids


@pytest.mark.parametrize("view", View)
def test_names_of_a_record_are_text_and_nothing_else(view: View) -> None:
    patient = PatientLabel('</p><img src=x onerror="alert(1)">\u202eeman\x00')
    notice = Notice(NoticeKind.SCOPES_REFUSED, names=("<b>Procedure</b>",))
    copied = Notice(NoticeKind.STATED_CARE_NOT_SAVED, text="</pre><script>alert(2)</script>")
    html = render_page(
        content(
            "hostile",
            view=view,
            patient=patient,
            notices=(notice, copied),
            form=FAULTY_FORM,
            has_form=True,
        )
    )
    read = PageReader(html)
    assert "script" not in {tag for tag, _ in read.elements}
    assert not read.named("img")
    assert not read.named("b")
    assert "{{7*7}}" in read.text
    assert "49" not in heading(html)
    assert "\u202e" not in html
    assert "\x00" not in html


def test_the_heading_says_the_outcome_and_what_decides_it() -> None:
    said = {
        name: heading(render_page(content(name)))
        for name in ("filled", "empty", "incomplete", "interrupted", "stated", "met", "unavailable")
    }
    assert said == {
        "filled": "Niet zeker: 4 contacten met een praktijkondersteuner: was dat de POH-GGZ?",
        "empty": "Nog niet te bepalen: geen behandeling gevonden die meetelt",
        "incomplete": "Nog niet te bepalen: niet alle gegevens zijn opgehaald",
        "interrupted": "Niet zeker: fysio/oefen/ergo 12 keer, maar alleen over een onderbreking"
        " van 57 weken",
        "stated": "Aantal en duur aangetoond (optie 1), maar deels volgens opgave van de verwijzer",
        "met": "Aantal en duur aangetoond (optie 1), maar van 7 contacten is de plaats onbekend",
        "unavailable": "Niet getoetst: de behandelgegevens zijn niet bereikbaar",
    }
    told = heading(render_page(content("stated", view=View.GP)))
    assert told == "Aantal en duur aangetoond (optie 1), maar deels volgens uw opgave"


def test_an_incomplete_record_is_said_above_the_heading_and_nothing_is_called_short() -> None:
    html = render_page(content("incomplete"))
    notice = html.index("Dit dossier is onvolledig")
    assert notice < html.index("<h1")
    assert html.count(">?</text>") == 6  # number and weeks of three criteria
    assert "0 contacten" not in html


def test_a_pause_is_said_on_the_bar() -> None:
    html = render_page(content("interrupted"))
    assert ">57 weken</text>" in html
    assert ">onderbreking</text>" in html


def test_thresholds_are_for_the_centre_and_not_for_the_one_who_refers() -> None:
    assert 'class="threshold"' in render_page(content("filled"))
    assert 'class="threshold"' not in render_page(content("filled", view=View.GP))


def test_what_is_missing_comes_first_for_the_gp_and_the_picture_after_it() -> None:
    html = render_page(content("empty", view=View.GP))
    places = [
        html.index(text)
        for text in ("<h1", "Wat ontbreekt<", "Behandeling elders opgeven</h2>", "Tijdlijn</h2>")
    ]
    assert places == sorted(places)
    assert "Vraag de patiënt" in html


def test_the_centre_is_not_asked_what_only_the_referrer_can_do() -> None:
    html = render_page(content("empty"))
    assert "Vraag de patiënt" not in html
    assert "<form" not in html


def test_the_form_has_the_fields_of_the_design_and_needs_only_discipline_and_month() -> None:
    read = PageReader(render_page(content("empty", view=View.GP)))
    inputs = [*read.named("input"), *read.named("select"), *read.named("textarea")]
    names = {attrs["name"] for attrs in inputs}
    assert names == {
        "csrf", "form-id", "courses", "course-1-discipline", "course-1-from", "course-1-to",
        "course-1-running", "course-1-number", "course-1-approximate", "course-1-source",
        "course-1-content", "course-1-result",
    }  # fmt: skip
    choices = [attrs["value"] for attrs in inputs if attrs["name"] == "course-1-discipline"]
    assert choices == [
        "physiotherapist", "exercise-therapist", "occupational-therapist",
        "psychosomatic-therapist", "psychologist", "mental-health-practice-nurse",
    ]  # fmt: skip
    required = {attrs["name"] for attrs in inputs if "required" in attrs}
    assert required == {"course-1-discipline", "course-1-from"}
    (form,) = read.named("form")
    assert form["method"] == "post"
    assert form["action"] == "/page/s1/stated-care"


def test_a_form_with_faults_keeps_what_was_filled_in_and_names_each_fault() -> None:
    html = render_page(content("empty", view=View.GP, form=FAULTY_FORM))
    read = PageReader(html)
    by_name = {attrs.get("name"): attrs for attrs in read.named("input")}
    assert by_name["course-1-from"]["value"] == "2025-06"
    assert by_name["course-1-to"]["aria-invalid"] == "true"
    assert by_name["course-1-to"]["aria-describedby"] == "course-1-to-fault"
    assert "De laatste maand ligt voor de eerste." in read.text
    assert "Behandeling 2, Aantal: Vul een heel getal van 1 tot en met 999 in." in read.text


def test_letters_and_referrals_of_psychological_care_are_named_by_date_alone() -> None:
    text = PageReader(render_page(content("filled"))).text
    assert "Brief (fysiotherapie) van 02-06-2025" in text
    assert "Eigen verwijzing (fysiotherapie) van 14-01-2025" in text
    assert "Brief van 08-09-2025" in text


def test_the_text_to_copy_holds_numbers_and_asks_no_content_of_psychological_care() -> None:
    html = render_page(content("filled", view=View.GP))
    found = re.search(r'<pre class="letter"[^>]*>(.*?)</pre>', html, re.DOTALL)
    assert found
    lines = found[1].splitlines()
    assert "- fysiotherapie 14 keer, 06-01-2025 tot en met 03-05-2025" in lines
    assert "- POH-GGZ 5 keer, 01-09-2025 tot en met 27-10-2025" in lines
    assert "Inhoud fysiotherapie: [wat is er gedaan?]" in lines
    assert not [line for line in lines if line.startswith(("Inhoud POH", "Resultaat POH"))]
    assert "POH-GGZ: [alleen wat voor de verwijzing nodig is, in overleg met de patiënt]" in lines


def test_without_a_referral_the_page_says_so() -> None:
    empty = PageContent((), View.GP, "nl", content("empty").today, "/f")
    html = render_page(empty)
    assert heading(html) == "Geen verwijzing naar revalidatiegeneeskunde gevonden"


def test_several_referrals_stand_one_after_the_other() -> None:
    one = content("filled")
    html = render_page(replace(one, explained=(*one.explained, *content("empty").explained)))
    read = PageReader(html)
    assert html.count("<h1") == 2
    assert len(read.ids) == len(set(read.ids))


@pytest.mark.parametrize("cause", FailureCause)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_failure_names_its_cause_and_how_to_go_on(cause: FailureCause, language: str) -> None:
    html = render_failure(FailureContent(cause, language, "/f", again_url="/again"))
    read = PageReader(html)
    assert len(read.text.split()) > 15
    assert {attrs.get("href") for attrs in read.named("a")} == {"/again"}
    assert f'<html lang="{language}">' in html


def test_no_two_failures_say_the_same() -> None:
    pages = {render_failure(FailureContent(cause, "nl", "/f")) for cause in FailureCause}
    assert len(pages) == len(FailureCause) == 20
