"""A site in production: a folder with a file of trusted clients, keys and a SQLite file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.settings.settings import Settings, read_settings
from tests.clients.issuing import ISSUER, PUBLIC_URL, SigningKey, key_set, signing_key
from tests.contract.checked_client import CheckedClient

ENTRY: Mapping[str, Any] = {
    "name": "EHR of a test",
    "issuer": ISSUER,
    "jwks": "keys.json",
    "fhir_servers": ["https://ehr.example.nl/fhir"],
}


class _Plain(yaml.SafeDumper):
    """Writes a value that stands twice twice, without anchors."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


class Site:
    """What an operator has set up; each `app` is one worker of it."""

    def __init__(self, folder: Path, *entries: Mapping[str, Any], **environ: str) -> None:
        self.folder = folder
        self.file = folder / "clients.yaml"
        self.write_keys(signing_key(), signing_key("key-rsa", "RS384"))
        listed = [dict(each) for each in entries or (ENTRY,)]
        self.file.write_text(yaml.dump({"clients": listed}, Dumper=_Plain))
        self.environ = {
            "IMSR_PUBLIC_URL": PUBLIC_URL,
            "IMSR_TRUSTED_CLIENTS": str(self.file),
            "IMSR_STORE_URL": f"sqlite:///{folder / 'store.sqlite3'}",
            "IMSR_AUDIT_KEY": "a-key-of-the-test-that-is-long-enough",
            **environ,
        }

    def write_keys(self, *keys: SigningKey) -> None:
        """The key set of the client, as it is from now on."""
        (self.folder / "keys.json").write_text(key_set(*keys))

    def stored(self) -> bytes:
        """All bytes of the database, and of what SQLite keeps beside it."""
        return b"".join(path.read_bytes() for path in self.folder.glob("store.sqlite3*"))

    @property
    def settings(self) -> Settings:
        """The settings of the site."""
        return read_settings(self.environ)

    def app(self) -> FastAPI:
        """One worker."""
        return create_app(self.settings)

    def client(self) -> CheckedClient:
        """Calls to one worker; every answer is checked."""
        return CheckedClient(self.app())
