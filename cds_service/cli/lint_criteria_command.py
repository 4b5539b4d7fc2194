"""`imsr-cds lint-criteria`: every fault of a rule file, with its place."""

from pathlib import Path

import click

from cds_service.cli.failures import CommandFailure
from cds_service.criteria_files import lint


@click.command("lint-criteria")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint_criteria(file: Path) -> None:
    """Check FILE, a rule file of a site, as the service does at its start.

    Every fault is named at once, with its place in the file. Exit code 0: the file can be used.
    """
    faults = lint(file)
    if faults:
        raise CommandFailure(
            f"{file}: {_count(len(faults))}",
            faults=faults,
            advice="The service would not start with this file.",
        )
    click.echo(f"{file}: no faults")


def _count(number: int) -> str:
    return "1 fault" if number == 1 else f"{number} faults"
