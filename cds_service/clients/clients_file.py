"""The file of trusted clients: its shape, checked as a whole before anything of it is used.

clients:
  - name: EHR of practice De Linde            # shown in log and metrics, no secret
    issuer: https://ehr.example.nl            # `iss` of its tokens, letter for letter
    jwks: keys/de-linde.jwks.json             # relative to this file; or jwks_uri
    fhir_servers: [https://ehr.example.nl/fhir]
    audiences: [sandman]                      # from here on optional
    language: nl
    prefetch: portable
    tables: table
    show_not_applicable: false
    launch:                                   # where its users may open the page (SMART launch)
      client_id: imsr-cds                     # as the EHR's authorization server knows us
      redirect_uri: https://cds.example.nl/smart/callback
      key: keys/imsr-cds.pem                  # our private key, relative to this file; or secret
      view: gp                                # optional; physician at a rehabilitation centre
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from cds_service.errors import InvalidClientsError
from cds_service.fhir_access.server_addresses import http_address, is_loopback
from cds_service.yaml_text import UnreadableYamlError, place, read_yaml

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "unknown key",
    "model_type": "must be a mapping",
}


def key_address(text: str) -> str:
    """An address where keys may be fetched: https, or http on a loopback address."""
    try:
        parts = http_address(text)
    except ValueError as error:
        raise PydanticCustomError("address", "{why}", {"why": str(error)}) from None
    if parts.scheme != "https" and not is_loopback(text):
        raise PydanticCustomError(
            "address", "must be https: plain http is for loopback addresses only"
        )
    if parts.fragment:
        raise PydanticCustomError("address", "must have no fragment")
    return text


Word = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\n]+$")
]
Words = Annotated[tuple[Word, ...], Field(strict=False)]
KeyAddress = Annotated[str, AfterValidator(key_address)]


CALLBACK = "/smart/callback"
"""Where every redirect URI ends: the address that answers it."""


def redirect_address(text: str) -> str:
    """An address that a browser is sent back to: ours, https, or http on a loopback address."""
    key_address(text)
    parts = http_address(text)
    if parts.query or not parts.path.endswith(CALLBACK):
        raise PydanticCustomError(
            "address", "must end in {callback} and have no query", {"callback": CALLBACK}
        )
    return text


class LaunchEntry(BaseModel):
    """How the page is opened from one EHR, as the file writes it (SMART App Launch 2.2)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    client_id: Word
    redirect_uri: Annotated[str, AfterValidator(redirect_address)]
    key: Word | None = None
    key_id: Word | None = None
    secret: Word | None = None
    view: Literal["gp", "physician"] = "gp"

    @model_validator(mode="after")
    def _has_one_proof(self) -> "LaunchEntry":
        if (self.key is None) == (self.secret is None):
            raise PydanticCustomError("proof", "must hold either key or secret")
        if self.key_id is not None and self.key is None:
            raise PydanticCustomError("proof", "has a key_id without a key")
        return self


class ClientEntry(BaseModel):
    """One client, as the file writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    name: Word
    issuer: Word
    jwks: Word | None = None
    jwks_uri: KeyAddress | None = None
    fhir_servers: Words
    audiences: Words = ()
    language: Literal["nl", "en"] | None = None
    prefetch: Literal["portable", "full"] | None = None
    tables: Literal["table", "list"] | None = None
    show_not_applicable: bool | None = None
    launch: LaunchEntry | None = None

    @model_validator(mode="after")
    def _has_keys(self) -> "ClientEntry":
        if (self.jwks is None) == (self.jwks_uri is None):
            raise PydanticCustomError("keys", "must hold either jwks or jwks_uri")
        return self


class ClientsFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    clients: Annotated[tuple[ClientEntry, ...], Field(strict=False)]


def read_entries(path: Path) -> tuple[ClientEntry, ...]:
    """The entries of a file. Raises InvalidClientsError with every fault and its path."""
    try:
        entries = ClientsFile.model_validate(read_yaml(path)).clients
    except UnreadableYamlError as error:
        faults = error.faults
    except ValidationError as error:
        faults = tuple(
            _in_words(each["loc"], each["type"], each["msg"])
            for each in error.errors(include_url=False, include_input=False)
        )
    else:
        faults = _doubles(entries) if entries else ("clients: must name at least one client",)
    if faults:
        raise InvalidClientsError(tuple(f"{path}: {fault}" for fault in faults))
    return entries


def _doubles(entries: tuple[ClientEntry, ...]) -> tuple[str, ...]:
    """Names and issuers must tell clients apart; a path to each that is there again."""
    faults = []
    for number, entry in enumerate(entries):
        for name in ("name", "issuer"):
            earlier = [getattr(each, name) for each in entries[:number]]
            if getattr(entry, name) in earlier:
                faults.append(f"clients.{number}.{name}: appears twice in this file")
    return tuple(faults)


def _in_words(path: tuple[str | int, ...], kind: str, message: str) -> str:
    words = _WORDS.get(kind, message[:1].lower() + message[1:])
    return f"{place(path) or 'the file'}: {words}"
