"""A small honest OpenID provider: a page with a form, codes that count once under PKCE, signed ID tokens.

It listens on localhost, which for a browser is another site than 127.0.0.1 where landdb answers.
"""

import base64
import html
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import ed25519
from serving import served
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "landdb-page", "not so secret: f&c%d"
KEY = ed25519.Ed25519PrivateKey.generate()


@dataclass
class Provider:
    """What it knows; `people` by the name they type, as claims. `spoil` changes the next ID token."""

    issuer: str = ""
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, tuple[dict[str, str], dict[str, Any]]] = field(default_factory=dict)
    spoil: dict[str, Any] = field(default_factory=dict)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/authorize", self.form, methods=["GET"]),
                Route("/authorize", self.authorize, methods=["POST"]),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.keys),
                Route("/end", self.end),
            ]
        )

    async def discovery(self, _request: Request) -> Response:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        told = {name: f"{self.issuer}/{path}" for name, path in (ends | {"end_session_endpoint": "end"}).items()}
        return JSONResponse({"issuer": self.issuer, "authorization_response_iss_parameter_supported": True, **told})

    async def form(self, request: Request) -> Response:
        asked = html.escape(request.url.query, quote=True)
        return HTMLResponse(
            f'<title>Provider</title><form method="post" action="/authorize?{asked}">'
            '<input name="name" aria-label="Name"><button>Sign in</button></form>'
        )

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256"
        person = self.people.get(dict(parse_qsl((await request.body()).decode())).get("name", ""))
        answer = {"state": asked["state"], "iss": self.issuer}
        if person is None:
            answer |= {"error": "access_denied"}
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.codes[answer["code"]] = (asked, person)
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 303)

    async def token(self, request: Request) -> Response:
        told = dict(parse_qsl((await request.body()).decode()))
        scheme, _, pair = request.headers["authorization"].partition(" ")
        known = urlencode({CLIENT: SECRET}).replace("=", ":", 1)
        asked, person = self.codes.pop(told["code"], ({}, {}))
        challenge = base64.urlsafe_b64encode(sha256(told["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if (scheme, base64.b64decode(pair).decode()) != ("Basic", known):
            return JSONResponse({"error": "invalid_client"}, 401)
        if (challenge, told["redirect_uri"]) != (asked.get("code_challenge"), asked.get("redirect_uri")):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(asked, person)})

    def id_token(self, asked: dict[str, str], person: dict[str, Any]) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 3600, "nonce": asked["nonce"], **person}
        spoil, self.spoil = self.spoil, {}
        key, algorithm = spoil.pop("key", KEY), spoil.pop("alg", "EdDSA")
        header = {"typ": "JWT", "kid": "ed", **spoil.pop("header", {})}
        return jwt.encode(claims | spoil, None if algorithm == "none" else key, algorithm, header)

    async def keys(self, _request: Request) -> Response:
        public = jwt.get_algorithm_by_name("EdDSA").to_jwk(KEY.public_key(), as_dict=True)
        return JSONResponse({"keys": [{**public, "kid": "ed"}]})

    async def end(self, request: Request) -> Response:
        assert request.query_params["client_id"] == CLIENT
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], 303)

    def settings_file(self, folder: Path, **more: str) -> Path:
        """Give a file for LANDDB_OIDC_ISSUERS that names this provider."""
        (folder / "page.secret").write_text(SECRET + "\n")
        (folder / "page.secret").chmod(0o600)
        own = "".join(f'{name} = "{value}"\n' for name, value in more.items())
        file = folder / "issuers.toml"
        file.write_text(
            f'[[issuer]]\nissuer = "{self.issuer}"\naudience = "land"\n{own}[issuer.sign_in]\nclient_id = "{CLIENT}"\n'
            'client_secret_file = "page.secret"\nlabel = "Tài khoản tỉnh Thử"\n'
        )
        return file


@contextmanager
def providing() -> Iterator[Provider]:
    """Give the provider, answering until the end."""
    provider = Provider()
    with served(provider.app()) as address:
        provider.issuer = address.replace("127.0.0.1", "localhost")
        yield provider
