"""Text for a terminal: notes on standard error, and nothing that steers the terminal."""

import click


def printable(text: str) -> str:
    """Text of a FHIR server without the control characters that steer a terminal."""
    return "".join(each for each in text if each == "\n" or each.isprintable())


def say(text: str, *, fg: str | None = None) -> None:
    """A note on standard error, so that results can be piped."""
    click.secho(text, fg=fg, err=True)
