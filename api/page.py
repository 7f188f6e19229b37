"""The page: the document that starts it, and its built files under names made of their content."""

import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from api.errors import Problem, problem, request_id_of

#: Everything from here, nothing from elsewhere. MapLibre draws into blobs and runs its worker from its own file.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; connect-src 'self';"
    " img-src 'self' data: blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: A browser asks for scripts only under these types, and Python learns types from the machine (on Windows: wrong ones).
MEDIA_TYPES: Final = {
    "mjs": "text/javascript; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
FOREVER: Final = "public, max-age=31536000, immutable"
NOT_BUILT: Final = Problem("page-not-built", 503, "The page was not built")
_CODING: Final = re.compile(r"\s*br\s*(?:;\s*q=(?:1(?:\.0*)?|0?\.\d*[1-9]\d*)\s*)?")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Built:
    """One file of the page, as it is and compressed by brotli."""

    plain: bytes
    packed: bytes
    media_type: str

    def told(self, request: Request, headers: dict[str, str]) -> Response:
        """Give the file in the form that the browser takes."""
        takes_packed = any(_CODING.fullmatch(one) for one in request.headers.get("accept-encoding", "").split(","))
        encoding = {"Content-Encoding": "br"} if takes_packed else {}
        body = self.packed if takes_packed else self.plain
        return Response(body, headers={**headers, **encoding, "Vary": "Accept-Encoding"}, media_type=self.media_type)


def load() -> dict[str, Built]:
    """Give the built files by path, none when the page was not built; read once, when the server starts."""
    dist = files("api") / "web" / "dist"
    return dict(_built(dist, "")) if dist.is_dir() else {}


def _built(folder: Traversable, prefix: str) -> list[tuple[str, Built]]:
    found: list[tuple[str, Built]] = []
    entries = {entry.name: entry for entry in folder.iterdir()}
    for name, entry in entries.items():
        if entry.is_dir():
            found += _built(entry, f"{prefix}{name}/")
        elif f"{name}.br" in entries:
            kind = MEDIA_TYPES.get(name.rpartition(".")[2], "text/html; charset=utf-8")
            found.append((f"{prefix}{name}", Built(entry.read_bytes(), entries[f"{name}.br"].read_bytes(), kind)))
    return found


@router.get("/app/licences.txt")
async def licences(request: Request) -> Response:
    """Give the licences of the software of others that the page carries."""
    built: Built | None = request.app.state.page.get("THIRD_PARTY_LICENSES.txt")
    if built is None:
        raise HTTPException(404)
    return built.told(request, {})


@router.get("/app")
@router.get("/app/{screen}")
@router.get("/p/{parcel_id}")
@router.get("/p/{commune}/{sheet}/{parcel}")
async def document(request: Request) -> Response:
    """Give the document; the page reads from the address what to show."""
    built: Built | None = request.app.state.page.get("index.html")
    if built is None:
        return problem(NOT_BUILT, request_id_of(request), remedy="run `make page`, then start the server again")
    return built.told(request, {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"})


@router.get("/app/assets/{path:path}")
async def asset(path: str, request: Request) -> Response:
    """Give a built file, to be kept for good: another content has another name."""
    built: Built | None = request.app.state.page.get(f"assets/{path}")
    if built is None:
        raise HTTPException(404)
    # The map's worker is bound by the policy of its own file, not by the document's.
    return built.told(request, {"Cache-Control": FOREVER, "Content-Security-Policy": POLICY})
