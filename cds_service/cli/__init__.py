"""The command line: one command per module; `imsr-cds --help` names them all.

Exit codes: 0 all is well, 1 something is wrong and standard error says what, 2 the
command was called wrongly; `check --help` lists those of `check`.
Results go to standard output, everything else to standard error.
"""

import gc
from importlib import import_module
from typing import Final

import click

_COMMANDS: Final = {
    "serve": "serve_command",
    "check": "check_command",
    "demo": "demo_command",
    "explain-code": "explain_code_command",
    "lint-criteria": "lint_criteria_command",
    "settings": "settings_command",
    "client": "client_command",
    "population": "population_command",
    "store": "store_command",
}
"""The module of each command. It has a function of the command's name, with underscores."""


class _CommandsByName(click.Group):
    """Imports a command when it is called: `--version` needs no HTTP, no FHIR and no database."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        gc.disable()  # it would walk through what is imported again and again, a tenth of the time
        try:
            module = import_module(f"cds_service.cli.{_COMMANDS[cmd_name]}")
        finally:
            gc.enable()
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=_CommandsByName, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="imsr-cds", prog_name="imsr-cds", message="%(prog)s %(version)s")
def main() -> None:
    """What a patient's record shows about the iMSR referral criteria of 20 April 2026.

    Every setting is an environment variable; `imsr-cds settings` explains each.
    """
