"""Keyed hashes in place of ids: who holds the key can find a patient's rows, nobody else can.

They are personal data all the same (AVG), and have a retention period (policy 2.7).
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cds_service.errors import InvalidSettingsError

_KEY_BYTES = 32
_NO_KEY = (
    "IMSR_AUDIT_KEY_FILE can be neither read nor made; correct the path, or set IMSR_AUDIT_KEY"
)


class Pseudonyms:
    """HMAC-SHA-256 with one key of the site."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, kind: str, client: str, identifier: str) -> str:
        """The pseudonym of an id. Ids of two clients are never the same, nor those of two kinds."""
        parts = (part.encode("utf-8", "surrogatepass") for part in (kind, client, identifier))
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()


def read_audit_key(text: str, path: Path) -> bytes:
    """The key of a setting or, where that is empty, of a file; the file is made if it is missing.

    Several workers may start at once: one makes the file, the others read it.
    """
    if text:
        return text.encode()
    try:
        _make(path)
        key = path.read_bytes()
    except OSError:
        raise InvalidSettingsError((_NO_KEY,)) from None
    if len(key) < _KEY_BYTES:
        raise InvalidSettingsError(
            (f"IMSR_AUDIT_KEY_FILE must be a file of at least {_KEY_BYTES} bytes",)
        )
    return key


def _make(path: Path) -> None:
    """A file with a new key, complete from the moment that it is there."""
    if path.exists():
        return
    new = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(_KEY_BYTES).encode())
            file.flush()
            os.fsync(file.fileno())
        os.link(new, path)
    except FileExistsError:
        return  # another worker was faster
    finally:
        new.unlink(missing_ok=True)
