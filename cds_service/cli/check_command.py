"""`imsr-cds check`: what the record of one patient shows, in a terminal or as JSON."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial
from typing import Final

import click
from rich.console import Console
from rich.progress import Progress

from cds_service.assessing import explain
from cds_service.cli.check_calls import (
    call_about,
    captured_call,
    options_for,
    refused,
    settings_for,
)
from cds_service.cli.check_files import shown_name
from cds_service.cli.check_incoming import Incoming, ListeningAccess
from cds_service.cli.check_report import Report, show_report
from cds_service.cli.check_strict_look import StrictLook, look_at, why_unreadable
from cds_service.cli.check_strict_report import look_json, show_look
from cds_service.cli.failures import CommandFailure, says_what_is_wrong
from cds_service.cli.printable_text import printable_json, say
from cds_service.criteria_files import load_criteria
from cds_service.domain.assessment import Assessment
from cds_service.errors import MalformedCallError, RecordNotOfferedError, RecordUnavailableError
from cds_service.fhir_access.server_addresses import base_url, is_loopback
from cds_service.hooks.assessment_document import document_json
from cds_service.hooks.cds_hooks import HookAnswer, HookCall
from cds_service.hooks.order_hooks import ReferralCheck
from cds_service.settings.settings import Settings
from cds_service.settings.site_access import fhir_access
from fhir_mappings.terminology.tables import load_terminology

_PATIENT = re.compile(r"(Patient/)?([A-Za-z0-9\-.]{1,255})")
_DAY = click.DateTime(["%Y-%m-%d"])
_FAULTS_FOUND: Final = 3
_SHOWN_FROM: Final = 200  # resources, from which on the strict look takes a noticeable time


def _patient_id(_: click.Context, __: click.Parameter, value: str | None) -> str:
    if value is None:
        return ""
    match = _PATIENT.fullmatch(value)
    if match is None:
        raise click.BadParameter("must be the id of a Patient on the server.")
    return match[2]


def _server(_: click.Context, __: click.Parameter, value: str | None) -> str:
    if value is None:
        return ""
    try:
        server = base_url(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None
    if server.startswith("http:") and not is_loopback(server):
        raise click.BadParameter("must be https, unless it is an address of this machine.")
    return server


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked, from the command line. `file` is empty where a patient is asked about."""

    patient: str
    server: str
    file: str
    referral_date: date | None
    today: date | None
    client: str

    def refuse_mixtures(self) -> None:
        """Either a patient on a server, or a captured call, which says both itself."""
        if self.file:
            if self.patient or self.server or self.referral_date:
                raise click.UsageError(
                    "--request goes without PATIENT, --server and --referral-date: the call says "
                    "whose record it is about and on which server, and the order says its date."
                )
            return
        if not self.patient:
            raise click.UsageError("Name a PATIENT and --server, or a captured call: --request.")
        if not self.server:
            raise click.UsageError("Missing option '--server'.")
        if self.today:
            raise click.UsageError("--today goes with --request; use --referral-date here.")

    def settings(self) -> Settings:
        """The site's settings, for this question."""
        return settings_for(server=self.server, today=self.today)

    def call(self, settings: Settings) -> HookCall:
        """The call to be answered, with the options of the client that is named."""
        if self.file:
            call = captured_call(self.file, settings)
        else:
            call = call_about(self.patient, self.server, settings, self.referral_date)
        return replace(call, client_options=options_for(self.client, settings))


@click.command()
@click.argument("patient", required=False, callback=_patient_id)
@click.option("--server", callback=_server, help="FHIR base URL of the record of PATIENT.")
@click.option(
    "--request",
    "file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="A captured call of order-select or order-sign, as JSON; - reads standard input.",
)
@click.option(
    "--referral-date",
    type=_DAY,
    metavar="DATE",
    help="Day of the referral of PATIENT, as 2026-06-15.  [default: today]",
)
@click.option(
    "--today",
    type=_DAY,
    metavar="DATE",
    help="Day on which the captured call was made.  [default: today]",
)
@click.option(
    "--client",
    default="",
    metavar="NAME",
    help="Show the card as this trusted client gets it.  [default: as the settings say]",
)
@click.option("--json", "as_json_", is_flag=True, help="Print the full assessment as JSON.")
@click.option(
    "--ledger", is_flag=True, help="Add every contact, and what it was worth (as JSON: always)."
)
@click.option(
    "--validate", is_flag=True, help="Add a strict look at every resource that came in, as FHIR R4."
)
@says_what_is_wrong
def check(  # noqa: PLR0913 - one argument per option
    patient: str,
    server: str,
    file: str | None,
    referral_date: datetime | None,
    today: datetime | None,
    *,
    client: str,
    as_json_: bool,
    ledger: bool,
    validate: bool,
) -> None:
    """Check the record of PATIENT on a FHIR server, or answer a captured call.

    The card is the one that the service would send, by the same settings.

    `imsr-cds check PATIENT --server URL` asks as if iMSR for persistent pain were referred for.
    The server is read without a token; nothing is written to it.

    `imsr-cds check --request FILE` answers the call in FILE as the service would. With a complete
    prefetch it needs no network; else its FHIR server is asked if IMSR_FHIR_SERVERS lists it or
    it is of this machine.

    In a terminal of 120 columns and more, and as JSON, the ledger names practices and entries of
    the record.

    \b
    Exit codes:
      0  checked; also where the record is incomplete, or no order is a referral
      1  not checked: wrong file or setting, or no treatment data; what to do is said
      2  wrong use of the command
      3  checked, and the strict look (--validate) found faults
    """  # noqa: D301 - \b keeps the lines of the list
    wanted = _Wanted(patient, server, file or "", _date(referral_date), _date(today), client)
    wanted.refuse_mixtures()
    settings = wanted.settings()
    call = wanted.call(settings)
    incoming = Incoming()
    answer = _answer(call, settings, incoming, wanted.file)
    _say_what_is_missing(answer.assessments, wanted)
    look = _strict_look(incoming) if validate else None
    why = cache(partial(why_unreadable, incoming=incoming))
    reports = [
        Report(referral.assessment, referral.cards, ledger, why) for referral in answer.referrals
    ]
    if as_json_:
        click.echo(printable_json(_json(answer.assessments, why, look)))
    else:
        _show(Console(), reports, look)
    _refuse_unavailable(answer.assessments, call)
    if look is not None and look.faults:
        click.get_current_context().exit(_FAULTS_FOUND)


