"""Keys of issuers, tokens under them, and all the ways to fake one."""

import base64
import json
import time
from collections.abc import Iterator

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from landdb.access.issuers import LEEWAY_S
from landdb.access.signing import AUDIENCE, LOCAL_ISSUER
from landdb.access.verification import LONGEST_TOKEN

SSO = "https://sso.example.gov.vn/realms/land"
CITIZENS = "https://citizens.example.gov.vn"
ED, EC, RSA = (
    ed25519.Ed25519PrivateKey.generate(),
    ec.generate_private_key(ec.SECP256R1()),
    rsa.generate_private_key(65537, 2048),
)
WEAK_RSA = rsa.generate_private_key(65537, 1024)  # noqa: S505 - weak on purpose
OTHER_ED, WIDE_EC = ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP384R1())
PEM = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def jwk(algorithm: str, key, **more) -> dict:
    return {**jwt.get_algorithm_by_name(algorithm).to_jwk(key, as_dict=True), **more}


def key_set(*keys: dict) -> bytes:
    return json.dumps({"keys": keys}).encode()


KEYS = key_set(
    jwk("EdDSA", ED.public_key(), kid="ed"),
    jwk("ES256", EC.public_key(), kid="ec"),
    jwk("RS256", RSA.public_key(), kid="rsa"),
    jwk("RS256", RSA.public_key(), kid="only-ps", alg="PS256"),
)


def claims(**changed) -> dict:
    now = int(time.time())
    told = {"iss": SSO, "aud": "land", "sub": "an", "iat": now, "nbf": now, "exp": now + 300, **changed}
    return {name: value for name, value in told.items() if value is not ...}


def signed(key=ED, algorithm="EdDSA", header=None, **changed) -> str:
    head = {"typ": "at+jwt", "kid": "ed", **(header or {})}
    return jwt.encode(
        claims(**changed), key, algorithm, {name: value for name, value in head.items() if value is not ...}
    )


def raw(head: object, body: object, signature: bytes = b"x") -> str:
    parts = (part if isinstance(part, bytes) else json.dumps(part).encode() for part in (head, body, signature))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


HEAD = {"typ": "at+jwt", "kid": "ed", "alg": "EdDSA"}


def raw_signed(**changed) -> str:
    """Give a token whose claims json writes as they are, NaN too, under a good signature."""
    text = raw(HEAD, json.dumps(claims(**changed)).encode()).rpartition(".")[0]
    return f"{text}.{base64.urlsafe_b64encode(ED.sign(text.encode())).rstrip(b'=').decode()}"


def malformed() -> Iterator[tuple[str, str]]:
    """Give what is no token at all, or one with a part of another."""
    good = signed()
    head, body, signature = good.split(".")
    yield from {
        "empty": "",
        "a word": "token",
        "two parts": f"{head}.{body}",
        "four parts": good + ".x",
        "dots": "..",
        "five parts": "a.b.c.d.e",
        "no signature": f"{head}.{body}.",
        "cut": good[:-4],
        "blank inside": good.replace(".", " .", 1),
        "not base64": f"{head}.!!!.{signature}",
        "not ASCII": good + "é",
        "a surrogate": good + "\ud800",
        "null byte": good + "\x00",
        "header no JSON": raw(b"{", claims()),
        "header a list": raw([], claims()),
        "header a number": raw(1, claims()),
        "body no JSON": raw(HEAD, b"{"),
        "body a list": raw(HEAD, []),
        "body null": raw(HEAD, None),
        "body not UTF-8": raw(HEAD, b"\xff"),
        "deep JSON": raw(HEAD, b"[" * 3000),
        "too long": signed(more="x" * LONGEST_TOKEN),
        "signature of another": f"{head}.{body}.{signed(sub='hoa').split('.')[2]}",
        "body of another": f"{head}.{signed(sub='hoa').split('.')[1]}.{signature}",
        "another's key": signed(OTHER_ED),
    }.items()


