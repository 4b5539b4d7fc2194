"""The only reader of the environment: every setting, its meaning, its default, its value.

`IMSR_…` variables become one frozen :class:`Settings`; every fault is reported at once, and no
fault repeats a value, because a value may be a secret in the wrong place. The fields of the model
make the table in the README and what `imsr-cds settings` shows (:data:`SETTINGS`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from annotated_types import Ge, Le
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    DirectoryPath,
    Field,
    FilePath,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from cds_service.errors import InvalidSettingsError
from cds_service.fhir_access.addresses import Network, network
from cds_service.fhir_access.allowed_servers import AllowedServers
from cds_service.fhir_access.server_addresses import (
    base_url,
    is_loopback,
    is_loopback_host,
    origin,
)
from cds_service.settings.client_options import ClientOptions

TOKEN_ALGORITHMS: Final = (
    "ES256",
    "ES384",
    "ES512",
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "EdDSA",
)
"""Every signature algorithm that a site can allow; none of them is symmetric."""

_DEFAULT_STORE: Final = "sqlite:///imsr-cds.sqlite3"
_NO_CLIENTS: Final = (
    "IMSR_TRUSTED_CLIENTS must name the file of trusted clients in production, because anybody "
    "could ask for patient data without it. `imsr-cds client add --help` shows how to make one; "
    "to try the service on this machine alone, set IMSR_MODE=development"
)
_NO_PUBLIC_URL: Final = (
    "IMSR_PUBLIC_URL must be the URL under which clients reach this service in production, such "
    "as https://cds.example.nl, because their tokens are made out to it"
)

ItemT = TypeVar("ItemT")


class Mode(StrEnum):
    """Whether clients must prove who they are."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


def _rule(text: str) -> PydanticCustomError:
    """What a value must be, to be read after the name of its setting."""
    return PydanticCustomError("rule", "{rule}", {"rule": text})


def _on_or_off(value: object) -> object:
    if isinstance(value, str) and value not in {"on", "off"}:
        raise _rule("must be on or off")
    return value


