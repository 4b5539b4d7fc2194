"""Cards in a terminal, as a clinician would read them in the EHR."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

from cds_service.cds_hooks import EXTENSION

_BORDERS = {"info": "blue", "warning": "yellow"}


def show_answer(console: Console, answer: Mapping[str, Any]) -> None:
    """Every card of an answer to a hook, and the outcome behind it."""
    for card in answer["cards"]:
        console.print(_panel(card))
    if not answer["cards"]:
        console.print(Text("No card: the clinician sees nothing.", style="italic"))
    for assessment in answer.get("extension", {}).get(EXTENSION, []):
        console.print(Text(_outcome(assessment), style="dim"))


def _panel(card: Mapping[str, Any]) -> Panel:
    parts: list[RenderableType] = [Text(printable(card["summary"]), style="bold")]
    if card.get("detail"):
        parts += ["", Markdown(printable(card["detail"]))]
    return Panel(
        Group(*parts),
        title=Text(card["indicator"]),
        subtitle=Text(printable(card["source"]["label"])),
        border_style=_BORDERS.get(card["indicator"], "none"),
        title_align="left",
        subtitle_align="right",
    )


def _outcome(assessment: Mapping[str, Any]) -> str:
    """`outcome: indeterminate (nothing_found)`, in the words of the extension."""
    because = ", ".join(assessment.get("because", []))
    return f"outcome: {assessment['outcome']}" + (f" ({because})" if because else "")


def printable(text: str) -> str:
    """Text of a FHIR server without the control characters that steer a terminal."""
    return "".join(each for each in text if each == "\n" or each.isprintable())
