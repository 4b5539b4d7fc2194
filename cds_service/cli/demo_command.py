"""`imsr-cds demo`: a FHIR server, demo patients, the service and its cards, in one command."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any, Final

import click
import requests
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cds_service.app import create_app
from cds_service.cli.card_view import show_answer
from cds_service.cli.failures import CommandFailure, says_what_is_wrong
from cds_service.cli.printable_text import printable_json
from cds_service.cli.running_service import running_service
from cds_service.demo.loading import DemoLoadError, load
from cds_service.demo.local_hapi import LocalHapiUnavailableError, local_hapi
from cds_service.demo.patients import REFERRAL_DATE, DemoPatient
from cds_service.demo.records import (
    demo_resources,
    order_sign_call,
    order_sign_call_with_record,
)
from cds_service.demo.stories import DEMO_PATIENTS, GROUPS
from cds_service.fhir_access.server_addresses import base_url
from cds_service.hooks.cds_hooks import EXTENSION
from cds_service.settings.settings import Settings, read_settings

_DEFAULT_PORT: Final = 8000
_DEADLINE: Final = "30"  # seconds: a HAPI that has just started is slow
_CALL_SECONDS: Final = 60.0

_INTRODUCTION: Final = (
    f"Every patient here is invented. A GP signs a referral for each of them on {REFERRAL_DATE}; "
    "below it is what the service answers, as the EHR would show it."
)
_IN_ENGLISH: Final = " Clinicians read Dutch; for English cards set IMSR_LANGUAGE=en."

Answers = list[tuple[DemoPatient, dict[str, Any]]]


@click.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="End after the cards, instead of serving on.")
@click.option("--json", "as_json", is_flag=True, help="Print the answers as JSON.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help=f"Port of the service; 0 takes a free one.  [default: {_DEFAULT_PORT}, with --once free]",
)
@click.pass_context
def demo(context: click.Context, *, once: bool, as_json: bool, port: int | None) -> None:
    """Show the service at work on invented patients.

    Starts a HAPI FHIR server on this machine, loads the demo patients, starts the service, signs
    a referral for each patient and prints the cards. Then the service stays up, for a CDS client
    of your own, until Ctrl-C. Without Java the records are sent with the calls instead.
    """
    if context.invoked_subcommand is None:
        _run(once=once, as_json=as_json, port=_port(port, once=once))


@demo.command("load")
@click.option(
    "--server", required=True, help="FHIR base URL, for example http://localhost:8080/fhir."
)
@says_what_is_wrong
def load_patients(server: str) -> None:
    """Put the demo patients on any FHIR R4 server.

    Every id starts with `imsr-demo-`; loading them again changes nothing.
    """
    _load(_base_url(server), Console(stderr=True))
    patients = ", ".join(each.id for each in DEMO_PATIENTS)
    click.echo(f"{len(demo_resources())} resources are on the server. Patients: {patients}")


def _port(port: int | None, *, once: bool) -> int:
    if port is None:
        return 0 if once else _DEFAULT_PORT
    return port


def _base_url(text: str) -> str:
    try:
        return base_url(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--server") from None


@says_what_is_wrong
def _run(*, once: bool, as_json: bool, port: int) -> None:
    notes = Console(stderr=True)
    settings = _settings(port)
    application = create_app(settings)
    with ExitStack() as stack:
        stack.enter_context(_ends_with_ctrl_c())
        # first the service: a port that is taken is then said before anybody waits for HAPI
        url = stack.enter_context(running_service(application, "127.0.0.1", port))
        server = stack.enter_context(_fhir_server(notes))
        answers = _answers(url, server, notes)
        if as_json:
            click.echo(_as_json(answers))
        else:
            _show(Console(), answers, settings.language)
        if not once:
            _stay_up(notes, url, server)


def _settings(port: int) -> Settings:
    """The site's settings, in development mode, on the day of the demo's referrals."""
    fixed = {
        "IMSR_MODE": "development",
        "IMSR_HOST": "127.0.0.1",
        "IMSR_PORT": str(port),
        "IMSR_TODAY": REFERRAL_DATE.isoformat(),
    }
    return read_settings({"IMSR_DEADLINE_SECONDS": _DEADLINE, **os.environ, **fixed})


@contextmanager
def _ends_with_ctrl_c() -> Iterator[None]:
    """Ctrl-C is the normal end of a demo; everything that was started is stopped first."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("The demo has ended.", err=True)


