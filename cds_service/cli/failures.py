"""How a command says that something is wrong: what, where, and what to do about it."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

import click

from cds_service.cli.printable_text import printable
from cds_service.errors import (
    InvalidClientsError,
    InvalidCriteriaError,
    InvalidSettingsError,
)
from fhir_mappings.terminology.tables import InvalidTerminologyError

ParamT = ParamSpec("ParamT")
ResultT = TypeVar("ResultT")


_ADVICE = {
    InvalidSettingsError: (
        "A setting is wrong:",
        "See `imsr-cds settings` for every setting and its meaning.",
    ),
    InvalidClientsError: (
        "The file of trusted clients is wrong:",
        "Correct the file; `imsr-cds client add --help` shows what an entry holds.",
    ),
    InvalidCriteriaError: (
        "A rule file is wrong:",
        "Correct the file, or leave IMSR_CRITERIA_DIR out to use the files that ship.",
    ),
    InvalidTerminologyError: (
        "A code table is wrong:",
        "Correct the table, or leave IMSR_TERMINOLOGY_DIR out to use the tables that ship.",
    ),
}


_FAULTS = (
    InvalidSettingsError,
    InvalidClientsError,
    InvalidCriteriaError,
    InvalidTerminologyError,
)


class CommandFailure(click.ClickException):
    """An expected failure: exit code 1 and a text, never a traceback.

    What it quotes of a file or a server cannot steer the terminal.
    """

    exit_code = 1

    def __init__(self, what: str, *, advice: str = "", faults: Iterable[str] = ()) -> None:
        lines = [what, *(f"  - {fault}" for fault in faults), *([advice] if advice else [])]
        super().__init__(printable("\n".join(lines)))


def says_what_is_wrong(command: Callable[ParamT, ResultT]) -> Callable[ParamT, ResultT]:
    """Turn the faults of settings, rule files and code tables into a CommandFailure."""

    @wraps(command)
    def guarded(*args: ParamT.args, **kwargs: ParamT.kwargs) -> ResultT:
        try:
            return command(*args, **kwargs)
        except _FAULTS as error:
            what, advice = _ADVICE[type(error)]
            raise CommandFailure(what, faults=error.faults, advice=advice) from None

    return guarded
