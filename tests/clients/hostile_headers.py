"""Headers that must not let anybody in, with the reason that our own log gives.

Each is made from a key and a client that are trusted, so that one thing alone is wrong.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cds_service.clients import Refusal
from tests.clients.issuing import (
    ISSUER,
    PUBLIC_URL,
    SELECT,
    SIGN,
    Json,
    SigningKey,
    bearer,
    claims_with,
    encoded,
    raw_token,
    signing_key,
    without_none,
)

FOREIGN = "{listener}"  # the address of a listener that must never be asked


@dataclass(frozen=True, slots=True)
class Hostile:
    """The Authorization headers of one call, and why they are refused."""

    name: str
    refusal: Refusal
    make: Callable[[str], list[str]]  # from the address of the listener


def ours() -> SigningKey:
    """The key that the site knows."""
    return signing_key()


def rsa() -> SigningKey:
    """The other key that the site knows."""
    return signing_key("key-rsa", "RS384")


def header(**members: object) -> Json:
    """The header of a good token, and what a test sets otherwise; None leaves it out."""
    return without_none({"alg": "ES384", "typ": "JWT", "kid": "key-1", **members})


def sent(token: str) -> list[str]:
    """One header with a token."""
    return [bearer(token)["authorization"]]


def _case(name: str, refusal: Refusal, make: Callable[[], str | list[str]]) -> Hostile:
    def headers(_: str) -> list[str]:
        made = make()
        return sent(made) if isinstance(made, str) else made

    return Hostile(name, refusal, headers)


def _claims(name: str, refusal: Refusal, **claims: object) -> Hostile:
    return _case(
        name, refusal, lambda: raw_token(ours(), header(), without_none(claims_with(**claims)))
    )


def _later(name: str, refusal: Refusal, claims: Callable[[float], Json]) -> Hostile:
    """Claims that depend on the clock."""
    return _case(
        name,
        refusal,
        lambda: raw_token(ours(), header(), claims_with(**claims(int(time.time())))),
    )


def _header(name: str, refusal: Refusal, **members: object) -> Hostile:
    return _case(name, refusal, lambda: raw_token(ours(), header(**members), claims_with()))


def _keyed(algorithm: str, secret: bytes) -> str:
    """A token with a symmetric signature."""
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[algorithm]
    signing_input = f"{encoded(header(alg=algorithm))}.{encoded(claims_with())}"
    return f"{signing_input}.{encoded(hmac.new(secret, signing_input.encode(), digest).digest())}"


def _public_pem(key: SigningKey) -> bytes:
    return key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _unsigned(algorithm: str, signature: str) -> str:
    return f"{encoded(header(alg=algorithm))}.{encoded(claims_with())}.{signature}"


def _parts(token: str) -> list[str]:
    return token.split(".")


def _changed(position: int, change: Callable[[str], str], key: SigningKey | None = None) -> str:
    parts = _parts((key or ours()).token())
    parts[position] = change(parts[position])
    return ".".join(parts)


def _other_last_character(part: str) -> str:
    """The same bytes in another spelling: the last character of a part can have idle bits."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) + 1]


def _of_other_claims() -> str:
    parts = _parts(ours().token())
    return f"{parts[0]}.{encoded(claims_with(sub='someone'))}.{parts[2]}"


def _in_der() -> str:
    """A signature that is right, and written as certificates write it."""
    private = ours().private
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    signing_input = f"{encoded(header())}.{encoded(claims_with())}"
    signature = private.sign(signing_input.encode(), ec.ECDSA(SHA384()))
    assert decode_dss_signature(signature)
    return f"{signing_input}.{encoded(signature)}"


def _text(claims: Json, old: str, new: str) -> bytes:
    """JSON that no JSON library writes."""
    text = json.dumps(claims)
    assert old in text
    return text.replace(old, new, 1).encode()


def _with_claims(content: bytes) -> str:
    return raw_token(ours(), header(), content)


def _stranger() -> SigningKey:
    """A key of somebody else under the name of ours."""
    return SigningKey("key-1", "ES384", signing_key("stranger").private)


def _two(first: str, second: str) -> list[str]:
    return [f"Bearer {first}", f"Bearer {second}"]


