"""`imsr-cds serve`: the service for as long as the process runs."""

import os

import click

from cds_service.app import create_app
from cds_service.cli.failures import says_what_is_wrong
from cds_service.cli.running_service import listen, serve_until_stopped
from cds_service.cli.workers import serve_with_workers
from cds_service.observing.event_log import configure_logging
from cds_service.settings.settings import Settings, read_settings, refuse_unsafe_start

_MOST_WORKERS = 64


@click.command()
@click.option("--host", help="Address to listen on.  [setting IMSR_HOST, default 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help="Port to listen on; 0 takes a free one.  [setting IMSR_PORT, default 8000]",
)
@click.option(
    "--workers",
    type=click.IntRange(1, _MOST_WORKERS),
    default=1,
    show_default=True,
    help="Processes that serve on this port, one per core for example.",
)
@says_what_is_wrong
def serve(host: str | None, port: int | None, workers: int) -> None:
    """Answer CDS Hooks calls until Ctrl-C.

    In development mode (IMSR_MODE=development) only this machine can call, and needs no proof of
    who it is. In production each call must carry a token of a client in IMSR_TRUSTED_CLIENTS.

    Workers share the store, so that a token serves one call of all of them; limits of calls,
    connections and memories are those of each. One that dies is replaced; if one cannot start,
    all end.
    """
    settings = _settings(host, port)
    refuse_unsafe_start(settings)
    application = create_app(settings)  # every fault is told here, before any worker starts
    configure_logging()
    sock, url = listen(settings.host, settings.port)
    _warn(settings)
    click.echo(f"CDS Hooks discovery: {url}/cds-services", err=True)
    if workers == 1:
        serve_until_stopped(application, sock, deadline=settings.deadline_seconds)
    else:
        del application  # each worker makes its own
        serve_with_workers(settings, sock, workers=workers)


def _warn(settings: Settings) -> None:
    """Say what must not be overlooked."""
    if settings.is_development:
        click.secho(
            "DEVELOPMENT MODE: callers are not authenticated. Never use it with data of real "
            "patients.",
            fg="yellow",
            err=True,
        )
    elif settings.fhir_servers:
        click.secho(
            "IMSR_FHIR_SERVERS has no effect in production: each client has its own fhir_servers.",
            fg="yellow",
            err=True,
        )


def _settings(host: str | None, port: int | None) -> Settings:
    """The settings, where an option wins over its variable and is checked like it."""
    options = {"IMSR_HOST": host, "IMSR_PORT": None if port is None else str(port)}
    given = {name: value for name, value in options.items() if value is not None}
    return read_settings({**os.environ, **given})
