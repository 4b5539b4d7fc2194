"""What is kept of a launch and of a page, encrypted: AES-256-GCM, bound to its row.

The key is derived from the audit key of the site (HKDF, RFC 5869), so that several workers share
it and nothing more must be kept secret. With another key all pages are closed, and that is all.
"""

import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"imsr-cds sessions of the page"
_NONCE_BYTES = 12


class Sealing:
    """Seals and opens the content of rows."""

    def __init__(self, audit_key: bytes) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(audit_key)
        self._cipher = AESGCM(derived)

    def seal(self, row: str, content: dict[str, Any]) -> bytes:
        """The content as bytes that can be opened as this row and no other."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, json.dumps(content).encode(), row.encode())

    def open(self, row: str, sealed: bytes) -> dict[str, Any] | None:
        """The content; None where it was sealed with another key, for another row, or changed."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            content: dict[str, Any] = json.loads(self._cipher.decrypt(nonce, rest, row.encode()))
        except (InvalidTag, ValueError):
            return None
        return content
