"""The table of all settings: variable, field, default, meaning and how its text is read.

It is what `imsr-cds settings` shows; a test holds the README to it.
"""

from dataclasses import dataclass
from pathlib import Path

from cds_service.settings.setting_values import (
    TOKEN_ALGORITHMS,
    Parser,
    algorithms,
    allowed_servers,
    choice,
    existing_file,
    existing_folder,
    full_date,
    host_name,
    networks,
    number,
    origins,
    public_url,
    secret,
    semantic_version,
    store_url,
    whole_number,
    yes_or_no,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its variable, the field of Settings, its default as text, its meaning."""

    name: str
    field: str
    default: str
    meaning: str
    parse: Parser
    is_secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "IMSR_MODE",
        "mode",
        "production",
        "`production`, or `development`: loopback only, and callers are not authenticated",
        choice("production", "development"),
    ),
    Setting(
        "IMSR_HOST",
        "host",
        "127.0.0.1",
        "address to listen on; a loopback address in development mode",
        host_name,
    ),
    Setting("IMSR_PORT", "port", "8000", "port to listen on", whole_number(0, 65_535)),
    Setting(
        "IMSR_FHIR_SERVERS",
        "fhir_servers",
        "",
        "allowed FHIR base URLs, space separated; one that ends in `#anonymous` may be used "
        "without a token; `hapi-test` stands for the public HAPI test server, anonymous; in "
        "development mode loopback servers are allowed and anonymous",
        allowed_servers,
    ),
    Setting(
        "IMSR_FHIR_NETWORKS",
        "fhir_networks",
        "",
        "networks inside the hospital that the name of an allowed FHIR server may lead to, space "
        "separated (`10.20.0.0/16 fd12:3456::/32`); else a name must lead to a public address. A "
        "server that is listed by its IP address needs no entry",
        networks,
    ),
    Setting(
        "IMSR_LANGUAGE", "language", "nl", "language of the cards, `nl` or `en`", choice("nl", "en")
    ),
    Setting(
        "IMSR_DEADLINE_SECONDS",
        "deadline_seconds",
        "4",
        "time for one whole call, in seconds: to know who calls, to gather the record, to answer. "
        "The time that the client takes to send its call is not counted. What was not received by "
        "then is a gap",
        number(0.1, 60),
    ),
    Setting(
        "IMSR_UNAVAILABLE",
        "unavailable",
        "card",
        'answer when no treatment data can be had: `card` (200 with the card "not checked") or '
        "`412`",
        choice("card", "412"),
    ),
    Setting(
        "IMSR_CORS_ORIGINS",
        "cors_origins",
        "",
        "origins of browser clients, space separated (`https://ehr.example.nl`); in development "
        "mode any loopback origin too",
        origins,
    ),
    Setting(
        "IMSR_TODAY",
        "today",
        "",
        "development mode only: the day that counts as today (`2026-06-15`), for tests",
        full_date,
    ),
    Setting(
        "IMSR_CRITERIA_DIR",
        "criteria_dir",
        "",
        "folder of a site's own rule files, checked like ours",
        existing_folder,
    ),
    Setting(
        "IMSR_TERMINOLOGY_DIR",
        "terminology_dir",
        "",
        "folder of a site's own code tables, checked like ours",
        existing_folder,
    ),
    Setting(
        "IMSR_WINDOW_MARGIN_DAYS",
        "window_margin_days",
        "31",
        "days that the prefetch templates look back further than two years, so that a cached "
        "discovery and a slightly older order are covered",
        whole_number(0, 730),
    ),
    Setting(
        "IMSR_PREFETCH",
        "prefetch",
        "portable",
        "prefetch templates: `portable` (the queries that every client supports) or `full` "
        "(with `_include`)",
        choice("portable", "full"),
    ),
    Setting(
        "IMSR_CDS_HOOKS_VERSION",
        "cds_hooks_version",
        "2.0.1",
        "version of CDS Hooks that discovery names",
        semantic_version,
    ),
    Setting(
        "IMSR_SHOW_NOT_APPLICABLE",
        "show_not_applicable",
        "off",
        "`on` shows an info card where the criteria do not apply; `off` shows nothing",
        yes_or_no,
    ),
    Setting(
        "IMSR_STATED_CARE_FORM",
        "stated_care_form",
        "off",
        "`on`: clients can open the form for care given elsewhere, so cards say how to state it",
        yes_or_no,
    ),
    Setting(
        "IMSR_TABLES",
        "tables",
        "table",
        "`list` for clients that cannot show tables in a card",
        choice("table", "list"),
    ),
    Setting(
        "IMSR_MAX_BODY_BYTES",
        "max_body_bytes",
        "16777216",
        "largest body of a call, in bytes (16 MB); larger: 413",
        whole_number(1_024, 1 << 30),
    ),
    Setting(
        "IMSR_MAX_NESTING",
        "max_nesting",
        "64",
        "deepest nesting of a body, in levels; deeper: 413",
        whole_number(16, 256),
    ),
    Setting(
        "IMSR_MAX_ENTRIES",
        "max_entries",
        "12000",
        "most Bundle entries in one call, orders and prefetch together; more: 413",
        whole_number(1, 1_000_000),
    ),
    Setting(
        "IMSR_MAX_STRING_BYTES",
        "max_string_bytes",
        "1000000",
        "longest string in a body, in bytes; longer: 413",
        whole_number(1_024, 1 << 30),
    ),
    Setting(
        "IMSR_MAX_VALUES",
        "max_values",
        "2000000",
        "most JSON values in a body, which bounds its memory; more: 413",
        whole_number(1_000, 100_000_000),
    ),
    Setting(
        "IMSR_MAX_CALLS",
        "max_calls",
        "32",
        "most calls that are answered at once; more: 503",
        whole_number(1, 1_000),
    ),
    Setting(
        "IMSR_MAX_FETCHED_BYTES",
        "max_fetched_bytes",
        "67108864",
        "most bytes that are fetched from a FHIR server for one call (64 MB); more is a gap",
        whole_number(1_024, 1 << 30),
    ),
    Setting(
        "IMSR_MAX_PAGES",
        "max_pages",
        "100",
        "most pages of one search that are fetched; more is a gap",
        whole_number(1, 10_000),
    ),
    Setting(
        "IMSR_ROLE_CACHE_SECONDS",
        "role_cache_seconds",
        "300",
        "how long a role, place or organisation of a FHIR server is remembered, in seconds; 0 "
        "switches the memory off",
        whole_number(0, 86_400),
    ),
    Setting(
        "IMSR_ROLE_CACHE_SIZE",
        "role_cache_size",
        "10000",
        "how many roles, places and organisations are remembered",
        whole_number(0, 1_000_000),
    ),
    Setting(
        "IMSR_CA_FILE",
        "ca_file",
        "",
        "PEM file with certificate authorities that are trusted for FHIR servers, beside the "
        "usual ones",
        existing_file,
    ),
    Setting(
        "IMSR_CLIENT_CERT",
        "client_cert",
        "",
        "PEM file with our own certificate and its chain, shown to FHIR servers that ask for one",
        existing_file,
    ),
    Setting(
        "IMSR_CLIENT_KEY",
        "client_key",
        "",
        "PEM file with the key of that certificate, without a password; left out: it stands in "
        "the file of the certificate",
        existing_file,
    ),
    Setting(
        "IMSR_CIRCUIT_FAILURES",
        "circuit_failures",
        "5",
        "failures in a row within a minute (no connection, no answer in time, 5xx) after which a "
        "FHIR server is left alone for a while; 0 never does so",
        whole_number(0, 1_000),
    ),
    Setting(
        "IMSR_CIRCUIT_PAUSE_SECONDS",
        "circuit_pause_seconds",
        "15",
        "how long it is left alone, in seconds; then one request tries it again",
        number(0.1, 3_600),
    ),
    Setting(
        "IMSR_PUBLIC_URL",
        "public_url",
        "",
        "URL under which clients reach this service (`https://cds.example.nl`); the audience of "
        "their tokens is made from it; needed in production",
        public_url,
    ),
    Setting(
        "IMSR_TRUSTED_CLIENTS",
        "trusted_clients",
        "",
        "YAML file of the clients that may call, with their keys and FHIR servers; needed in "
        "production",
        existing_file,
    ),
    Setting(
        "IMSR_PROTECT_DISCOVERY",
        "protect_discovery",
        "off",
        "`on` demands a token for discovery too; `off` leaves it open, for it holds no patient "
        "data",
        yes_or_no,
    ),
    Setting(
        "IMSR_TOKEN_ALGORITHMS",
        "token_algorithms",
        "ES384 RS384",
        "signature algorithms of tokens that are accepted, space separated, out of "
        + " ".join(TOKEN_ALGORITHMS),
        algorithms,
    ),
    Setting(
        "IMSR_TOKEN_LEEWAY_SECONDS",
        "token_leeway_seconds",
        "5",
        "how much the clock of a client may differ from ours, in seconds",
        whole_number(5, 120),
    ),
    Setting(
        "IMSR_TOKEN_LIFETIME_SECONDS",
        "token_lifetime_seconds",
        "900",
        "longest time from `iat` to `exp` of a token, in seconds (Epic sends 900); longer: refused",
        whole_number(1, 3_600),
    ),
    Setting(
        "IMSR_STORE_URL",
        "store_url",
        "",
        "database for used tokens and audit rows: `sqlite:///file` or `postgresql://...`; empty: "
        "`sqlite:///imsr-cds.sqlite3` in the working folder, and nothing at all in development "
        "mode",
        store_url,
    ),
    Setting(
        "IMSR_AUDIT_KEY",
        "audit_key",
        "",
        "secret that turns ids of users and patients into keyed hashes in audit rows, 32 "
        "characters or more, the same for all workers; empty: the file below",
        secret(32),
        is_secret=True,
    ),
    Setting(
        "IMSR_AUDIT_KEY_FILE",
        "audit_key_file",
        "imsr-cds.audit-key",
        "file with that secret; made with a new one where it is missing",
        Path,
    ),
    Setting(
        "IMSR_AUDIT_DAYS",
        "audit_days",
        "1827",
        "how long audit rows are kept, in days (five years, as logs of care are); `imsr-cds store "
        "purge` deletes older ones",
        whole_number(1, 36_525),
    ),
)
