"""What `imsr-cds check` asks of the service: a captured call, or one made for a patient."""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from cds_service.app import calendar
from cds_service.cli.check_files import hook_of, read_call_file, shown_name, too_large
from cds_service.cli.failures import CommandFailure
from cds_service.cli.printable_text import printable, say
from cds_service.clients import load_trusted_clients
from cds_service.errors import CallTooLargeError, MalformedCallError
from cds_service.fhir_access import Access
from cds_service.hooks.assumed_referral import assumed_referral
from cds_service.hooks.cds_hooks import Hook, HookCall
from cds_service.hooks.requests import read_call
from cds_service.settings.client_options import ClientOptions
from cds_service.settings.settings import Settings, read_settings

_ORDER_ID = "check"
_DEADLINE = "30"  # seconds: somebody who asks one question can wait for a slow server


def settings_for(*, server: str = "", today: date | None = None) -> Settings:
    """The site's settings for one question of this machine.

    `server` may then be read without a token; `today` is the day that counts as today.
    """
    listed = os.environ.get("IMSR_FHIR_SERVERS", "")
    fixed = {
        "IMSR_MODE": "development",
        "IMSR_HOST": "127.0.0.1",
        "IMSR_FHIR_SERVERS": f"{listed} {server}#anonymous" if server else listed,
    }
    if today is not None:
        fixed["IMSR_TODAY"] = today.isoformat()
    return read_settings({"IMSR_DEADLINE_SECONDS": _DEADLINE, **os.environ, **fixed})


def options_for(client: str, settings: Settings) -> ClientOptions | None:
    """The options of a trusted client by its name; None where no client is named.

    The FHIR servers stay those of this question: no token of the client is at hand.
    """
    if not client:
        return None
    if settings.trusted_clients is None:
        raise CommandFailure(
            "No client is known by name.", advice="Set IMSR_TRUSTED_CLIENTS, or leave out --client."
        )
    for known in load_trusted_clients(settings.trusted_clients, settings):
        if known.name == client:
            return replace(known.client_options, servers=settings.allowed_servers)
    raise CommandFailure(
        f"There is no client named {printable(client)} in {settings.trusted_clients}.",
        advice="`imsr-cds client list` shows their names.",
    )


def call_about(patient: str, server: str, settings: Settings, day: date | None) -> HookCall:
    """A referral for persistent pain at signing, because the record is what is asked about."""
    today = calendar(settings)()
    return HookCall(
        hook=Hook.ORDER_SIGN,
        patient_id=patient,
        draft_orders=assumed_referral(patient, day or today, _ORDER_ID),
        selections=None,
        today=today,
        fhir_server=server,
    )


def captured_call(file: str, settings: Settings) -> HookCall:
    """The call in a file, taken as the service takes it.

    Raises CommandFailure with every fault where the service would refuse it.
    """
    body = read_call_file(file, settings)
    hook = hook_of(body, file)
    try:
        call = read_call(
            body,
            hook=hook,
            today=calendar(settings)(),
            client_options=settings.client_options,
            most_entries=settings.max_entries,
        )
    except CallTooLargeError as error:
        raise too_large(file, error) from None
    except MalformedCallError as error:
        raise refused(file, error) from None
    _say_what_is_not_asked(call, settings, body)
    return call


def refused(file: str, error: MalformedCallError) -> CommandFailure:
    """A call that the service would answer with 400; each fault with its field."""
    return CommandFailure(
        f"{shown_name(file)}: the service refuses this call (400):",
        faults=[
            f"{fault.path or 'the call'}: {_without(fault.path, fault.rule)}"
            for fault in error.faults
        ],
        advice="Correct the client that sent it, or the file if it was changed afterwards.",
    )


def _without(path: str, rule: str) -> str:
    return re.sub(rf"^{re.escape(path)}:? ", "", rule) if path else rule


def _say_what_is_not_asked(call: HookCall, settings: Settings, body: Mapping[str, object]) -> None:
    """Why a FHIR server that the call names is not asked for what was not prefetched."""
    if body.get("fhirServer") is None:
        return
    if call.fhir_server is None:
        say("The token of the call is for another patient, so it is not used.", fg="yellow")
        return
    verdict = settings.allowed_servers.decide(call.fhir_server)
    given = call.authorization
    if verdict is Access.NOT_ALLOWED:
        say(f"{call.fhir_server} is not asked: IMSR_FHIR_SERVERS does not list it.", fg="yellow")
    elif verdict is Access.ALLOWED_WITH_TOKEN and given is None:
        say(f"{call.fhir_server} is not asked: the call holds no token for it.", fg="yellow")
