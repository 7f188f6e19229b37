"""Which tokens are believed: ours and those of known issuers, and none of all the ways to fake one."""

import base64
import json
import time
from collections.abc import Iterator

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from landdb.access.issuers import (
    LONGEST_KEPT_S,
    PAUSE_S,
    REFRESH_S,
    FetchedKeys,
    FixedKeys,
    Issuer,
    keys_of,
    load_issuers,
    local_issuer,
)
from landdb.access.signing import AUDIENCE, LOCAL_ISSUER, SigningKeys
from landdb.access.verification import LEEWAY_S, LONGEST_TOKEN, InvalidToken, Verifier
from landdb.errors import ConfigurationError
from landdb.store.vault import Vault

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


@pytest.fixture(scope="module")
def vault(tmp_path_factory) -> Vault:
    return Vault.make(tmp_path_factory.mktemp("keys") / "landdb.key")


@pytest.fixture(scope="module")
def signing(tmp_path_factory) -> SigningKeys:
    return SigningKeys.make(tmp_path_factory.mktemp("keys") / "landdb.signing.json")


@pytest.fixture(scope="module")
def verifier(vault, signing) -> Verifier:
    keys = FixedKeys(keys_of(KEYS))
    return Verifier(
        [local_issuer(signing), Issuer(SSO, "land", keys), Issuer(CITIZENS, "land", keys, "citizen_id")], vault
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


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [(ED, "EdDSA", "ed"), (EC, "ES256", "ec"), (RSA, "RS256", "rsa"), (RSA, "PS256", "rsa"), (RSA, "PS256", "only-ps")],
)
def test_a_token_under_a_known_key_proves_its_subject(verifier, key, algorithm, kid):
    proof = verifier.verify(signed(key, algorithm, {"kid": kid}))
    assert (proof.issuer, proof.subject, proof.citizen_id_index) == (SSO, "an", None)


def test_our_own_token_is_believed_and_remembered_until_it_expires(verifier, signing, monkeypatch):
    token = signing.issue("account:an")
    assert verifier.remembered(token) is None
    assert verifier.verify(token).issuer == LOCAL_ISSUER
    assert verifier.remembered(token) == verifier.verify(token)
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    assert verifier.remembered(token) is None


def test_a_citizen_is_known_by_a_blind_index_only(verifier, vault):
    proof = verifier.verify(signed(iss=CITIZENS, citizen_id="099177200007"))
    assert proof.citizen_id_index == vault.index("citizen_id", "099177200007")
    assert "099177200007" not in repr(proof)
    assert verifier.verify(signed(citizen_id="099177200007")).citizen_id_index is None, "not an issuer of citizens"


def faked() -> Iterator[tuple[str, str]]:
    now = int(time.time())
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
        yield f"alg {algorithm}", raw({**HEAD, "alg": algorithm}, claims())
    yield "alg none without signature", raw({**HEAD, "alg": "none"}, claims(), b"")
    # the public key taken for a secret: HMAC over it would pass where the header chooses
    for kid, secret in (("rsa", PEM), ("ed", ED.public_key().public_bytes_raw())):
        text = raw({**HEAD, "alg": "HS256", "kid": kid}, claims()).rpartition(".")[0]
        mac = jwt.get_algorithm_by_name("HS256").sign(text.encode(), secret)
        yield f"HMAC under the public key {kid}", f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    yield "algorithm of another kind of key", signed(RSA, "RS256", {"kid": "ed"})
    yield "algorithm that the key set does not allow", signed(RSA, "RS256", {"kid": "only-ps"})
    yield "a weaker hash", signed(RSA, "RS512", {"kid": "rsa"})
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
    for name in ("iss", "aud", "sub", "iat", "exp"):
        yield f"without {name}", signed(**{name: ...})
        yield f"{name} a list of lists", raw(HEAD, claims(**{name: [[1]]}))
    yield "unknown issuer", signed(iss="https://evil.example")
    yield "issuer with a slash more", signed(iss=SSO + "/")
    yield "our issuer under their key", signed(iss=LOCAL_ISSUER, aud=AUDIENCE)
    yield "issuer a list", signed(aud="land").replace(head, head) and raw(HEAD, claims(iss=[SSO]))
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


