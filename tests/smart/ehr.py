"""An EHR that launches the page: a strict authorization server and a FHIR server on loopback.

It refuses whatever SMART App Launch 2.2, RFC 6749, 7523 and 7636 let it refuse, so that a launch
that succeeds has done everything right. Tests make it err through its fields.
"""

import hashlib
import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.builders.loopback import LoopbackFhir
from tests.clients.issuing import SigningKey, signing_key
from tests.contract.calls import PATIENT, Json, record
from tests.kit.scripted_server import Asked, Reply, ScriptedServer, json_reply

CLIENT_ID = "imsr-cds"
SECRET = "a secret that both of us know"
REDIRECT_URI = "https://cds.example.nl/smart/callback"
ACCESS_TOKEN = "access-token-that-nobody-may-see"
NAME = "Wilhelmina Oudshoorn"
USER = "Practitioner/verwijzer"
GRANTED = (
    "launch openid fhirUser patient/*.rs user/PractitionerRole.rs user/Practitioner.rs "
    "user/Organization.rs user/Location.rs patient/QuestionnaireResponse.c"
)
_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_UNAUTHORIZED = {"resourceType": "OperationOutcome", "issue": [{"code": "login"}]}


@cache
def our_key(kind: str) -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    """The key of the service; `weak` and `p256` are such as SMART does not know."""
    if kind == "ec":
        return ec.generate_private_key(ec.SECP384R1())
    if kind == "p256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 1024 if kind == "weak" else 2048)


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """A private key as a file holds it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(slots=True)
class SmartEhr:
    """What the EHR holds, and how it errs. None as a value leaves a member out."""

    resources: list[Json] = field(
        default_factory=lambda: [
            {**each, "name": [{"text": NAME}]} if each["resourceType"] == "Patient" else each
            for each in record()
        ]
    )
    origin: str = ""
    configuration: Json = field(default_factory=dict)
    configuration_reply: Reply | None = None
    token: Json = field(default_factory=dict)
    token_reply: Reply | None = None
    claims: Json = field(default_factory=dict)
    id_token: str | None = None
    signer: SigningKey = field(default_factory=lambda: signing_key("ehr", "RS256"))
    keys_reply: Reply | None = None
    scope: str = GRANTED
    key_kind: str = "ec"
    uses_secret: bool = False
    is_revoked: bool = False
    create_status: int = 0  # 0: as it should be
    patient_read: Json | None = None
    asked: list[Asked] = field(default_factory=list)
    created: list[Json] = field(default_factory=list)
    _codes: dict[str, Json] = field(default_factory=dict)
    _assertions: set[str] = field(default_factory=set)
    _identifiers: dict[str, Json] = field(default_factory=dict)

    @property
    def server(self) -> str:
        """The FHIR base URL: `iss` of a launch."""
        return f"{self.origin}/fhir"

    def launch(self, **more: str) -> str:
        """The address that the EHR opens in a browser."""
        parameters = {"iss": self.server, "launch": str(uuid4()), **more}
        return f"/smart/launch?{urlencode(parameters)}"

    def authorize(self, address: str) -> dict[str, str]:
        """What a user who agrees is sent back with. Fails where the request is not right."""
        assert address.startswith(f"{self.origin}/auth/authorize?")
        listed = parse_qs(urlsplit(address).query, strict_parsing=True)
        asked = {name: value for name, (value,) in listed.items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["redirect_uri"] == REDIRECT_URI
        assert asked["aud"] == self.server
        assert asked["launch"]
        assert asked["scope"].split()[0] == "launch"
        assert len(asked["state"]) >= 43  # 256 bits in base64url
        assert len(asked["code_challenge"]) == 43
        assert asked["code_challenge_method"] == "S256"
        code = str(uuid4())
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def answer(self, asked: Asked) -> Reply:
        """The answer to one request, of whatever kind."""
        self.asked.append(asked)
        path, _, query = asked.target.partition("?")
        if path == "/fhir/.well-known/smart-configuration":
            assert asked.headers["accept"] == "application/json"
            return self.configuration_reply or plain_json(self._configuration())
        if path == "/auth/jwks":
            return self.keys_reply or plain_json({"keys": [self.signer.public()]})
        if path == "/auth/token":
            return self.token_reply or self._token(asked)
        return self._fhir(asked, path, query)

    def _configuration(self) -> Json:
        return without_none(
            {
                "issuer": self.origin,
                "jwks_uri": f"{self.origin}/auth/jwks",
                "authorization_endpoint": f"{self.origin}/auth/authorize",
                "token_endpoint": f"{self.origin}/auth/token",
                "grant_types_supported": ["authorization_code"],
                "capabilities": ["launch-ehr", "sso-openid-connect", "permission-v2"],
                "code_challenge_methods_supported": ["S256"],
                **self.configuration,
            }
        )

    def _token(self, asked: Asked) -> Reply:
        if asked.headers["content-type"] != "application/x-www-form-urlencoded":
            return oauth_error("invalid_request")
        listed = parse_qs(asked.body.decode(), strict_parsing=True)
        form = {name: value for name, (value,) in listed.items()}
        if not self._is_client(form, asked.headers):
            return oauth_error("invalid_client", 401)
        request = self._codes.pop(form.get("code", ""), None)
        if request is None or form.get("redirect_uri") != request["redirect_uri"]:
            return oauth_error("invalid_grant")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if urlsafe_b64encode(digest).rstrip(b"=").decode() != request["code_challenge"]:
            return oauth_error("invalid_grant")
        return plain_json(self._granted(request))

    def _is_client(self, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        if self.uses_secret:
            pair = f"{CLIENT_ID}:{SECRET.replace(' ', '+')}"
            return headers.get("authorization") == f"Basic {b64encode(pair.encode()).decode()}"
        if form.get("client_assertion_type") != _BEARER:
            return False
        algorithm = "ES384" if self.key_kind == "ec" else "RS384"
        try:
            claims: dict[str, Any] = jwt.decode(
                form.get("client_assertion", ""),
                our_key(self.key_kind).public_key(),
                algorithms=[algorithm],
                audience=f"{self.origin}/auth/token",
                issuer=CLIENT_ID,
                options={"require": ["iss", "sub", "aud", "exp", "jti"]},
            )
        except jwt.PyJWTError:
            return False
        is_short = claims["exp"] - time.time() <= 300
        is_new = claims["jti"] not in self._assertions
        self._assertions.add(claims["jti"])
        return claims["sub"] == CLIENT_ID and is_short and is_new

    def _granted(self, request: Json) -> Json:
        now = int(time.time())
        claims = {
            "iss": self.origin,
            "sub": "user-7",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": request.get("nonce"),
            "fhirUser": f"{self.server}/{USER}",
            **self.claims,
        }
        signed = jwt.encode(
            without_none(claims),
            self.signer.private,
            algorithm=self.signer.algorithm,
            headers={"kid": self.signer.key_id},
        )
        return without_none(
            {
                "access_token": ACCESS_TOKEN,
                "token_type": "Bearer",
                "expires_in": 3600,
                "scope": self.scope,
                "patient": PATIENT,
                "id_token": signed if self.id_token is None else self.id_token,
                **self.token,
            }
        )

    def _fhir(self, asked: Asked, path: str, query: str) -> Reply:
        if self.is_revoked or asked.headers.get("authorization") != f"Bearer {ACCESS_TOKEN}":
            return json_reply(_UNAUTHORIZED, status=401)
        if asked.method == "POST":
            return self._create(asked)
        if self.patient_read is not None and path == f"/fhir/Patient/{PATIENT}":
            return json_reply(self.patient_read)
        fhir = LoopbackFhir([*self.resources, *self.created])
        status, resource = fhir.answer("GET", path.removeprefix("/fhir"), query, b"")
        return json_reply(resource, status=status)

    def _create(self, asked: Asked) -> Reply:
        if self.create_status:
            return json_reply(_UNAUTHORIZED, status=self.create_status)
        assert asked.target == "/fhir/QuestionnaireResponse"
        assert asked.headers["content-type"] == "application/fhir+json"
        unless = asked.headers["if-none-exist"]
        if unless in self._identifiers:
            return Reply(200)
        resource = json.loads(asked.body)
        identifier = resource["identifier"]
        assert unless == f"identifier={identifier['system']}|{identifier['value']}"
        self._identifiers[unless] = resource
        self.created.append({**resource, "id": f"stated-{len(self.created) + 1}"})
        return Reply(201)


@contextmanager
def running(ehr: SmartEhr) -> Iterator[SmartEhr]:
    """The EHR while it runs."""
    with ScriptedServer(ehr.answer, path="/fhir") as server:
        ehr.origin = server.origin
        yield ehr


def oauth_error(code: str, status: int = 400) -> Reply:
    """An error of a token endpoint; the text must get nowhere."""
    return plain_json({"error": code, "error_description": "MARKER"}, status=status)


def plain_json(value: object, **members: Any) -> Reply:
    """JSON that is no FHIR."""
    return json_reply(value, headers={"Content-Type": "application/json"}, **members)


def without_none(members: Json) -> Json:
    """The members that have a value."""
    return {name: value for name, value in members.items() if value is not None}
