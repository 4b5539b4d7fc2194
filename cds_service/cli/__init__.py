"""The command line: one command per module; `imsr-cds --help` names them all.

Exit codes: 0 all is well, 1 something is wrong and was said, 2 the command was called wrongly;
those of `check` are told by its help.
Results go to standard output, everything else to standard error.
"""

from importlib.metadata import version

import click

from cds_service.cli.check_command import check
from cds_service.cli.client_command import client
from cds_service.cli.demo_command import demo
from cds_service.cli.explain_code_command import explain_code
from cds_service.cli.lint_criteria_command import lint_criteria
from cds_service.cli.serve_command import serve
from cds_service.cli.settings_command import settings
from cds_service.cli.store_command import store


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("imsr-cds"), prog_name="imsr-cds", message="%(prog)s %(version)s")
def main() -> None:
    """What a patient's record shows about the iMSR referral criteria of 20 April 2026.

    Every setting is an environment variable; `imsr-cds settings` explains each.
    """


for _command in (serve, check, demo, explain_code, lint_criteria, settings, client, store):
    main.add_command(_command)
