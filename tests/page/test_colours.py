"""The contrast of every colour of the style sheet; axe does not judge text of pictures."""

import re

import pytest

from cds_service.page import STATIC_FILES

_SHEET = STATIC_FILES["page.css"][1].decode()
_COLOURS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", _SHEET))
_TEXT = 4.5
_SHAPE = 3.0


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_is_that_of_wcag() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(
    ("colour", "on", "least"),
    [
        ("ink", "paper", _TEXT),
        ("ink", "band", _TEXT),
        ("ink", "outside", _TEXT),
        ("ink-soft", "paper", _TEXT),
        ("ink-soft", "hatch", _TEXT),
        ("link", "paper", _TEXT),
        ("fault", "paper", _TEXT),
        ("warning-ink", "warning-paper", _TEXT),
        ("paper", "counted", _TEXT),  # the word in a full box, and on a button
        ("possible", "paper", _TEXT),
        ("counted", "paper", _SHAPE),
        ("counted", "hatch", _SHAPE),
        ("possible", "hatch", _SHAPE),
        ("uncounted", "paper", _SHAPE),
        ("uncounted", "hatch", _SHAPE),
        ("short", "paper", _SHAPE),
        ("line", "paper", _SHAPE),
        ("warning-line", "paper", _SHAPE),
    ],
)
def test_a_colour_stands_out_enough(colour: str, on: str, least: float) -> None:
    assert _contrast(_COLOURS[colour], _COLOURS[on]) >= least


_DECORATION = {"rule", "hatch", "band", "outside", "paper", "warning-paper"}
"""Grounds, and lines that carry no meaning."""


def test_every_colour_is_named_and_judged() -> None:
    judged = {
        "ink", "ink-soft", "link", "fault", "warning-ink", "counted", "possible", "uncounted",
        "short", "line", "warning-line",
    }  # fmt: skip
    assert set(_COLOURS) == judged | _DECORATION
    rules = _SHEET.partition("}")[2]
    assert not re.search(r"#[0-9a-f]{3,8}\b", rules), "a colour without a name"


def test_states_are_told_apart_by_shape_and_not_by_colour_alone() -> None:
    """In grey print these are equally dark: only shape and place part them."""
    shades = [_luminance(_COLOURS[name]) for name in ("counted", "possible", "uncounted")]
    assert max(shades) - min(shades) < 0.06
