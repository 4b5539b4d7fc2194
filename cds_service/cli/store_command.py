"""`imsr-cds store`: what is kept, and for how long."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from cds_service.cli.failures import CommandFailure, says_what_is_wrong
from cds_service.errors import StoreUnavailableError
from cds_service.settings.settings import Settings, read_settings
from cds_service.store import (
    Answers,
    BrowserSessions,
    Pseudonyms,
    SeenTokens,
    Store,
    open_store,
    read_audit_key,
)


@click.group()
def store() -> None:
    """Look after the store: used tokens, sessions of the page, one audit row per answer."""


@store.command()
@click.option(
    "--older-than-days",
    type=click.IntRange(1, 36_525),
    help="Delete audit rows older than this.  [setting IMSR_AUDIT_DAYS, default 1827]",
)
@says_what_is_wrong
def purge(older_than_days: int | None) -> None:
    """Delete audit rows past their retention, and tokens and sessions that have expired.

    Run it once a day; a service may run meanwhile.
    """
    settings = read_settings(os.environ)
    days = older_than_days or settings.audit_days
    with _opened(settings) as opened:
        rows = Answers(opened).purge(older_than_days=days, now=time.time())
        tokens = SeenTokens(opened).purge()
        sessions = BrowserSessions(opened).purge()
    click.echo(
        f"Deleted {rows} audit rows older than {days} days, {tokens} expired tokens and "
        f"{sessions} expired sessions of the page."
    )


@store.command()
@click.argument("client")
@click.argument("patient")
@says_what_is_wrong
def find(client: str, patient: str) -> None:
    """Show the audit rows about PATIENT (a FHIR id) of CLIENT (its name), a line of JSON each.

    It needs the key with which they were written. PATIENT `-` is read from standard input, so
    that the id gets into no history of commands.
    """
    identifier = sys.stdin.read().strip() if patient == "-" else patient
    settings = read_settings(os.environ)
    key = read_audit_key(settings.audit_key, settings.audit_key_file)
    with _opened(settings) as opened:
        for row in Answers(opened).of_patient(Pseudonyms(key).of("patient", client, identifier)):
            click.echo(json.dumps(row))


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    if settings.store is None:
        raise CommandFailure(
            "In development mode nothing is kept unless IMSR_STORE_URL is set.",
            advice="Set IMSR_STORE_URL, or IMSR_MODE=production.",
        )
    opened = open_store(settings.store)
    try:
        yield opened
    except StoreUnavailableError:
        raise CommandFailure(
            "The store does not answer.", advice="Is the database of IMSR_STORE_URL running?"
        ) from None
    finally:
        opened.close()
