"""`imsr-cds explain-code`: what a code means to the service, and why."""

import os
import textwrap
from collections.abc import Iterator
from dataclasses import asdict

import click

from cds_service.app import calendar
from cds_service.cli.failures import says_what_is_wrong
from cds_service.cli.printable_text import printable, printable_json
from cds_service.criteria_files import load_criteria
from cds_service.domain.ledger import Standing
from cds_service.explain import (
    CodeExplanation,
    CodeLine,
    Effect,
    UnknownSystemError,
    Worth,
    explain,
    system_named,
)
from cds_service.settings.settings import Settings, read_settings
from fhir_mappings.reading.concepts import Coding
from fhir_mappings.terminology.artefacts import Artefact, Faults
from fhir_mappings.terminology.tables import Terminology, artefacts_in_use, load_terminology

_CRITERIA = {
    "allied-health-therapy": "1 (1) physio-, exercise, occupational therapist",
    "psychological-care": "1 (2) psychologist or POH-GGZ",
    "psychosomatic-therapy": "2     psychosomatic therapist",
}
_STANDINGS = {
    Standing.CERTAIN: "counts",
    Standing.POSSIBLE: "possible",
    Standing.NOT_COUNTED: "not counted",
}
_WIDEST_LABEL = max(map(len, _CRITERIA.values()))


@click.command("explain-code")
@click.argument("system")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Write the explanation as JSON.")
@click.pass_context
@says_what_is_wrong
def explain_code(context: click.Context, system: str, code: str, *, as_json: bool) -> None:
    """Say what CODE of SYSTEM means to the service, in which file it says so, and what follows.

    SYSTEM is the address of a code system, an alias of it, or a short name such as cod016,
    uzi-rolcode, snomed or plain-text (words as people write them). The tables of a site
    (IMSR_TERMINOLOGY_DIR) and its readings (IMSR_CRITERIA_DIR) are used where they are set.

    Exit code 0: a table knows the code. 1: none does; what follows from that is said.
    """
    if not code.strip():
        raise click.BadParameter("is empty", param_hint="'CODE'")
    settings = _settings()
    terms = load_terminology(settings.terminology_dir)
    artefacts = artefacts_in_use(settings.terminology_dir, Faults())
    asked = Coding(_system(system, artefacts, terms), code)
    criteria = load_criteria(settings.criteria_dir).in_force(calendar(settings)())
    found = explain(asked, artefacts, terms, criteria)
    if as_json:
        click.echo(printable_json(_as_json(asked, found)))
    else:
        click.echo(printable("\n".join(_report(found))))
    context.exit(0 if found.is_known else 1)


def _settings() -> Settings:
    """Only the folders and the calendar of the site matter here."""
    return read_settings({**os.environ, "IMSR_MODE": "development", "IMSR_HOST": "127.0.0.1"})


def _system(name: str, artefacts: tuple[Artefact, ...], terms: Terminology) -> str:
    try:
        return system_named(name.strip(), artefacts, terms.keys)
    except UnknownSystemError as error:
        hint = "is no code system; give its URI, or " + str(error)
        raise click.BadParameter(hint, param_hint="'SYSTEM'") from None


def _as_json(asked: Coding, found: CodeExplanation) -> dict[str, object]:
    sent = {"system": asked.system, "code": asked.code}
    return {"asked": sent, "known": found.is_known, **asdict(found)}


def _report(found: CodeExplanation) -> Iterator[str]:
    called = f"  {found.display}" if found.display else ""
    yield f"{found.code}{called}"
    yield f"  {found.system or 'without a code system'}"
    if found.repairs:
        yield from ("", "Repaired", *(f"  {repair}" for repair in found.repairs))
    yield from ("", "What it is")
    for line in found.lines:
        yield from (f"  {line.says}", f"      {_where(line)}")
    if not found.lines:
        yield "  No table knows this code."
    if found.follows:
        sentences = (_wrapped(each) for each in found.follows)
        yield from ("", "What follows", *sentences)
    for section in found.sections:
        yield from ("", section.title)
        is_same = len(section.effects) == 1
        for effect in section.effects:
            yield from _effect(effect, "whatever else is said" if is_same else "")


def _where(line: CodeLine) -> str:
    owner = "the site's " if line.is_site else ""
    return f"{owner}{line.file}{' (a range of codes)' if line.is_range else ''}"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, width=98, initial_indent="  ", subsequent_indent="    ")


def _effect(effect: Effect, always: str) -> Iterator[str]:
    yield _wrapped(always or "; ".join(effect.situations))
    for worth in effect.worths:
        label = _CRITERIA.get(worth.criterion, worth.criterion)
        yield f"      {label:<{_WIDEST_LABEL}}  {_standing(worth)}"


def _standing(worth: Worth) -> str:
    why = f" ({', '.join(worth.why)})" if worth.why else ""
    return f"{_STANDINGS[worth.standing]}{why}"