R = Refusal
HEADERS = (
    _case("no header", R.NO_TOKEN, list),
    _case("an empty header", R.NO_BEARER, lambda: [""]),
    _case("no token after the scheme", R.NO_BEARER, lambda: ["Bearer"]),
    _case("another scheme", R.NO_BEARER, lambda: [f"Basic {ours().token()}"]),
    _case("a token without a scheme", R.NO_BEARER, lambda: [ours().token()]),
    _case("two blanks", R.MALFORMED, lambda: [f"Bearer  {ours().token()}"]),
    _case("a tab", R.NO_BEARER, lambda: [f"Bearer\t{ours().token()}"]),
    _case("two headers", R.SEVERAL_HEADERS, lambda: _two(ours().token(), ours().token())),
    _case("two headers, the second is another", R.SEVERAL_HEADERS,
          lambda: _two(ours().token(), "x")),
    _case("two headers, one of another scheme", R.SEVERAL_HEADERS,
          lambda: ["Basic eDp5", f"Bearer {ours().token()}"]),
    _case("two tokens in a header", R.MALFORMED,
          lambda: [f"Bearer {ours().token()}, Bearer {ours().token()}"]),
)  # fmt: skip

FORMS = (
    # of the RSA token: there one character less is never base64url, whatever the signature is
    _case("cut off by one character", R.MALFORMED, lambda: rsa().token()[:-1]),
    _case("cut off in the middle", R.MALFORMED, lambda: ours().token()[:100]),
    _case("cut off by four characters", R.SIGNATURE, lambda: ours().token()[:-4]),
    _case("an empty signature", R.MALFORMED, lambda: _changed(2, lambda _: "")),
    _case("two parts", R.MALFORMED, lambda: ".".join(_parts(ours().token())[:2])),
    _case("four parts", R.MALFORMED, lambda: ours().token() + ".AAAA"),
    _case("five parts, as an encrypted token", R.MALFORMED, lambda: ours().token() + ".AAAA.AAAA"),
    _case("nothing but points", R.MALFORMED, lambda: ".."),
    _case("padding", R.MALFORMED, lambda: _changed(2, lambda part: part + "=", rsa())),
    _case("a plus sign", R.MALFORMED, lambda: _changed(2, lambda part: "+" + part[1:])),
    _case("a blank within", R.MALFORMED,
          lambda: _changed(1, lambda part: part[:9] + " " + part[9:])),
    _case("percent encoding", R.MALFORMED, lambda: ours().token().replace(".", "%2E")),
    _case("idle bits in the signature", R.MALFORMED,
          lambda: _changed(2, _other_last_character, rsa())),
    _case("twenty thousand characters", R.MALFORMED, lambda: ours().token(x="x" * 20_000)),
    _case("a header that is a list", R.MALFORMED,
          lambda: raw_token(ours(), b'["ES384"]', claims_with())),
    _case("claims that are a text", R.MALFORMED, lambda: _with_claims(b'"claims"')),
    _case("claims that are no JSON", R.MALFORMED, lambda: _with_claims(b"{'iss': 1}")),
    _case("claims after a byte order mark", R.MALFORMED,
          lambda: _with_claims(b"\xef\xbb\xbf" + json.dumps(claims_with()).encode())),
    _case("claims in UTF-16", R.MALFORMED,
          lambda: _with_claims(json.dumps(claims_with()).encode("utf-16"))),
    _case("claims with half a character", R.MALFORMED,
          lambda: _with_claims(_text(claims_with(sub="x"), '"x"', '"\\ud800"'))),
    _case("claims that are nested deeply", R.MALFORMED,
          lambda: _with_claims(_text(claims_with(sub="x"), '"x"', "[" * 900 + "]" * 900))),
    _case("two algorithms", R.MALFORMED, lambda: raw_token(
        ours(), _text(header(), '"alg": "ES384"', '"alg": "ES384", "alg": "none"'), claims_with())),
    _case("two audiences", R.MALFORMED,
          lambda: _with_claims(_text(claims_with(), '"aud"', '"aud": "x", "aud"'))),
    _case("two issuers, spelled otherwise", R.MALFORMED,
          lambda: _with_claims(_text(claims_with(), '"iss"', '"\\u0069ss": "x", "iss"'))),
    _case("an expiry that is no number", R.MALFORMED,
          lambda: _with_claims(_text(claims_with(exp="x"), '"x"', "NaN"))),
    _case("an endless expiry", R.MALFORMED,
          lambda: _with_claims(_text(claims_with(exp="x"), '"x"', "1e999"))),
    _case("an expiry of five thousand digits", R.MALFORMED,
          lambda: _with_claims(_text(claims_with(exp="x"), '"x"', "9" * 5000))),
)  # fmt: skip