def _full_date(value: object) -> object:
    """A day with its year, month and day; pydantic would take a number of seconds too."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise _rule("must be a day like 2026-06-15")
    return value


def _matching(pattern: str, rule: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise _rule(rule)
        return value

    return AfterValidator(check)


def _list_of(read: Callable[[str], ItemT]) -> BeforeValidator:
    """Words with spaces between them; a fault says which word is wrong by its place."""

    def read_all(value: object) -> object:
        return tuple(map(one, enumerate(value.split(), 1))) if isinstance(value, str) else value

    def one(numbered: tuple[int, str]) -> ItemT:
        place, word = numbered
        try:
            return read(word)
        except ValueError as error:
            raise _rule(f"is a list, and entry {place} of it {error}") from error

    return BeforeValidator(read_all)


def _servers(value: object) -> object:
    """The words of the allow-list, each of which :class:`AllowedServers` can read."""
    if not isinstance(value, str):
        return value
    words = tuple(value.split())
    try:
        AllowedServers(words, is_development=False)
    except InvalidSettingsError as error:
        faults = (fault.removeprefix("IMSR_FHIR_SERVERS: ") for fault in error.faults)
        raise _rule("is wrong: " + "; ".join(faults)) from error
    return words


def _algorithms(value: object) -> object:
    if not isinstance(value, str):
        return value
    words = tuple(dict.fromkeys(value.split()))
    if not words or not set(words) <= set(TOKEN_ALGORITHMS):
        raise _rule(f"must be a list of one or more of {', '.join(TOKEN_ALGORITHMS)}")
    return words


def _public_url(value: str) -> str:
    """The base of our own addresses."""
    try:
        base = base_url(value)
    except ValueError as error:
        raise _rule(str(error)) from error
    if base.startswith("http:") and not is_loopback(base):
        raise _rule("must be https: plain http is for loopback addresses only")
    return base


OnOrOff = Annotated[bool, BeforeValidator(_on_or_off)]
Host = Annotated[str, _matching(r"[A-Za-z0-9.:\-]+", "must be a host name or an IP address")]
Version = Annotated[
    str,
    _matching(
        r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)",
        "must be three numbers with points, like 2.0.1",
    ),
]
DatabaseUrl = Annotated[
    str,
    _matching(
        r"sqlite:///.+|postgresql(\+psycopg)?://.+",
        "must be a URL like sqlite:///file or postgresql://user@host/database",
    ),
]


class Settings(BaseModel):
    """The settings of one running service. A variable is the field's name with `IMSR_` before it.

    A field without a description is no setting. Most members of `Field` are defaults and bounds.
    """

    model_config = ConfigDict(
        frozen=True,
        hide_input_in_errors=True,
        alias_generator=lambda field: f"IMSR_{field.upper()}",
    )

    mode: Mode = Field(
        Mode.PRODUCTION,
        description="`production`, or `development`: loopback only, and callers are not "
        "authenticated",
    )
    host: Host = Field(
        "127.0.0.1",
        description="address to listen on; a loopback address in development mode",
    )
    port: int = Field(
        8000,
        ge=0,
        le=65_535,
        description="port to listen on",
    )
    fhir_servers: Annotated[tuple[str, ...], BeforeValidator(_servers)] = Field(
        (),
        description="allowed FHIR base URLs, space separated; one that ends in `#anonymous` may "
        "be used without a token; `hapi-test` stands for the public HAPI test server, "
        "anonymous; in development mode loopback servers are allowed and anonymous",
    )
    fhir_networks: Annotated[tuple[Network, ...], _list_of(network)] = Field(
        (),
        description="networks inside the hospital that the name of an allowed FHIR server may "
        "lead to, space separated (`10.20.0.0/16 fd12:3456::/32`); else a name must "
        "lead to a public address. A server that is listed by its IP address needs no "
        "entry",
    )
    language: Literal["nl", "en"] = Field(
        "nl",
        description="language of the cards, `nl` or `en`",
    )
    deadline_seconds: float = Field(
        4.0,
        ge=0.1,
        le=60,
        description="time for one whole call, in seconds: to know who calls, to gather the "
        "record, to answer. The time that the client takes to send its call is not "
        "counted. What was not received by then is a gap",
    )
    unavailable: Literal["card", "412"] = Field(
        "card",
        description="answer when the treatment data cannot be retrieved: `card` (200 with the "
        'card "not checked") or `412`',
    )
    cors_origins: Annotated[tuple[str, ...], _list_of(origin)] = Field(
        (),
        description="origins of browser clients, space separated (`https://ehr.example.nl`); in "
        "development mode any loopback origin too",
    )
    today: Annotated[date, BeforeValidator(_full_date)] | None = Field(
        None,
        description="development mode only: the day that counts as today (`2026-06-15`), for tests",
    )
    criteria_dir: DirectoryPath | None = Field(
        None,
        description="folder of a site's own rule files, checked like ours",
    )
    terminology_dir: DirectoryPath | None = Field(
        None,
        description="folder of a site's own code tables, checked like ours",
    )
    window_margin_days: int = Field(
        31,
        ge=0,
        le=730,
        description="days that the prefetch templates look back further than two years, so that a "
        "cached discovery and a slightly older order are covered",
    )
    patient_view_margin_days: int = Field(
        400,
        ge=0,
        le=730,
        description="days after which a referral that was sent is not shown at patient-view; its "
        "prefetch templates look back so much further than two years",
    )
    prefetch: Literal["portable", "full"] = Field(
        "portable",
        description="prefetch templates: `portable` (the queries that every client supports) or "
        "`full` (with `_include`)",
    )
    cds_hooks_version: Version = Field(
        "2.0.1",
        description="version of CDS Hooks that discovery names",
    )
    show_not_applicable: OnOrOff = Field(
        default=False,
        description="`on` shows an info card where the criteria do not apply; `off` shows nothing",
    )
    stated_care_form: OnOrOff = Field(
        default=False,
        description="`on`: clients can open the form for care given elsewhere, so cards say how "
        "to state it",
    )
    tables: Literal["table", "list"] = Field(
        "table",
        description="`list` for clients that cannot show tables in a card",
    )
    max_body_bytes: int = Field(
        16_777_216,
        ge=1024,
        le=1 << 30,
        description="largest body of a call, in bytes (16 MB); larger: 413",
    )
    max_nesting: int = Field(
        64,
        ge=16,
        le=256,
        description="deepest nesting of a body, in levels; deeper: 413",
    )
    max_entries: int = Field(
        12_000,
        ge=1,
        le=1_000_000,
        description="most Bundle entries in one call, orders and prefetch together; more: 413",
    )
    max_referrals: int = Field(
        20,
        ge=1,
        le=1000,
        description="most referrals to rehabilitation medicine in one call; more: 413",
    )
    max_string_bytes: int = Field(
        1_000_000,
        ge=1024,
        le=1 << 30,
        description="longest string in a body, in bytes; longer: 413",
    )
    max_values: int = Field(
        2_000_000,
        ge=1000,
        le=100_000_000,
        description="most JSON values in a body, which bounds its memory; more: 413",
    )
    max_calls: int = Field(
        32,
        ge=1,
        le=1000,
        description="most calls that are answered at once; more: 503",
    )
    max_fetched_bytes: int = Field(
        67_108_864,
        ge=1024,
        le=1 << 30,
        description="most bytes that are fetched from a FHIR server for one call (64 MB); more is "
        "a gap",
    )
    max_calls_per_client: int = Field(
        0,
        ge=0,
        le=1000,
        description="most calls of one client that are answered at once, so that one whose FHIR "
        "server is slow leaves others their places; more: 503. 0: three quarters of "
        "IMSR_MAX_CALLS where there are several clients",
    )
    max_fetched_values: int = Field(
        1_000_000,
        ge=1000,
        le=100_000_000,
        description="most JSON values that are fetched from a FHIR server for one call, which "
        "bounds its memory (10,000 contacts are some 400,000); more is a gap",
    )
    max_pages: int = Field(
        100,
        ge=1,
        le=10_000,
        description="most pages of one search that are fetched; more is a gap",
    )
    role_cache_seconds: int = Field(
        300,
        ge=0,
        le=86_400,
        description="how long a role, place or organisation of a FHIR server is remembered, in "
        "seconds; 0 switches the memory off",
    )
    role_cache_size: int = Field(
        10_000,
        ge=0,
        le=1_000_000,
        description="how many roles, places and organisations are remembered",
    )
    role_cache_bytes: int = Field(
        67_108_864,
        ge=0,
        le=1 << 34,
        description="how many bytes of memory they may take, more or less (64 MB)",
    )
    ca_file: FilePath | None = Field(
        None,
        description="PEM file with certificate authorities that are trusted for FHIR servers, "
        "beside the usual ones",
    )
    client_cert: FilePath | None = Field(
        None,
        description="PEM file with our own certificate and its chain, shown to FHIR servers that "
        "ask for one",
    )
    client_key: FilePath | None = Field(
        None,
        description="PEM file with the key of that certificate, without a password; left out: it "
        "stands in the file of the certificate",
    )
    circuit_failures: int = Field(
        5,
        ge=0,
        le=1000,
        description="failures in a row within a minute (no connection, no answer in time, 5xx) "
        "after which a FHIR server is left alone for a while; 0 never does so",
    )
    circuit_pause_seconds: float = Field(
        15.0,
        ge=0.1,
        le=3600,
        description="how long it is left alone, in seconds; then one request tries it again",
    )
    public_url: Annotated[str, AfterValidator(_public_url)] | None = Field(
        None,
        description="URL under which clients reach this service (`https://cds.example.nl`); the "
        "audience of their tokens is made from it; needed in production",
    )
    trusted_clients: FilePath | None = Field(
        None,
        description="YAML file of the clients that may call, with their keys and FHIR servers; "
        "needed in production",
    )
    protect_discovery: OnOrOff = Field(
        default=False,
        description="`on` demands a token for discovery too; `off` leaves it open, for it holds "
        "no patient data",
    )
    token_algorithms: Annotated[tuple[str, ...], BeforeValidator(_algorithms)] = Field(
        ("ES384", "RS384"),
        description="signature algorithms of tokens that are accepted, space separated, out of "
        + " ".join(TOKEN_ALGORITHMS),
    )
    token_leeway_seconds: int = Field(
        5,
        ge=5,
        le=120,
        description="how much the clock of a client may differ from ours, in seconds",
    )
    token_lifetime_seconds: int = Field(
        900,
        ge=1,
        le=3600,
        description="longest time from `iat` to `exp` of a token, in seconds (Epic sends 900); "
        "longer: refused",
    )
    store_url: DatabaseUrl | None = Field(
        None,
        repr=False,
        description="database for used tokens and audit rows: `sqlite:///file` or "
        "`postgresql://...`; empty: `sqlite:///imsr-cds.sqlite3` in the working "
        "folder, and nothing at all in development mode",
    )
    audit_key: str = Field(
        "",
        min_length=32,
        repr=False,
        description="secret that turns ids of users and patients into keyed hashes in audit rows, "
        "32 characters or more, the same for all workers; empty: the file below",
    )
    audit_key_file: Path = Field(
        Path("imsr-cds.audit-key"),
        description="file with that secret; made with a new one where it is missing",
    )
    audit_days: int = Field(
        1827,
        ge=1,
        le=36_525,
        description="how long audit rows are kept, in days (five years, as logs of care are); "
        "`imsr-cds store purge` deletes older ones",
    )
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
        """The options of a client that has none of its own."""
        return ClientOptions(
            servers=self.allowed_servers,
            language=self.language,
            prefetch=self.prefetch,
            tables=self.tables,
            show_not_applicable=self.show_not_applicable,
            stated_care_form=self.stated_care_form,
        )

    def allows_origin(self, text: str) -> bool:
        """Whether a browser page of this origin may read our answers (T4, T5)."""
        try:
            in_one_spelling = origin(text)
        except ValueError:
            return False
        return in_one_spelling in self.cors_origins or (
            self.is_development and is_loopback(in_one_spelling)
        )

    @model_validator(mode="after")
    def _refuse_combinations(self) -> Self:
        """Refuse what is right by itself and wrong in this combination."""
        faults = []
        if self.is_development and not is_loopback_host(self.host):
            faults.append(
                "IMSR_HOST must be a loopback address in development mode, because calls are not "
                "authenticated there; use 127.0.0.1"
            )
        if not self.is_development and self.today is not None:
            faults.append("IMSR_TODAY works in development mode only; leave it out")
        if self.client_key is not None and self.client_cert is None:
            faults.append("IMSR_CLIENT_KEY needs IMSR_CLIENT_CERT, the certificate of that key")
        if faults:
            raise InvalidSettingsError(tuple(faults))
        return self


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as people see it: its variable, its default as text, its meaning."""

    name: str
    default: str
    meaning: str
    is_secret: bool