@contextmanager
def _fhir_server(notes: Console) -> Iterator[str]:
    """The base URL of a server that holds the demo patients; empty where none can be started."""

    def say(text: str) -> None:
        notes.print(Text(text))

    with ExitStack() as stack:
        try:
            server = stack.enter_context(local_hapi(say=say)).base_url
        except LocalHapiUnavailableError as error:
            say(f"No HAPI FHIR server: {error}")
            say("The records are sent with the calls instead (prefetch); the cards are the same.")
            server = ""
        if server:
            _load(server, notes)
        yield server


def _load(server: str, notes: Console) -> None:
    resources = demo_resources()
    try:
        with Progress(console=notes) as progress:
            task = progress.add_task("Loading demo patients", total=len(resources))
            load(resources, server, after_each=_advance(progress, task))
    except DemoLoadError as error:
        raise CommandFailure(str(error)) from None


def _advance(progress: Progress, task: Any) -> Callable[[], None]:
    return lambda: progress.advance(task)


def _answers(url: str, server: str, notes: Console) -> Answers:
    """What the service says when each referral is signed."""
    with Progress(console=notes) as progress:
        patients = progress.track(DEMO_PATIENTS, description="Signing referrals    ")
        return [(patient, _sign(url, _call(patient, server))) for patient in patients]


def _call(patient: DemoPatient, server: str) -> dict[str, Any]:
    if server:
        return order_sign_call(patient, fhir_server=server)
    return order_sign_call_with_record(patient)


def _sign(url: str, call: dict[str, Any]) -> dict[str, Any]:
    address = f"{url}/cds-services/imsr-order-sign"
    answer = requests.post(address, json=call, timeout=_CALL_SECONDS)
    if answer.status_code != requests.codes.ok:
        raise CommandFailure(
            f"The service refused a demo call with status {answer.status_code}.",
            advice="This is a fault of the service; please report it.",
        )
    body: dict[str, Any] = answer.json()
    return body


def _as_json(answers: Answers) -> str:
    told = [
        {"patient": patient.id, "name": patient.name, "shows": patient.shows, "answer": answer}
        for patient, answer in answers
    ]
    return printable_json(told)


def _show(console: Console, answers: Answers, language: str) -> None:
    """Each patient under its group, with what the clinician sees; at the end all in one table."""
    console.print(Text(_INTRODUCTION + (_IN_ENGLISH if language == "nl" else "")))
    told = iter(enumerate(answers, start=1))
    for title, group in GROUPS:
        console.print()
        console.print(Rule(Text(title, style="bold"), characters="═"))
        for number, (patient, answer) in islice(told, len(group)):
            console.print()
            console.print(Text(f"{number}. {patient.name}  {patient.id}", style="bold"))
            console.print(Text(patient.shows))
            show_answer(console, answer)
    console.print()
    console.print(_overview(answers))


def _overview(answers: Answers) -> Table:
    table = Table(title="All demo patients", title_justify="left", box=box.SIMPLE)
    table.add_column("", justify="right")
    for heading in ("patient", "outcome", "because", "card"):
        table.add_column(heading)
    for number, (patient, answer) in enumerate(answers, start=1):
        assessment = answer["extension"][EXTENSION][0]
        cards = ", ".join(card["indicator"] for card in answer["cards"]) or "none"
        because = ", ".join(assessment.get("because", []))
        table.add_row(str(number), patient.name, assessment["outcome"], because, cards)
    return table


def _stay_up(notes: Console, url: str, server: str) -> None:
    """Says what can be tried now, and waits for Ctrl-C."""
    lines = [f"The service stays up. CDS Hooks discovery: {url}/cds-services"]
    if server:
        lines += [
            f"The FHIR server with the demo patients: {server}",
            "To see every contact of one of them, in another terminal:",
            f"  imsr-cds check {DEMO_PATIENTS[0].id} --ledger \\",
            f"    --referral-date {REFERRAL_DATE} --server {server}",
        ]
    lines.append(f"For the service, today is {REFERRAL_DATE}. Ctrl-C ends it.")
    notes.print()
    for line in lines:
        notes.print(Text(line), soft_wrap=True)
    threading.Event().wait()
