"""What people prove themselves with: passwords and codes."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.access import totp
from landdb.access.passwords import hash_password, is_password
from landdb.errors import InvalidValue

#: RFC 6238, appendix B: the SHA-1 column, of whose eight digits an authenticator shows the last six.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_6238 = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("moment", "code"), RFC_6238)
def test_codes_are_those_of_the_standard(moment, code):
    assert totp.code_at(RFC_SECRET, moment // totp.STEP_S) == code[-6:]


@given(now=st.integers(10**9, 2 * 10**9), off=st.integers(-3, 3))
def test_a_clock_may_be_off_by_one_step(now, off):
    secret = totp.new_secret()
    current = now // totp.STEP_S
    found = totp.step_of(secret, totp.code_at(secret, current + off), now=now)
    assert found == current + off if abs(off) <= 1 else found is None or abs(found - current) <= 1


def test_a_code_works_once():
    secret, now = totp.new_secret(), 1_700_000_000
    step = totp.step_of(secret, totp.code_at(secret, now // 30), now=now)
    assert totp.step_of(secret, totp.code_at(secret, now // 30), after=step, now=now) is None


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "١٢٣٤٥٦", "\ud800", "1" * 1000])
def test_what_is_no_code_is_none(code):
    assert totp.step_of(RFC_SECRET, code, now=59) is None


def test_a_password_fits_its_hash_and_no_other():
    kept = hash_password("một câu dài dễ nhớ")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_password("một câu dài dễ nhớ", kept)
    assert not is_password("một câu dài dễ nhớ ", kept)
    assert not is_password("một câu dài dễ nhớ", None)
    assert not is_password("x", "no hash")
    assert not is_password("\ud800", kept)


@pytest.mark.parametrize("password", ["", "short", "x" * 257, "aaaaaaaaaaaaaa", "abababababababab"])
def test_a_password_that_is_easily_guessed_is_refused(password):
    with pytest.raises(InvalidValue):
        hash_password(password)
