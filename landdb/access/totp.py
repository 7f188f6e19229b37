"""Codes of an authenticator: RFC 6238 with SHA-1, six digits, thirty seconds, as every authenticator knows it."""

import base64
import hmac
import secrets
import time
from typing import Final
from urllib.parse import quote

STEP_S: Final = 30
DIGITS: Final = 6
#: How many steps a clock may be off, to either side.
WINDOW: Final = 1


def new_secret() -> str:
    """Give a new secret in base 32, as authenticators want it typed."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """Give the code of a step (RFC 4226 §5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: str, code: str, *, after: int | None = None, now: float | None = None) -> int | None:
    """Give the step whose code this is, None when it is none of about now or not later than the step `after`."""
    current = int(time.time() if now is None else now) // STEP_S
    for step in range(current - WINDOW, current + WINDOW + 1):
        fresh = after is None or step > after
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode("utf-8", "surrogatepass")) and fresh:
            return step
    return None


def uri(secret: str, name: str) -> str:
    """Give the address that an authenticator reads from a QR code."""
    return f"otpauth://totp/landdb:{quote(name)}?secret={secret}&issuer=landdb&digits={DIGITS}&period={STEP_S}"
