"""From the text of a setting to its value.

Each parser raises a ValueError that says what the text must be, to be read after the name of the
setting: "IMSR_PORT must be a whole number from 0 to 65535". It never repeats the text.
"""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from cds_service.errors import InvalidSettingsError
from cds_service.fhir_access.addresses import Network, network
from cds_service.fhir_access.allowed_servers import AllowedServers
from cds_service.fhir_access.server_addresses import base_url, is_loopback, origin

ItemT = TypeVar("ItemT")
Parser = Callable[[str], object]

TOKEN_ALGORITHMS = (
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

_SEMANTIC_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


def choice(*values: str) -> Parser:
    """One of these words."""

    def parse(text: str) -> str:
        if text not in values:
            raise ValueError(f"must be {' or '.join(values)}")
        return text

    return parse


def whole_number(least: int, most: int) -> Parser:
    """A whole number within bounds."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,12}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def number(least: float, most: float) -> Parser:
    """A decimal number within bounds, with a point."""

    def parse(text: str) -> float:
        is_number = re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text)
        if not is_number or not least <= float(text) <= most:
            raise ValueError(f"must be a number from {least} to {most}, with a decimal point")
        return float(text)

    return parse


def yes_or_no(text: str) -> bool:
    """`on` or `off`."""
    if text not in {"on", "off"}:
        raise ValueError("must be on or off")
    return text == "on"


def semantic_version(text: str) -> str:
    """Three numbers with points."""
    if not _SEMANTIC_VERSION.fullmatch(text):
        raise ValueError("must be three numbers with points, like 2.0.1")
    return text


def host_name(text: str) -> str:
    """A host name or an IP address."""
    if not re.fullmatch(r"[A-Za-z0-9.:\-]+", text):
        raise ValueError("must be a host name or an IP address")
    return text


def full_date(text: str) -> date | None:
    """A day, written as 2026-06-15; none where nothing is set."""
    if not text:
        return None
    fault = "must be a day like 2026-06-15"
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(fault)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(fault) from None


def existing_folder(text: str) -> Path | None:
    """A folder that is there; none where nothing is set."""
    if text and not Path(text).is_dir():
        raise ValueError("must be a folder that exists; make it, or leave the setting out")
    return Path(text) if text else None


def existing_file(text: str) -> Path | None:
    """A file that is there; none where nothing is set."""
    if text and not Path(text).is_file():
        raise ValueError("must be a file that exists; correct the path, or leave the setting out")
    return Path(text) if text else None


def origins(text: str) -> tuple[str, ...]:
    """Origins of browser pages."""
    return tuple(_each(text, origin))


def networks(text: str) -> tuple[Network, ...]:
    """Networks that names of FHIR servers may lead to although they are not public."""
    return tuple(_each(text, network))


def public_url(text: str) -> str | None:
    """The base of our own addresses; none where nothing is set."""
    if not text:
        return None
    base = base_url(text)
    if base.startswith("http:") and not is_loopback(base):
        raise ValueError("must be https: plain http is for loopback addresses only")
    return base


def algorithms(text: str) -> tuple[str, ...]:
    """At least one of the signature algorithms."""
    words = tuple(dict.fromkeys(text.split()))
    if not words or not set(words) <= set(TOKEN_ALGORITHMS):
        raise ValueError(f"must be a list of one or more of {', '.join(TOKEN_ALGORITHMS)}")
    return words


def store_url(text: str) -> str | None:
    """A SQLite file or a PostgreSQL database; none where nothing is set."""
    if not text:
        return None
    if not re.fullmatch(r"sqlite:///.+|postgresql(\+psycopg)?://.+", text):
        raise ValueError("must be a URL like sqlite:///file or postgresql://user@host/database")
    return text


def secret(least: int) -> Parser:
    """A secret of a least length, or nothing."""

    def parse(text: str) -> str:
        if text and len(text) < least:
            raise ValueError(f"must be a secret of at least {least} characters")
        return text

    return parse


def allowed_servers(text: str) -> tuple[str, ...]:
    """The words of the allow-list, each of which :class:`AllowedServers` can read."""
    words = tuple(text.split())
    try:
        AllowedServers(words, is_development=False)
    except InvalidSettingsError as error:
        raise ValueError("is wrong: " + "; ".join(error.faults)) from error
    return words


def _each(text: str, parse: Callable[[str], ItemT]) -> list[ItemT]:
    """Every word of a list; a fault says which word is wrong by its place."""
    items = []
    for place, word in enumerate(text.split(), start=1):
        try:
            items.append(parse(word))
        except ValueError as error:
            raise ValueError(f"is a list, and entry {place} of it {error}") from error
    return items
