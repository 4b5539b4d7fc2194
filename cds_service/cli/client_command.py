"""`imsr-cds client`: for the person who connects an EHR."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from cds_service.cli.failures import CommandFailure, says_what_is_wrong
from cds_service.clients import (
    AcceptedToken,
    KeyFile,
    TokenCheck,
    TokenRefusedError,
    TrustedClient,
    add_entry,
    entry_text,
    load_trusted_clients,
    read_token,
    token_check,
)
from cds_service.errors import StoreUnavailableError
from cds_service.hooks.discovery import services
from cds_service.settings.settings import Settings, read_settings
from cds_service.store import SeenTokens, look_into_store

_NO_FILE = "Set IMSR_TRUSTED_CLIENTS to the file of trusted clients, or name it with --file."

_file_option = click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file of trusted clients.  [setting IMSR_TRUSTED_CLIENTS]",
)


@click.group()
def client() -> None:
    """Connect an EHR: add it, list what is there, see why its token is refused."""


@client.command()
@click.argument("name")
@click.option("--issuer", required=True, help="`iss` of its tokens, letter for letter.")
@click.option(
    "--jwks",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with its public keys (a JSON Web Key Set).",
)
@click.option("--jwks-uri", help="Or the address where it publishes them.")
@click.option(
    "--fhir-server",
    "fhir_servers",
    multiple=True,
    required=True,
    help="Base URL of a FHIR server of this client; may be repeated.",
)
@click.option("--audience", "audiences", multiple=True, help="A further `aud` of its tokens.")
@click.option("--language", type=click.Choice(["nl", "en"]), help="Language of its cards.")
@click.option("--prefetch", type=click.Choice(["portable", "full"]), help="Its prefetch templates.")
@click.option("--tables", type=click.Choice(["table", "list"]), help="How cards show tables.")
@click.option("--write", "is_written", is_flag=True, help="Add it to the file; else only print it.")
@_file_option
@says_what_is_wrong
def add(
    name: str, jwks: Path | None, file: Path | None, *, is_written: bool, **members: object
) -> None:
    """Make an entry for NAME, checked as the service checks it at its start.

    How its users open the page (`launch`) is added to the entry by hand: see docs/smart.md.

    Exit code 1: the entry, or the file that it is for, is wrong.
    """
    target = file or _file_of_setting()
    if target is None and is_written:
        raise CommandFailure("No file to write to.", advice=_NO_FILE)
    target = target or Path("clients.yaml")
    relative = None if jwks is None else os.path.relpath(jwks, target.parent)
    text = entry_text({"name": name, "jwks": relative, **members})
    add_entry(target, text, _settings(), is_written=is_written)
    click.echo(text, nl=False)
    if is_written:
        click.echo(f"Added to {target}. A service that runs must be started again.", err=True)


@client.command("list")
@_file_option
@says_what_is_wrong
def list_clients(file: Path | None) -> None:
    """Show every trusted client: issuer, keys, FHIR servers, and its options."""
    for trusted in load_trusted_clients(_existing(file), _settings()):
        click.echo(_described(trusted))


@client.command()
@click.argument("token")
@_file_option
@says_what_is_wrong
def check(token: str, file: Path | None) -> None:
    """Say why TOKEN would be accepted or refused; it is not used up by that.

    `-` reads it from standard input, so that it gets into no history of commands. What the caller
    is never told is told here. Exit code 1: it would be refused.
    """
    compact = sys.stdin.read() if token == "-" else token  # noqa: S105 - no secret
    compact = compact.strip().removeprefix("Bearer ")
    settings = _settings()
    if settings.public_url is None:
        raise CommandFailure(
            "IMSR_PUBLIC_URL is not set, so nobody can say for whom a token must be.",
            advice="Set it as the service has it.",
        )
    judge = token_check(_existing(file), settings)
    try:
        accepted = judge.check(compact, _audience(compact, settings))
    except TokenRefusedError as error:
        raise CommandFailure(f"Refused ({error.refusal.value}): {error.detail}.") from None
    click.echo(_accepted(accepted, judge))
    _say_whether_it_was_used(accepted, settings)


def _settings() -> Settings:
    """The settings; the file of clients is looked at by the commands themselves."""
    return read_settings({**os.environ, "IMSR_TRUSTED_CLIENTS": ""})


def _file_of_setting() -> Path | None:
    text = os.environ.get("IMSR_TRUSTED_CLIENTS", "").strip()
    return Path(text) if text else None


def _existing(file: Path | None) -> Path:
    found = file or _file_of_setting()
    if found is None:
        raise CommandFailure("No file of trusted clients.", advice=_NO_FILE)
    return found


def _audience(compact: str, settings: Settings) -> str:
    """The address of ours that the token names; where it names none, that of order-sign."""
    ours = f"{settings.public_url}/cds-services"
    offered = services(settings.language, settings.cds_hooks_version)
    addresses = [f"{ours}/{service.id}" for service in reversed(offered)] + [ours]
    try:
        named = read_token(compact).claims.get("aud")
    except TokenRefusedError:
        return addresses[0]
    texts = named if isinstance(named, list) else [named]
    return next((address for address in addresses if address in texts), addresses[0])


def _described(client: TrustedClient) -> str:
    options, keys = client.client_options, client.keys
    kept = ", ".join(keys.key_ids) if isinstance(keys, KeyFile) else f"from {client.key_address}"
    lines = [
        client.name,
        f"  issuer               {client.issuer}",
        f"  keys                 {kept}",
        f"  FHIR servers         {', '.join(options.servers.listed) or 'none'}",
        f"  further audiences    {', '.join(client.audiences) or 'none'}",
        f"  language             {options.language}",
        f"  prefetch             {options.prefetch}",
        f"  tables               {options.tables}",
        f"  show not applicable  {'yes' if options.show_not_applicable else 'no'}",
        f"  launch of the page   {'none' if client.launch is None else client.launch.client_id}",
    ]
    return "\n".join(lines)


def _accepted(accepted: AcceptedToken, judge: TokenCheck) -> str:
    validity = accepted.validity
    left = validity.expires + judge.limits.leeway - judge.now()
    expires = datetime.fromtimestamp(validity.expires, tz=UTC).isoformat()
    lines = [
        f"Accepted, as a call of {accepted.client.name}.",
        f"  algorithm  {accepted.token.algorithm}",
        f"  key        {accepted.token.key_id!r}",
        f"  issued     {datetime.fromtimestamp(validity.issued, tz=UTC).isoformat()}",
        f"  expires    {expires} (accepted for {left:.0f} seconds more)",
    ]
    return "\n".join(lines)


def _say_whether_it_was_used(accepted: AcceptedToken, settings: Settings) -> None:
    store = None if settings.store is None else look_into_store(settings.store)
    if store is None:
        click.echo("  used       not known: there is no store here")
        return
    try:
        is_used = SeenTokens(store).is_used(accepted.client.issuer, accepted.validity.token_id)
    except StoreUnavailableError:
        click.echo("  used       not known: the store does not answer")
        return
    finally:
        store.close()
    if is_used:
        raise CommandFailure("Refused (replayed): a token with this `jti` was used before.")
    click.echo("  used       not yet")
