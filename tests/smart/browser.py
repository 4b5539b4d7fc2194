"""A site with one EHR whose users open the page, and a browser on it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from cds_service.app import create_app
from cds_service.settings.settings import read_settings
from tests.clients.issuing import key_set, signing_key
from tests.contract.calls import TODAY
from tests.smart.ehr import CLIENT_ID, REDIRECT_URI, SECRET, SmartEhr, our_key, pem

PUBLIC_URL = "https://cds.example.nl"


@dataclass(slots=True)
class PageSite:
    """What an operator has set up for an EHR; each `app` is one worker."""

    folder: Path
    ehr: SmartEhr
    launch: Mapping[str, object] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "keys.json").write_text(key_set(signing_key()))
        (self.folder / "ours.pem").write_bytes(pem(our_key(self.ehr.key_kind)))
        (self.folder / "secret.txt").write_text(SECRET)
        proof = {"secret": "secret.txt"} if self.ehr.uses_secret else {"key": "ours.pem"}
        entry = {
            "name": "EHR of a test",
            "issuer": "https://ehr.example.nl",
            "jwks": "keys.json",
            "fhir_servers": [self.ehr.server],
            "launch": {
                "client_id": CLIENT_ID,
                "redirect_uri": REDIRECT_URI,
                **proof,
                **self.launch,
            },
        }
        (self.folder / "clients.yaml").write_text(yaml.safe_dump({"clients": [entry]}))

    def app(self) -> FastAPI:
        """One worker."""
        settings = read_settings(
            {
                "IMSR_MODE": "development",
                "IMSR_TODAY": TODAY,
                "IMSR_TRUSTED_CLIENTS": str(self.folder / "clients.yaml"),
                "IMSR_STORE_URL": f"sqlite:///{self.folder / 'store.sqlite3'}",
                "IMSR_AUDIT_KEY": "a-key-of-the-test-that-is-long-enough",
                **self.environ,
            }
        )
        return create_app(settings)

    def stored(self) -> bytes:
        """All bytes of the database, and of what SQLite keeps beside it."""
        return b"".join(path.read_bytes() for path in self.folder.glob("store.sqlite3*"))


class Browser:
    """One browser: it keeps cookies, and goes where it is sent."""

    def __init__(self, app: FastAPI) -> None:
        self._client = TestClient(
            app, base_url=PUBLIC_URL, follow_redirects=False, raise_server_exceptions=False
        )
        self.page = ""  # the address of the page that was opened last

    @property
    def cookies(self) -> dict[str, str]:
        """All that it keeps."""
        return dict(self._client.cookies)

    def get(self, address: str) -> Response:
        """Open an address."""
        answer: Response = self._client.get(address)
        return answer

    def post(self, address: str, fields: Mapping[str, str], **headers: str) -> Response:
        """Send a form."""
        sent = {"content-type": "application/x-www-form-urlencoded", **headers}
        answer: Response = self._client.post(address, content=urlencode(fields), headers=sent)
        return answer

    def to(self, app: FastAPI) -> "Browser":
        """The same browser, its next requests at another worker."""
        other = Browser(app)
        other._client._cookies = self._client._cookies  # noqa: SLF001 - a setter would copy them
        other.page = self.page
        return other

    def sent_on(self, ehr: SmartEhr, **more: str) -> dict[str, str]:
        """Launch, and agree at the EHR: what the browser comes back with."""
        begun = self.get(ehr.launch(**more))
        assert begun.status_code == 303, begun.text
        return ehr.authorize(begun.headers["location"])

    def back(self, parameters: Mapping[str, str]) -> Response:
        """Come back from the EHR."""
        return self.get(f"/smart/callback?{urlencode(parameters)}")

    def open(self, ehr: SmartEhr, **more: str) -> Response:
        """Launch and show the page."""
        answer = self.back(self.sent_on(ehr, **more))
        if answer.status_code != 303:
            return answer
        self.page = f"/smart/{answer.headers['location']}"
        return self.get(self.page)


def hidden(answer: Response, name: str) -> str:
    """The value of a hidden field of a page."""
    found: Any = re.search(rf'name="{name}"[^>]*value="([^"]*)"', answer.text)
    assert found is not None, f"no field {name}"
    return str(found[1])
