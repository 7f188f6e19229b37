"""What identity providers are asked over the network: small documents, from the very address that was named."""

import http.client
import urllib.error
import urllib.request
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

LARGEST_DOCUMENT_BYTES: Final = 256 * 1024
TIMEOUT_S: Final = 5


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Lets no answer send us to another address."""

    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """Give no request to follow."""
        return


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


def is_trusted_address(url: object) -> bool:
    """Tell whether nobody on the way can change what comes from there: https, or this machine."""
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))


def download(url: str) -> bytes:
    """Give the document; raises OSError when it cannot be had, ValueError when it is too large."""
    return _asked(urllib.request.Request(url, headers={"Accept": "application/json"}))  # noqa: S310 - checked


def post_form(url: str, form: dict[str, str], headers: dict[str, str]) -> bytes:
    """Give the answer to a form; raises OSError (HTTPError when it was refused), ValueError when it is too large."""
    sent = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded", **headers}
    return _asked(urllib.request.Request(url, urlencode(form).encode("ascii"), sent))  # noqa: S310 - checked


def _asked(request: urllib.request.Request) -> bytes:
    try:
        with _OPENER.open(request, timeout=TIMEOUT_S) as response:
            text: bytes = response.read(LARGEST_DOCUMENT_BYTES + 1)
    except urllib.error.HTTPError as error:
        # Its body may repeat what was sent; and it holds a connection.
        error.close()
        raise
    except http.client.HTTPException as error:
        raise OSError("no HTTP answer") from error
    if len(text) > LARGEST_DOCUMENT_BYTES:
        raise ValueError("too large a document")
    return text
