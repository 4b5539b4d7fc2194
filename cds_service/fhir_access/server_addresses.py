"""Addresses of FHIR servers and of browsers: the form, and whether they are on this machine."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

_VISIBLE = re.compile(r"[\x21-\x7e]+")  # an URL holds no blanks, controls or other alphabets


def base_url(text: str) -> str:
    """A FHIR base URL in one spelling: a trailing slash makes no difference, the path does.

    Scheme and host are written small and a default port is left out, so that the same server is
    always spelled the same. A ValueError says what is wrong and never repeats the URL.
    """
    parts = http_address(text)
    if parts.query or parts.fragment:
        raise ValueError("must have no query and no fragment")
    return f"{origin_of(parts)}{parts.path.rstrip('/')}"


def origin(text: str) -> str:
    """The origin of a browser page: scheme, host and port. A ValueError says what is wrong."""
    parts = http_address(text)
    if parts.path or parts.query or parts.fragment:
        raise ValueError("must be scheme, host and port only")
    return origin_of(parts)


def http_address(text: str) -> SplitResult:
    """The parts of an absolute http or https URL without a user name. A ValueError if it is not."""
    parts = _split(text)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an absolute http or https URL")
    if "@" in parts.netloc:
        raise ValueError("must hold no user name or password")
    return parts


def _split(text: str) -> SplitResult | None:
    if not _VISIBLE.fullmatch(text) or "\\" in text:
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises for a port that is none
    except ValueError:
        return None
    return parts


def origin_of(parts: SplitResult) -> str:
    """Scheme, host and port in one spelling."""
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    is_default = parts.port in {None, {"http": 80, "https": 443}[parts.scheme]}
    return f"{parts.scheme}://{shown}" if is_default else f"{parts.scheme}://{shown}:{parts.port}"


def is_loopback(address: str) -> bool:
    """Whether a URL points to this machine: `localhost`, 127.0.0.0/8 or ::1."""
    return is_loopback_host(urlsplit(address).hostname or "")


def is_loopback_host(host: str) -> bool:
    """Whether a host is this machine by its name; no name is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
