"""Which tokens are believed: ours and those of known issuers, and none of all the ways to fake one."""

import time

import jwt
import pytest
from faked_tokens import (
    CITIZENS,
    EC,
    ED,
    KEYS,
    RSA,
    SSO,
    WEAK_RSA,
    WIDE_EC,
    faked,
    jwk,
    key_set,
    raw_signed,
    signed,
)

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
from landdb.access.signing import LOCAL_ISSUER, SigningKeys
from landdb.access.verification import InvalidToken, Verifier
from landdb.errors import ConfigurationError
from landdb.store.vault import Vault


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


FAKES = [name for name, _ in faked()]


@pytest.fixture(scope="module")
def fresh_fakes() -> dict[str, str]:
    """Give the tokens made now: those of the collection may have expired since, and be refused for that alone."""
    return dict(faked())


@pytest.mark.parametrize("name", FAKES)
def test_a_faked_or_malformed_token_is_not_believed(verifier, fresh_fakes, name):
    with pytest.raises(InvalidToken):
        verifier.verify(fresh_fakes[name])
    assert verifier.remembered(fresh_fakes[name]) is None


def test_there_are_enough_ways_to_fake_one(verifier, fresh_fakes):
    assert len(set(FAKES)) == len(FAKES) >= 100
    assert verifier.verify(signed()).subject, "a token that nobody faked is believed"
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