def raw_signed(**changed) -> str:
    """Give a token whose claims json writes as they are, NaN too, under a good signature."""
    text = raw(HEAD, json.dumps(claims(**changed)).encode()).rpartition(".")[0]
    return f"{text}.{base64.urlsafe_b64encode(ED.sign(text.encode())).rstrip(b'=').decode()}"


FAKED = list(faked())


@pytest.mark.parametrize("token", [pytest.param(token, id=name) for name, token in FAKED])
def test_a_faked_or_malformed_token_is_not_believed(verifier, token):
    with pytest.raises(InvalidToken):
        verifier.verify(token)
    assert verifier.remembered(token) is None


def test_there_are_enough_ways_to_fake_one():
    assert len(FAKED) >= 100
    assert "sub" in jwt.decode(raw_signed(), ED.public_key(), ["EdDSA"], audience="land"), "raw_signed signs well"


@pytest.mark.parametrize(
    "unusable",
    [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "x"},
        jwk("EdDSA", ED.public_key(), kid="x", use="enc"),
        jwk("EdDSA", ED, kid="x"),
        jwk("ES256", EC.public_key(), kid="x", alg="RS256"),
        jwk("ES384", WIDE_EC.public_key(), kid="x"),
        jwk("RS256", WEAK_RSA.public_key(), kid="x"),
        {"kty": "RSA", "n": "AA", "e": "AQAB", "kid": "x"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "x"},
        jwk("EdDSA", ED.public_key()),
        jwk("EdDSA", ED.public_key(), kid=7),
        "x", None, {},
    ],
)  # fmt: skip
def test_a_key_set_gives_strong_public_signature_keys_only(unusable):
    assert list(keys_of(key_set(unusable, jwk("EdDSA", ED.public_key(), kid="good")))) == ["good"]


def test_a_storm_of_unknown_keys_asks_the_issuer_once_a_minute():
    now, fetched, documents = [0.0], [], [KEYS]

    def fetch() -> bytes:
        fetched.append(now[0])
        if not documents:
            raise OSError("away")
        return documents[0]

    keys = FetchedKeys(fetch, clock=lambda: now[0])
    for number in range(1000):
        now[0] += 0.01
        assert keys.find(f"unknown-{number}") is None
        assert keys.find("ed") is not None
    assert len(fetched) == 1
    now[0] += PAUSE_S
    keys.find("unknown")
    assert len(fetched) == 2
    documents.clear()
    now[0] += REFRESH_S + 1
    assert keys.find("ed") is not None, "a provider that is away for a while locks nobody out"
    now[0] += LONGEST_KEPT_S
    assert keys.find("ed") is None, "but not for ever"


def test_issuers_come_from_a_file_and_their_keys_from_one_beside_it(tmp_path):
    (tmp_path / "keys.json").write_bytes(KEYS)
    told = f'[[issuer]]\nissuer = "{SSO}"\naudience = "land"\njwks = "keys.json"\n'
    (tmp_path / "issuers.toml").write_text(told)
    (issuer,) = load_issuers(tmp_path / "issuers.toml")
    assert (issuer.issuer, issuer.audience, issuer.keys.find("ec") is None) == (SSO, "land", False)
    for wrong in (
        told.replace("keys.json", "http://sso.example/keys"),
        told.replace("keys.json", "ftp://sso.example/keys"),
        told.replace("keys.json", "missing.json"),
        told.replace("audience", "audiences"),
        told + told,
        told.replace(SSO, LOCAL_ISSUER),
        "[[",
    ):
        (tmp_path / "wrong.toml").write_text(wrong)
        with pytest.raises(ConfigurationError):
            load_issuers(tmp_path / "wrong.toml")


def test_signing_keys_that_others_may_read_are_refused(tmp_path):
    file = tmp_path / "landdb.signing.json"
    assert SigningKeys.make(file).key_id == SigningKeys.make(file).key_id
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="read by others"):
        SigningKeys.make(file)
    file.chmod(0o600)
    file.write_text("{}")
    with pytest.raises(ConfigurationError, match="damaged"):
        SigningKeys.make(file)
