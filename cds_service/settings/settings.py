"""The only reader of the environment: every setting, its meaning, its default, its value.

`IMSR_…` variables become one frozen :class:`Settings`; every fault is reported at once, and no
fault repeats a value, because a value may be a secret in the wrong place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from cds_service.errors import InvalidSettingsError
from cds_service.fhir_access.addresses import Network
from cds_service.fhir_access.allowed_servers import AllowedServers
from cds_service.fhir_access.server_addresses import is_loopback, is_loopback_host
from cds_service.fhir_access.server_addresses import origin as one_origin
from cds_service.settings.client_options import ClientOptions
from cds_service.settings.setting_table import SETTINGS, Setting

_DEFAULT_STORE = "sqlite:///imsr-cds.sqlite3"
_NO_CLIENTS = (
    "IMSR_TRUSTED_CLIENTS must name the file of trusted clients in production, because anybody "
    "could ask for patient data without it. `imsr-cds client add --help` shows how to make one; "
    "to try the service on this machine alone, set IMSR_MODE=development"
)
_NO_PUBLIC_URL = (
    "IMSR_PUBLIC_URL must be the URL under which clients reach this service in production, such "
    "as https://cds.example.nl, because their tokens are made out to it"
)


class Mode(StrEnum):
    """Whether clients must prove who they are."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one running service; each is explained in :data:`SETTINGS`."""

    mode: Mode
    host: str
    port: int
    fhir_servers: tuple[str, ...]  # the words of the list; `allowed_servers` reads them
    fhir_networks: tuple[Network, ...]
    language: str
    deadline_seconds: float
    unavailable: str
    cors_origins: tuple[str, ...]
    today: date | None
    criteria_dir: Path | None
    terminology_dir: Path | None
    window_margin_days: int
    prefetch: str
    cds_hooks_version: str
    show_not_applicable: bool
    stated_care_form: bool
    tables: str
    max_body_bytes: int
    max_nesting: int
    max_entries: int
    max_string_bytes: int
    max_values: int
    max_calls: int
    max_fetched_bytes: int
    max_pages: int
    role_cache_seconds: int
    role_cache_size: int
    ca_file: Path | None
    client_cert: Path | None
    client_key: Path | None
    circuit_failures: int
    circuit_pause_seconds: float
    public_url: str | None
    trusted_clients: Path | None
    protect_discovery: bool
    token_algorithms: tuple[str, ...]
    token_leeway_seconds: int
    token_lifetime_seconds: int
    store_url: str | None
    audit_key: str = field(repr=False)
    audit_key_file: Path
    audit_days: int
    unrecognised: tuple[str, ...] = ()  # variables that start with IMSR_ and mean nothing

    @property
    def is_development(self) -> bool:
        """Whether calls need no proof of who makes them."""
        return self.mode is Mode.DEVELOPMENT

    @property
    def allowed_servers(self) -> AllowedServers:
        """Which FHIR servers may be asked, and with what."""
        return AllowedServers(self.fhir_servers, is_development=self.is_development)

    @property
    def store(self) -> str | None:
        """The database; None: nothing is kept."""
        return self.store_url or (None if self.is_development else _DEFAULT_STORE)

    @property
    def client_options(self) -> ClientOptions:
        """What holds where nothing else was agreed with a client."""
        return ClientOptions(
            servers=self.allowed_servers,
            language=self.language,
            prefetch=self.prefetch,
            tables=self.tables,
            show_not_applicable=self.show_not_applicable,
            stated_care_form=self.stated_care_form,
        )

    def allows_origin(self, origin: str) -> bool:
        """Whether a browser page of this origin may read our answers (T4, T5)."""
        try:
            in_one_spelling = one_origin(origin)
        except ValueError:
            return False
        return in_one_spelling in self.cors_origins or (
            self.is_development and is_loopback(in_one_spelling)
        )


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One line of `imsr-cds settings`."""

    name: str
    meaning: str
    default: str
    value: str
    source: str  # `default` or `environment`


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings that the environment holds. Raises InvalidSettingsError with every fault.

    An empty variable counts as absent, as containers and CI systems write it.
    """
    values: dict[str, object] = {}
    faults: list[str] = []
    for setting in SETTINGS:
        try:
            values[setting.field] = setting.parse(_text(setting, environ))
        except ValueError as error:
            faults.append(f"{setting.name} {error}")
    faults += [] if faults else _faults_together(values)
    if faults:
        raise InvalidSettingsError(tuple(faults))
    values["mode"] = Mode(str(values["mode"]))
    return Settings(**values, unrecognised=_unrecognised(environ))  # type: ignore[arg-type]


def describe_settings(environ: Mapping[str, str]) -> tuple[SettingRow, ...]:
    """Every setting with its value and where it comes from, also where the value is wrong."""
    return tuple(
        SettingRow(
            setting.name,
            setting.meaning,
            setting.default,
            _shown(setting, _text(setting, environ)),
            "environment" if environ.get(setting.name, "").strip() else "default",
        )
        for setting in SETTINGS
    )


def refuse_unsafe_start(settings: Settings) -> None:
    """Raise InvalidSettingsError where serving would be unsafe; the text says why."""
    if settings.is_development:
        return
    faults = [
        *([_NO_CLIENTS] if settings.trusted_clients is None else []),
        *([_NO_PUBLIC_URL] if settings.public_url is None else []),
    ]
    if faults:
        raise InvalidSettingsError(tuple(faults))


def _shown(setting: Setting, text: str) -> str:
    """The text without secrets: a URL loses its user name and password."""
    if setting.is_secret:
        return "***" if text else ""
    return re.sub(r"//[^/\s]*@", "//***@", text)


def _text(setting: Setting, environ: Mapping[str, str]) -> str:
    return environ.get(setting.name, "").strip() or setting.default


def _faults_together(values: Mapping[str, object]) -> list[str]:
    """What is right by itself and wrong in this combination."""
    is_development = values["mode"] == Mode.DEVELOPMENT
    faults = []
    if is_development and not is_loopback_host(str(values["host"])):
        faults.append(
            "IMSR_HOST must be a loopback address in development mode, because calls are not "
            "authenticated there; use 127.0.0.1"
        )
    if not is_development and values["today"] is not None:
        faults.append("IMSR_TODAY works in development mode only; leave it out")
    if values["client_key"] is not None and values["client_cert"] is None:
        faults.append("IMSR_CLIENT_KEY needs IMSR_CLIENT_CERT, the certificate of that key")
    return faults


def _unrecognised(environ: Mapping[str, str]) -> tuple[str, ...]:
    known = {setting.name for setting in SETTINGS}
    return tuple(sorted(name for name in environ if name.startswith("IMSR_") and name not in known))