ALGORITHMS = (
    _case("alg none without a signature", R.MALFORMED, lambda: _unsigned("none", "")),
    _case("alg none with a signature", R.ALGORITHM, lambda: _unsigned("none", "AAAA")),
    _case("alg nOnE", R.ALGORITHM, lambda: _unsigned("nOnE", "AAAA")),
    _case("alg in small letters", R.ALGORITHM, lambda: _unsigned("es384", "AAAA")),
    _case("HS256 with the public key as secret", R.ALGORITHM,
          lambda: _keyed("HS256", _public_pem(ours()))),
    _case("HS384 with the public RSA key as secret", R.ALGORITHM,
          lambda: _keyed("HS384", _public_pem(rsa()))),
    _case("HS512 with the key set as secret", R.ALGORITHM,
          lambda: _keyed("HS512", json.dumps(ours().public()).encode())),
    _case("HS256 with an empty secret", R.ALGORITHM, lambda: _keyed("HS256", b"")),
    _header("no algorithm", R.ALGORITHM, alg=None),
    _header("a list of algorithms", R.ALGORITHM, alg=["ES384", "none"]),
    _header("an algorithm that is not allowed here", R.ALGORITHM, alg="ES256"),
    _header("the same key with another algorithm", R.UNKNOWN_KEY, alg="RS384"),
    _case("the name of the RSA key on the other", R.UNKNOWN_KEY,
          lambda: ours().token(header={"kid": "key-rsa"})),
    _case("PS384 where RS384 is allowed", R.ALGORITHM,
          lambda: SigningKey("key-rsa", "PS384", rsa().private).token()),
)  # fmt: skip

KEYS = (
    _case("another key under the same name", R.SIGNATURE, lambda: _stranger().token()),
    _case("another key that comes along", R.HEADER,
          lambda: _stranger().token(header={"jwk": _stranger().public()})),
    _header("our own key that comes along", R.HEADER, jwk=signing_key().public()),
    _header("a certificate that comes along", R.HEADER, x5c=["MIIB"]),
    Hostile("an address of a certificate", R.HEADER, lambda listener: sent(
        _stranger().token(header={"x5u": listener}))),
    Hostile("keys from an address that the token names", R.KEY_ADDRESS, lambda listener: sent(
        _stranger().token(header={"jku": listener}))),
    Hostile("keys from there, signed rightly", R.KEY_ADDRESS, lambda listener: sent(
        ours().token(header={"jku": listener}))),
    _header("keys from a foreign host", R.KEY_ADDRESS, jku="https://evil.example.org/jwks.json"),
    _header("keys from a host that looks like ours", R.KEY_ADDRESS,
            jku="https://ehr.example.nl.evil.example.org/jwks.json"),
    _header("an address that is no text", R.KEY_ADDRESS, jku=["https://ehr.example.nl/jwks.json"]),
    _header("no key name", R.KEY_ID, kid=None),
    _header("an empty key name", R.KEY_ID, kid=""),
    _header("a number as key name", R.KEY_ID, kid=1),
    _header("an unknown key name", R.UNKNOWN_KEY, kid="key-2"),
    _header("a path as key name", R.UNKNOWN_KEY, kid="../../../../dev/null"),
    _header("SQL as key name", R.UNKNOWN_KEY, kid="x' UNION SELECT 'key"),
    _header("an extension that must be understood", R.HEADER, crit=["exp"]),
    _header("a payload that is not encoded", R.HEADER, b64=False, crit=["b64"]),
    _header("a compressed payload", R.HEADER, zip="DEF"),
    _header("no type", R.TYPE, typ=None),
    _header("another type", R.TYPE, typ="at+jwt"),
    _header("a type that is no text", R.TYPE, typ=["JWT"]),
    _case("a signature of zeros", R.SIGNATURE, lambda: _unsigned("ES384", encoded(bytes(96)))),
    _case("a signature in DER", R.SIGNATURE, _in_der),
    _case("the signature of other claims", R.SIGNATURE, _of_other_claims),
    _case("the signature of another curve", R.SIGNATURE,
          lambda: raw_token(signing_key("p256", "ES256"), header(), claims_with())),
)  # fmt: skip

