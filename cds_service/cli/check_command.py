"""`imsr-cds check`: what the record of one patient shows, in a terminal or as JSON."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import click
from rich.console import Console

from cds_service import cards
from cds_service.app import calendar
from cds_service.cds_hooks import Hook, HookCall
from cds_service.check_referral import ReferralCheck
from cds_service.cli.check_report import Report, as_json, show_report
from cds_service.cli.failures import CommandFailure, says_what_is_wrong
from cds_service.cli.printable_text import say
from cds_service.criteria_files import load_criteria
from cds_service.domain.assessment import Assessment, Completeness
from cds_service.fhir_access import FhirAccess
from cds_service.server_addresses import base_url, is_loopback
from cds_service.settings import Settings, read_settings
from fhir_mappings.terminology import load_terminology

_PATIENT = re.compile(r"(Patient/)?([A-Za-z0-9\-.]{1,64})")
_ORDER_ID = "check"


def _patient_id(_: click.Context, __: click.Parameter, value: str) -> str:
    match = _PATIENT.fullmatch(value)
    if match is None:
        raise click.BadParameter("must be the id of a Patient on the server.")
    return match[2]


def _server(_: click.Context, __: click.Parameter, value: str) -> str:
    try:
        server = base_url(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None
    if server.startswith("http:") and not is_loopback(server):
        raise click.BadParameter("must be https, unless it is an address of this machine.")
    return server


@click.command()
@click.argument("patient", callback=_patient_id)
@click.option("--server", required=True, callback=_server, help="FHIR base URL of the record.")
@click.option(
    "--referral-date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day of the referral, like 2026-06-15.  [default: today]",
)
@click.option("--json", "as_json_", is_flag=True, help="Print the assessment as JSON.")
@click.option("--ledger", is_flag=True, help="Add every contact, and what it was worth.")
@says_what_is_wrong
def check(
    patient: str, server: str, referral_date: datetime | None, *, as_json_: bool, ledger: bool
) -> None:
    """Check the record of PATIENT as if iMSR for persistent pain were asked for.

    The server is read without a token; nothing is written to it. Exit code 1: the treatment data
    could not be read at all.
    """
    settings = _settings(server)
    call = _call(patient, server, settings, referral_date)
    with _checker(settings) as checker:
        (assessment,) = checker.assess(call)
    _say_what_is_missing(assessment.completeness)
    report = Report(assessment, _cards(assessment, call, settings), has_ledger=ledger)
    if as_json_:
        click.echo(json.dumps(as_json(report), ensure_ascii=False, indent=2))
    else:
        show_report(Console(), report)
    if assessment.completeness.is_unavailable:
        raise CommandFailure(
            f"The treatment data cannot be read from {server}.",
            advice="Is the server running, and is this its FHIR base URL?",
        )


def _settings(server: str) -> Settings:
    """The site's settings; this one server may be read without a token."""
    listed = os.environ.get("IMSR_FHIR_SERVERS", "")
    fixed = {
        "IMSR_MODE": "development",
        "IMSR_HOST": "127.0.0.1",
        "IMSR_FHIR_SERVERS": f"{listed} {server}#anonymous",
        "IMSR_UNAVAILABLE": "card",
    }
    return read_settings({"IMSR_DEADLINE_SECONDS": "30", **os.environ, **fixed})


@contextmanager
def _checker(settings: Settings) -> Iterator[ReferralCheck]:
    ca_file = None if settings.ca_file is None else str(settings.ca_file)
    with FhirAccess(extra_ca=ca_file) as access:
        yield ReferralCheck(
            criteria=load_criteria(settings.criteria_dir),
            terms=load_terminology(settings.terminology_dir),
            access=access,
            settings=settings,
        )


def _call(
    patient: str, server: str, settings: Settings, referral_date: datetime | None
) -> HookCall:
    today = calendar(settings)()
    day = referral_date.date() if referral_date else today
    return HookCall(
        hook=Hook.ORDER_SIGN,
        patient_id=patient,
        draft_orders={"resourceType": "Bundle", "entry": [{"resource": _order(patient, day)}]},
        selections=None,
        today=today,
        fhir_server=server,
    )


def _order(patient: str, day: date) -> dict[str, object]:
    """A referral for persistent pain, because the record is what is asked about."""
    return {
        "resourceType": "ServiceRequest",
        "id": _ORDER_ID,
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
        "code": {"text": "iMSR"},
        "reasonCode": [{"text": "aanhoudende pijn"}],
        "authoredOn": day.isoformat(),
    }


def _cards(assessment: Assessment, call: HookCall, settings: Settings) -> tuple[cards.Card, ...]:
    return cards.present(
        assessment,
        hook=call.hook,
        language=settings.language,
        today=call.today,
        show_not_applicable=True,
    )


def _say_what_is_missing(completeness: Completeness) -> None:
    """Which parts of the record could not be had; without them a shortfall is not certain."""
    for part in sorted(completeness.gaps):
        say(f"Not everything of `{part.value}` could be read from the server.", fg="yellow")