def under_other_algorithms() -> Iterator[tuple[str, str]]:
    """Give tokens whose header chooses how they are checked."""
    for algorithm in (
        "none",
        "None",
        "nOnE",
        "HS256",
        "HS384",
        "HS512",
        "RS384",
        "ES512",
        "XX",
        "",
        None,
        7,
        ["EdDSA"],
    ):
        yield f"alg {algorithm!r}", raw({**HEAD, "alg": algorithm}, claims())
    yield "alg none without signature", raw({**HEAD, "alg": "none"}, claims(), b"")
    # the public key taken for a secret: HMAC over it would pass where the header chooses
    for kid, secret in (("rsa", PEM), ("ed", ED.public_key().public_bytes_raw())):
        text = raw({**HEAD, "alg": "HS256", "kid": kid}, claims()).rpartition(".")[0]
        mac = jwt.get_algorithm_by_name("HS256").sign(text.encode(), secret)
        yield f"HMAC under the public key {kid}", f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    yield "algorithm of another kind of key", signed(RSA, "RS256", {"kid": "ed"})
    yield "algorithm that the key set does not allow", signed(RSA, "RS256", {"kid": "only-ps"})
    yield "a weaker hash", signed(RSA, "RS512", {"kid": "rsa"})


def with_other_headers() -> Iterator[tuple[str, str]]:
    """Give tokens that bring their own key, or are meant for something else."""
    for kid in ("unknown", "", "../../etc/passwd", "x' OR 1=1", 7, None, ["ed"], ...):
        if isinstance(kid, str) or kid is ...:
            yield f"kid {kid}", signed(header={"kid": kid})
        else:
            yield f"kid {kid}", raw({**HEAD, "kid": kid}, claims())
    yield "key in the header", signed(OTHER_ED, header={"jwk": jwk("EdDSA", OTHER_ED.public_key())})
    yield "key's address in the header", signed(OTHER_ED, header={"jku": "https://evil.example/keys"})
    for kind in ("JWT", "id_token", "", "at+jwt; x", 7, ...):
        yield f"typ {kind}", raw({**HEAD, "typ": kind}, claims()) if kind == 7 else signed(header={"typ": kind})
    yield "crit", signed(header={"crit": ["exp"]})
    yield "b64", signed(header={"b64": False, "crit": ["b64"]})


def with_other_claims() -> Iterator[tuple[str, str]]:
    """Give well signed tokens of others, for others, or for another time."""
    now = int(time.time())
    for name in ("iss", "aud", "sub", "iat", "exp"):
        yield f"without {name}", signed(**{name: ...})
        yield f"{name} a list of lists", raw(HEAD, claims(**{name: [[1]]}))
    yield "unknown issuer", signed(iss="https://evil.example")
    yield "issuer with a slash more", signed(iss=SSO + "/")
    yield "our issuer under their key", signed(iss=LOCAL_ISSUER, aud=AUDIENCE)
    yield "issuer a list", raw(HEAD, claims(iss=[SSO]))
    yield "other audience", signed(aud="tax")
    yield "our audience at their issuer", signed(aud=AUDIENCE)
    yield "empty subject", signed(sub="")
    yield "subject with a line break", signed(sub="an\nroot")
    yield "subject too long", signed(sub="a" * 300)
    yield "expired", signed(iat=now - 600, nbf=now - 600, exp=now - LEEWAY_S - 5)
    yield "not yet", signed(nbf=now + LEEWAY_S + 60)
    yield "issued in the future", signed(iat=now + LEEWAY_S + 60, exp=now + LEEWAY_S + 300)
    yield "lives too long", signed(exp=now + 3600)
    yield "lives for ever", signed(exp=2**53)
    yield "long ago until now", signed(iat=now - 86400)
    for number in (float("inf"), float("nan"), -1, 0, "soon", True, 1e300, 2**70):
        yield f"exp {number}", raw_signed(exp=number)
        yield f"iat {number}", raw_signed(iat=number)
    yield "number of a citizen that is none", signed(iss=CITIZENS, citizen_id="12")
    yield "number of a citizen a list", signed(iss=CITIZENS, citizen_id=["099177200007"])


def faked() -> Iterator[tuple[str, str]]:
    """Give every fake with what it is called."""
    yield from malformed()
    yield from under_other_algorithms()
    yield from with_other_headers()
    yield from with_other_claims()
