"""`imsr-cds settings`: every setting, its value, where it comes from, what it means."""

import os
import textwrap

import click

from cds_service.cli.failures import says_what_is_wrong
from cds_service.settings.settings import SettingRow, describe_settings, read_settings


@click.command()
@says_what_is_wrong
def settings() -> None:
    """Show every setting with its value, its source and its meaning.

    All settings are environment variables. Exit code 1: a value is wrong.
    """
    for row in describe_settings(os.environ):
        click.echo(_lines(row))
    for name in read_settings(os.environ).unrecognised:
        click.secho(f"{name} is set, but no setting has that name.", fg="yellow", err=True)


def _lines(row: SettingRow) -> str:
    """`NAME = value  (source)` and, below it, the meaning and the default."""
    value = row.value or "(empty)"
    default = f" Default: {row.default or '(empty)'}."
    meaning = row.meaning[:1].upper() + row.meaning[1:].rstrip(".") + "." + default
    indent = " " * 4
    body = textwrap.fill(
        meaning, width=96, initial_indent=indent, subsequent_indent=indent, break_long_words=False
    )
    return f"{row.name} = {value}  ({row.source})\n{body}\n"
