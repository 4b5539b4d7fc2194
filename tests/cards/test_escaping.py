"""Names from FHIR data reach a clinician's screen as text and as nothing else."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cds_service.cards import present
from cds_service.cards.escaping import escaped
from cds_service.domain.contacts import Contact
from tests.cards.stories import contacts_of, judged

_MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})

_AUTOLINK = re.compile(r"(?i):\S|//|\S\.[^\s.,;:)…]|\S@|@\S")
"""What a linkifier needs: a scheme with something behind it, a host after `//`, a name with a dot
inside, an at sign inside a word."""

_HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<!-- hidden",
    "x](javascript:alert(1))",
    "[klik](https://kwaad.example)",
    "![plaatje](https://kwaad.example/x.png)",
    "`code` ``code``",
    "**vet** _schuin_ ~~weg~~",
    "a | b | c",
    "een\n\n# kop\n\n| x |\n|---|",
    "een\r\n- lijst",
    "een\u2028twee\u2029drie\u0085vier",
    "\u202egnor\u202c \u200bn\u200bul\u2060 \ufeff",
    "https://kwaad.example/pad",
    "zie www.kwaad.example",
    "info@kwaad.example",
    "&lt;b&gt; &amp; &#60;",
    "\\[x\\](y)",
    "{c1_found} {0} {order.__class__}",
    "\x00\x07\x1b[31m",
    "<" * 10_000,
    "A" * 10_000,
    "e\u0301" * 10_000,
    "\ud800 los",
    "$x$ $$y$$",
    "kwaad.example",
    "kwaad.nl/pad?x=1",
    "//localhost/pad",
    "192.0.2.1:80",
    "z\u0335\u0336\u0337\u0338\u0339\u033a" * 20,
]


@pytest.mark.parametrize("name", _HOSTILE)
def test_a_hostile_name_is_one_line_of_plain_text(name: str) -> None:
    said = escaped(name)
    assert len(said) <= 480  # 80 characters, each at most `&quot;`
    assert said == " ".join(said.split())
    assert _is_plain_text(f"- 01-02-2025, {said}: beroep onbekend")


def _is_plain_text(line: str) -> bool:
    tokens = _MARKDOWN.parseInline(line)[0].children or []
    shown = "".join(token.content for token in tokens)
    return {token.type for token in tokens} == {"text"} and not _AUTOLINK.search(shown)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("Praktijk De Linde", "Praktijk De Linde", id="an ordinary name stays"),
        pytest.param("J. Jansen", "J. Jansen", id="initials stay"),
        pytest.param("J.P. Jansen", "J. P. Jansen", id="initials are parted"),
        pytest.param("kwaad.nl", "kwaad. nl", id="no link from a bare name"),
        pytest.param("z" + "\u0335" * 9, "z" + "\u0335" * 3, id="three combining marks"),
        pytest.param("Zoe\u0308", "Zoë", id="a mark that belongs to a letter"),
        pytest.param("Praktijk 't Hof", "Praktijk 't Hof", id="an apostrophe is harmless"),
        pytest.param("Müller-Łoś (Noord)", "Müller-Łoś (Noord)", id="accents and brackets stay"),
        pytest.param("Jansen & Zn", "Jansen &amp; Zn", id="ampersand"),
        pytest.param("<b>", "&lt;b&gt;", id="tags"),
        pytest.param("a|b", "a\\|b", id="a pipe would end a cell"),
        pytest.param("a_b*c`d", "a\\_b\\*c\\`d", id="emphasis and code"),
        pytest.param("[a](b)", "\\[a\\](b)", id="no link without its brackets"),
        pytest.param("a\nb\tc", "a b c", id="one line"),
        pytest.param("a\u200bb\u202ec", "abc", id="invisible characters go"),
        pytest.param("https://a.nl", "https: / /a. nl", id="no link from a bare address"),
        pytest.param("www.a.nl", "www. a. nl", id="nor from a bare host"),
        pytest.param("a@b.nl", "a @ b. nl", id="nor from a mail address"),
        pytest.param("\u200b \n", "", id="nothing visible is nothing"),
        pytest.param("A" * 100, "A" * 79 + "…", id="a long name is cut"),
    ],
)
def test_how_a_name_is_written(name: str, said: str) -> None:
    assert escaped(name) == said


@given(st.text(max_size=300))
def test_no_name_at_all_becomes_markup(name: str) -> None:
    assert _is_plain_text(f"x {escaped(name)}: y")


@pytest.mark.parametrize("name", _HOSTILE)
@pytest.mark.parametrize("field", ["practice", "practitioner_name"])
def test_a_card_with_a_hostile_name_keeps_its_shape(name: str, field: str) -> None:
    contacts = [_renamed(contact, field, name) for contact in contacts_of("S080")]
    assessment = judged(contacts)
    (card,) = present(
        assessment, hook="order-sign", language="nl", today=date(2026, 6, 15), orders=[name]
    )
    tokens = _MARKDOWN.parse(card.detail)
    types = [token.type for token in tokens]
    assert types.count("tr_open") == 4
    assert types.count("list_item_open") == 1
    assert types.count("heading_open") == 0
    inline = [child.type for token in tokens for child in token.children or ()]
    assert set(inline) <= {"text", "strong_open", "strong_close", "softbreak"}
    card.detail.encode("utf-8")
    assert "{" not in card.detail.replace("\\{", "")


def _renamed(contact: Contact, field: str, name: str) -> Contact:
    if field == "practice":
        return contact.but(practice=name)
    return contact.but(practice="", practitioner_name=name)
