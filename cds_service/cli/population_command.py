"""`imsr-cds population`: every referral of an export judged, and a made-up export to try it on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from cds_service.cli.failures import CommandFailure, says_what_is_wrong
from cds_service.domain.criteria import READING_VALUES
from cds_service.settings.settings import Settings, read_settings
from cds_service.synthetic_practice.assumptions import PRACTICE
from cds_service.synthetic_practice.export import write_export

_NOT_WHOLE = 3
_MOST_PATIENTS = 100_000_000
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def population() -> None:
    """Judge every referral of a practice, a hospital or a region; or make up a practice."""


@population.command()
@click.argument("source", metavar="INPUT", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Where to write."
)
@click.option(
    "--referrals",
    type=click.Choice(["recorded", "assumed"]),
    default="recorded",
    show_default=True,
    help="Each sent referral at its own day; or every adult with a pain indication on one day.",
)
@click.option("--as-of", type=_DAY, help="The day of assumed referrals (YYYY-MM-DD); today.")
@click.option(
    "--readings",
    multiple=True,
    metavar="all|KEY=VALUE",
    help="Say how outcomes change if a reading of the policy were another; repeatable.",
)
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; as many as processors.")
@click.option("--base-url", default="", help="FHIR base of the export, if references are absolute.")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The key of the pseudonyms, made if it is not there; OUT.key by default.",
)
@click.option(
    "--least",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="The smallest number that report and MeasureReport show.",
)
@click.option("--no-contacts", is_flag=True, help="Leave out the table of contacts.")
@click.pass_context
@says_what_is_wrong
def run(  # noqa: PLR0913 - one name for each option
    context: click.Context,
    source: Path,
    *,
    out: Path,
    referrals: str,
    as_of: datetime | None,
    readings: tuple[str, ...],
    workers: int | None,
    base_url: str,
    key_file: Path | None,
    least: int,
    no_contacts: bool,
) -> None:
    """Judge every referral in INPUT, a folder of NDJSON (or its manifest) as `$export` writes it.

    A run that was ended goes on where it was when it is started again with the same options.
    A type that has no file counts as not exported; an empty file says that there is nothing.

    Exit code 0: all is well. 1: nothing was judged, and it says why. 3: judged, but the export is
    not whole, and it says what was missing or lost.
    """
    settings = _settings()
    with _expected_failures():
        from cds_service.population import commands  # noqa: PLC0415 needs the extra

        asked = commands.Asked(
            source=source,
            out=out,
            referrals=referrals,
            as_of=as_of.date() if as_of else _today(settings),
            readings=_readings(readings),
            workers=workers or os.cpu_count() or 1,
            base_url=base_url.rstrip("/"),
            key_file=key_file or out.with_name(f"{out.name}.key"),
            with_contacts=not no_contacts,
            least=least,
            criteria_dir=settings.criteria_dir,
            terminology_dir=settings.terminology_dir,
        )
        with _bars() as bars:
            try:
                found = commands.run(asked, commands.progress_on(bars))
            except commands.UnusableRunError as error:
                raise CommandFailure(str(error)) from None
    for line in found.says:
        click.echo(line)
    for line in found.warnings:
        click.echo(line, err=True)
    context.exit(_NOT_WHOLE if found.warnings else 0)


@population.command()
@click.option(
    "--patients",
    type=click.IntRange(1, _MOST_PATIENTS),
    default=1000,
    show_default=True,
    help="How many patients, each referred once.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed, another practice.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Where to write."
)
@click.option("--gzip", "is_compressed", is_flag=True, help="Compress the files.")
def synth(patients: int, seed: int, out: Path, *, is_compressed: bool) -> None:
    """Write a made-up Dutch practice as a FHIR Bulk Data export; nobody in it exists.

    The same number and seed give the same bytes.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CommandFailure(f"{out} is not an empty folder.", advice="Name another one.")
    with _expected_failures(), _bars() as bars:
        out.mkdir(parents=True, exist_ok=True)
        task = bars.add_task("Writing", total=patients)
        write_export(
            out,
            patients,
            seed=seed,
            assumptions=PRACTICE,
            is_compressed=is_compressed,
            progress=lambda done: bars.advance(task, done),
        )
    click.echo(f"{patients} patients in {out}")


def _settings() -> Settings:
    """Only the folders and the calendar of the site matter here."""
    return read_settings({**os.environ, "IMSR_MODE": "development", "IMSR_HOST": "127.0.0.1"})


def _today(settings: Settings) -> date:
    from cds_service.app import calendar  # noqa: PLC0415 it brings HTTP along

    return calendar(settings)()


def _readings(asked: tuple[str, ...]) -> frozenset[str] | None:
    """The ids of the readings; None for all of them."""
    if "all" in asked:
        return None
    known = {f"{key}={value}" for key, values in READING_VALUES.items() for value in values}
    for each in asked:
        if each not in known:
            hint = f"{each!r} is no reading; use all, or one of: {', '.join(sorted(known))}"
            raise click.BadParameter(hint, param_hint="'--readings'")
    return frozenset(asked)


@contextmanager
def _expected_failures() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"pyarrow", "jinja2"}:
            raise
        raise CommandFailure(
            f"{error.name} is not installed, and a run needs it.",
            advice='Install it with: pip install "imsr-cds[population]"',
        ) from None
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        raise CommandFailure(
            f"{error.strerror or 'A file cannot be read or written'}{where}",
            advice="Correct that and start again; a run goes on where it was.",
        ) from None


@contextmanager
def _bars() -> Iterator[Bars]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        yield bars