def _date(value: datetime | None) -> date | None:
    return None if value is None else value.date()


def _answer(call: HookCall, settings: Settings, incoming: Incoming, file: str) -> HookAnswer:
    """What the service answers, while `incoming` hears everything that it is told.

    Without cards where the service would send none, because the site prefers a 412.
    """
    if file:
        incoming.hear_call(call)
    with _checker(settings, incoming) as checker, _patience():
        try:
            assessed = checker.assess(call)
            return checker.present(call, assessed)
        except RecordUnavailableError:
            return HookAnswer(assessed)
        except MalformedCallError as error:
            raise refused(file, error) from None
        except RecordNotOfferedError:
            raise CommandFailure(
                f"{shown_name(file)}: nothing can be said (412): the call holds neither the "
                "prefetch keys `encounters` and `procedures` nor access to a FHIR server that may "
                "be asked.",
                advice="Let the client prefetch these keys, or list its server in "
                "IMSR_FHIR_SERVERS and keep fhirAuthorization in the call.",
            ) from None


@contextmanager
def _checker(settings: Settings, incoming: Incoming) -> Iterator[ReferralCheck]:
    with fhir_access(settings) as access:
        yield ReferralCheck(
            criteria=load_criteria(settings.criteria_dir),
            terms=load_terminology(settings.terminology_dir),
            access=ListeningAccess(access, incoming.hear),
            settings=settings,
        )


@contextmanager
def _patience() -> Iterator[None]:
    """In a terminal, a sign that something happens while a slow server is read."""
    notes = Console(stderr=True)
    if not notes.is_terminal:
        yield
        return
    with notes.status("Reading the record"):
        yield


def _strict_look(incoming: Incoming) -> StrictLook:
    received = incoming.received
    notes = Console(stderr=True)
    is_quiet = len(received) < _SHOWN_FROM or not notes.is_terminal
    with Progress(console=notes, transient=True, disable=is_quiet) as progress:
        task = progress.add_task("Reading strictly", total=len(received))
        return look_at(received, lambda: progress.advance(task))


def _json(
    assessments: tuple[Assessment, ...], why: Callable[[str], str], look: StrictLook | None
) -> dict[str, object]:
    """The document that `POST /assessments` answers, and the strict look where it is wanted."""
    strict = {} if look is None else {"strict": look_json(look)}
    return {**document_json(map(explain, assessments), why), **strict}


def _show(console: Console, reports: list[Report], look: StrictLook | None) -> None:
    if not reports:
        console.print("No order of this call is a referral to rehabilitation medicine: no card.")
    for number, report in enumerate(reports):
        if number:
            console.print()
        show_report(console, report)
    if look is not None:
        show_look(console, look)


def _say_what_is_missing(assessments: tuple[Assessment, ...], wanted: _Wanted) -> None:
    """Which parts of the record could not be retrieved; without them a shortfall is not certain."""
    gaps = {part for each in assessments for part in each.completeness.gaps}
    where = "the call or its server" if wanted.file else "the server"
    for part in sorted(gaps):
        say(f"Not everything of `{part.value}` could be read from {where}.", fg="yellow")
    if any(each.completeness.is_recorded_elsewhere for each in assessments):
        say("The Patient was merged, replaced or is not active: care may stand under another one.")
    if gaps and wanted.file and not wanted.today:
        say("If the call was made on another day than today, give that day: --today DATE.")


def _refuse_unavailable(assessments: tuple[Assessment, ...], call: HookCall) -> None:
    if any(assessment.is_unavailable for assessment in assessments):
        where = call.fhir_server or "the call"
        raise CommandFailure(
            f"The treatment data cannot be read from {where}.",
            advice="Is the server running, and is this its FHIR base URL? May it be asked: does "
            "IMSR_FHIR_SERVERS list it, and is the token of the call still valid?"
            if call.authorization
            else "Is the server running, and is this its FHIR base URL?",
        )
