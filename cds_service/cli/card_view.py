"""Cards in a terminal, as a clinician would read them in the EHR."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

from cds_service.cli.printable_text import printable
from cds_service.hooks.cds_hooks import EXTENSION

_BORDERS = {"info": "blue", "warning": "yellow"}


def show_answer(console: Console, answer: Mapping[str, Any]) -> None:
    """Every card of an answer to a hook, and the outcome behind it."""
    for card in answer["cards"]:
        source = card["source"]["label"]
        console.print(panel(card["summary"], card.get("detail", ""), card["indicator"], source))
    if not answer["cards"]:
        console.print(Text("No card: the clinician sees nothing.", style="italic"))
    for assessment in answer.get("extension", {}).get(EXTENSION, []):
        console.print(Text(_outcome(assessment), style="dim"))


def panel(summary: str, detail: str, indicator: str, source: str) -> Panel:
    """One card: the summary in bold, the detail as Markdown, in the colour of the indicator."""
    parts: list[RenderableType] = [Text(printable(summary), style="bold")]
    if detail:
        parts += ["", Markdown(printable(detail))]
    return Panel(
        Group(*parts),
        title=Text(indicator),
        subtitle=Text(printable(source)),
        border_style=_BORDERS.get(indicator, "none"),
        title_align="left",
        subtitle_align="right",
    )


def _outcome(assessment: Mapping[str, Any]) -> str:
    """`outcome: indeterminate (nothing_found)`, in the words of the extension."""
    because = ", ".join(assessment.get("because", []))
    return f"outcome: {assessment['outcome']}" + (f" ({because})" if because else "")
