"""Text for a terminal: notes on standard error, and nothing that steers the terminal."""

import os

import click


def printable(text: str) -> str:
    """Text of a FHIR server without the control characters that steer a terminal."""
    return "".join(letter for letter in text if letter == "\n" or letter.isprintable())


def say(text: str, *, fg: str | None = None) -> None:
    """A note on standard error, so that results can be piped; without colour under NO_COLOR."""
    click.secho(text, fg=None if os.environ.get("NO_COLOR") else fg, err=True)