def _as_text(value: object) -> str:
    """A default as its variable would hold it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


SETTINGS: Final[tuple[Setting, ...]] = tuple(
    Setting(field.alias or "", _as_text(field.default), field.description, not field.repr)
    for field in Settings.model_fields.values()
    if field.description is not None
)
"""Every setting, in the order in which it is shown."""


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
    texts = {setting.name: text for setting in SETTINGS if (text := _text(setting, environ))}
    try:
        settings = Settings.model_validate(texts)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise InvalidSettingsError(tuple(map(_fault, faults))) from None
    return settings.model_copy(update={"unrecognised": _unrecognised(environ)})


def describe_settings(environ: Mapping[str, str]) -> tuple[SettingRow, ...]:
    """Every setting with its value and where it comes from, also where the value is wrong."""
    return tuple(
        SettingRow(
            setting.name,
            setting.meaning,
            setting.default,
            _shown(setting, _text(setting, environ) or setting.default),
            "environment" if _text(setting, environ) else "default",
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
    """The text without secrets.

    A URL that holds a user name or parameters is shown by its scheme alone: where a password
    ends that is not encoded as it must be, no two readers agree.
    """
    if setting.name == "IMSR_STORE_URL":
        is_plain = re.fullmatch(r"(sqlite:///|postgresql(\+psycopg)?://)[^@?]+", text)
        known = re.match(r"(sqlite|postgresql(\+psycopg)?)://", text)
        return text if is_plain or not text else f"{known[0] if known else ''}***"
    if setting.is_secret:
        return "***" if text else ""
    return re.sub(r"//\S*@", "//***@", re.sub(r"\?\S*", "?***", text))


def _text(setting: Setting, environ: Mapping[str, str]) -> str:
    return environ.get(setting.name, "").strip()


def _fault(fault: ErrorDetails) -> str:
    """The name of the setting and what it must be; never what it is."""
    name = str(fault["loc"][0])
    field = next(field for field in Settings.model_fields.values() if field.alias == name)
    context = fault.get("ctx", {})
    match fault["type"]:
        case "rule":
            rule = str(context["rule"])
        case "literal_error" | "enum":
            rule = "must be " + str(context["expected"]).replace("'", "")
        case "path_not_file":
            rule = "must be a file that exists; correct the path, or leave the setting out"
        case "path_not_directory":
            rule = "must be a folder that exists; make it, or leave the setting out"
        case "string_too_short":
            rule = f"must be a secret of at least {context['min_length']} characters"
        case _ if field.annotation in (int, float):
            is_whole = field.annotation is int
            kind, form = ("whole number", "") if is_whole else ("number", ", with a decimal point")
            rule = f"must be a {kind} from {_bounds(field.metadata)}{form}"
        case _:  # a date that is none; the text of pydantic would quote it
            rule = "must be a day like 2026-06-15"
    return f"{name} {rule}"


def _bounds(constraints: list[Any]) -> str:
    least = next(bound.ge for bound in constraints if isinstance(bound, Ge))
    most = next(bound.le for bound in constraints if isinstance(bound, Le))
    return f"{least} to {most}"


def _unrecognised(environ: Mapping[str, str]) -> tuple[str, ...]:
    known = {setting.name for setting in SETTINGS}
    return tuple(sorted(name for name in environ if name.startswith("IMSR_") and name not in known))