CLAIMS = (
    _claims("another issuer", R.ISSUER, iss="https://evil.example.org"),
    _claims("the issuer with a slash", R.ISSUER, iss=ISSUER + "/"),
    _claims("the issuer in capitals", R.ISSUER, iss=ISSUER.upper()),
    _claims("no issuer", R.CLAIMS, iss=None),
    _claims("a list of issuers", R.CLAIMS, iss=[ISSUER]),
    _claims("no audience", R.CLAIMS, aud=None),
    _claims("an empty audience", R.AUDIENCE, aud=""),
    _claims("an empty list of audiences", R.AUDIENCE, aud=[]),
    _claims("an audience that is a number", R.CLAIMS, aud=5),
    _claims("an audience that is an object", R.CLAIMS, aud={SIGN: True}),
    _claims("a list with a number", R.CLAIMS, aud=[SIGN, 5]),
    _claims("the audience of the other service", R.AUDIENCE, aud=SELECT),
    _claims("the base address", R.AUDIENCE, aud=PUBLIC_URL),
    _claims("discovery", R.AUDIENCE, aud=f"{PUBLIC_URL}/cds-services"),
    _claims("the audience with a slash", R.AUDIENCE, aud=SIGN + "/"),
    _claims("the audience and more", R.AUDIENCE, aud=SIGN + "?x=1"),
    _claims("the audience over http", R.AUDIENCE, aud=SIGN.replace("https:", "http:")),
    _claims("the service name alone", R.AUDIENCE, aud="imsr-order-sign"),
    _claims("no expiry", R.CLAIMS, exp=None),
    _claims("true as expiry", R.CLAIMS, exp=True),
    _claims("a negative expiry", R.CLAIMS, exp=-1),
    _claims("a day as expiry", R.CLAIMS, exp="2099-01-01"),
    _claims("no time of issue", R.CLAIMS, iat=None),
    _claims("a list as time of issue", R.CLAIMS, iat=[1]),
    _claims("no name of the token", R.CLAIMS, jti=None),
    _claims("a number as name of the token", R.CLAIMS, jti=5),
    _claims("an empty name of the token", R.CLAIMS, jti=""),
    _claims("a name of a thousand characters", R.CLAIMS, jti="x" * 1000),
    _claims("a start that is a text", R.CLAIMS, nbf="1"),
    _later("an expiry that is a text", R.CLAIMS, lambda now: {"exp": str(now + 60)}),
    _later("a time of issue that is a text", R.CLAIMS, lambda now: {"iat": str(now)}),
    _later("expired ten minutes ago", R.EXPIRED, lambda now: {"exp": now - 600, "iat": now - 660}),
    _later("expired six seconds ago", R.EXPIRED, lambda now: {"exp": now - 6, "iat": now - 60}),
    _later("issued ten minutes ahead", R.NOT_YET, lambda now: {"iat": now + 600, "exp": now + 660}),
    _later("issued in a hundred years", R.NOT_YET, lambda now: {"iat": now + 3_153_600_000,
                                                               "exp": now + 3_153_600_060}),
    _later("valid from ten minutes on", R.NOT_YET, lambda now: {"nbf": now + 600}),
    _later("valid for a day", R.LIFETIME, lambda now: {"exp": now + 86_400}),
    _later("valid for 901 seconds", R.LIFETIME, lambda now: {"iat": now - 841, "exp": now + 60}),
    _later("expired before it was issued", R.LIFETIME,
           lambda now: {"iat": now + 2, "exp": now + 1}),
)  # fmt: skip

HOSTILE = (*HEADERS, *FORMS, *ALGORITHMS, *KEYS, *CLAIMS)
