"""`/docs`: a page made of `/openapi.json`, and the files that it is made of.

It loads nothing from anywhere else, and no script or style stands in the page itself.
"""

import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files

import msgspec

from kaiga.domain.errors import PathUnknown
from kaiga.http.asgi import Answer, Call, Header
from kaiga.http.operations.routing import Route

_PATH = "/docs"
_PAGE = "index.html"
_KINDS = {
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


class _File(msgspec.Struct, frozen=True):
    content: bytes
    headers: tuple[Header, ...]
    etag: str


class ReferencePages:
    """Serves the page from memory; its files are read once, on first use."""

    def __init__(self) -> None:
        self._files: Mapping[str, _File] | None = None

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", _PATH, self._page),
            Route("GET", f"{_PATH}/files/{{name}}", self._file),
        )

    async def _page(self, call: Call) -> Answer:
        return self._send(call, _PAGE)

    async def _file(self, call: Call, name: str) -> Answer:
        return self._send(call, name)

    def _send(self, call: Call, name: str) -> Answer:
        if self._files is None:
            self._files = _read_files()
        file = self._files.get(name)
        if file is None:
            raise PathUnknown
        if call.header(b"if-none-match") == file.etag:
            return Answer(status=304, headers=file.headers, body=b"")
        return Answer(headers=file.headers, body=file.content)


def _read_files() -> Mapping[str, _File]:
    folder = files("kaiga.http.reference") / "static"
    return {each.name: _make_file(each.name, each.read_bytes()) for each in folder.iterdir()}


def _make_file(name: str, content: bytes) -> _File:
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers: tuple[Header, ...] = (
        (b"content-type", _KINDS[name[name.rindex(".") :]]),
        (b"etag", etag.encode()),
        (b"cache-control", b"no-cache"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"content-security-policy", _POLICY.encode()),
    )
    return _File(content, headers, etag)
