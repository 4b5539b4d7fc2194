"""Text for a terminal: notes on standard error, and nothing that steers the terminal."""

import json
import os

import click


def printable(text: str) -> str:
    """Text of a FHIR server without the control characters that steer a terminal."""
    return "".join(letter for letter in text if letter == "\n" or letter.isprintable())


def printable_json(value: object) -> str:
    """A value as JSON for a reader; what would steer a terminal is written as JSON's escapes.

    The value that a program reads from it is the same.
    """
    written = json.dumps(value, ensure_ascii=False, indent=2)
    return "".join(
        letter if letter == "\n" or letter.isprintable() else json.dumps(letter)[1:-1]
        for letter in written
    )


def say(text: str, *, fg: str | None = None) -> None:
    """A note on standard error, so that results can be piped; without colour under NO_COLOR."""
    click.secho(text, fg=None if os.environ.get("NO_COLOR") else fg, err=True)
