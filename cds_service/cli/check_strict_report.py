"""What the strict second look found, for a reader and as JSON."""

from typing import Any

from rich.console import Console
from rich.text import Text

from cds_service.cli.check_strict_look import StrictLook
from cds_service.cli.printable_text import printable

_COUNTED_FROM = 2


def look_json(look: StrictLook) -> dict[str, Any]:
    """The counts, and every fault with resource, element and what is wrong."""
    return {
        "models": "fhir.resources R4B",
        "resources": look.resources,
        "faulty": look.faulty,
        "faults": [
            {
                "resource": printable(fault.resource),
                "element": printable(fault.element),
                "what": printable(fault.what),
            }
            for fault in look.faults
        ],
    }


def show_look(console: Console, look: StrictLook) -> None:
    """One line per fault, so that it can be searched; before them, how often each kind is there."""
    console.print()
    console.print(Text(_heading(look), style="bold"))
    for kind, number in look.kinds if look.faulty else ():
        if number >= _COUNTED_FROM:
            console.print(Text(f"  {number} times {printable(kind)}"))
    for fault in look.faults:
        line = f"  {printable(fault.resource)}: {printable(fault.element)} {printable(fault.what)}"
        console.print(Text(line), soft_wrap=True)


def _heading(look: StrictLook) -> str:
    read = f"Strict look (fhir.resources, R4B): {_count(look.resources, 'resource')} read"
    if not look.faults:
        return f"{read}, no faults"
    return f"{read}, {_count(len(look.faults), 'fault')} in {look.faulty} of them"


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
