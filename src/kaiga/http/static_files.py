"""Pages that come with the program, served from memory, packed for whoever takes that."""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from kaiga.domain.errors import PathUnknown
from kaiga.http.asgi import Answer, Call, Header

PAGE = "index.html"
_TYPES = {".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml"}
"""Said here since a machine's own table may differ, and browsers run no script of another type."""
_PACKED: Header = (b"content-encoding", b"gzip")

MakePolicy = Callable[[bytes], str]
"""Gives the `Content-Security-Policy` of all files, by the content of the page."""


class _File(msgspec.Struct, frozen=True):
    content: bytes
    packed: bytes
    headers: tuple[Header, ...]
    etag: str


class StaticFiles:
    """The files of the folder `static` in a package; they are read once, on first use.

    Browsers ask each time whether one has changed, so an upgrade shows at once.
    """

    def __init__(self, package: str, make_policy: MakePolicy) -> None:
        self._package = package
        self._make_policy = make_policy
        self._files: Mapping[str, _File] | None = None

    def send(self, call: Call, name: str) -> Answer:
        """Answer with a file, by its path below the folder.

        Raises:
            PathUnknown: there is none of that name.
        """
        if self._files is None:
            self._files = self._read()
        file = self._files.get(name)
        if file is None:
            raise PathUnknown
        if call.header(b"if-none-match") == file.etag:
            return Answer(status=304, headers=file.headers, body=b"")
        if "gzip" in call.header(b"accept-encoding"):
            return Answer(headers=(*file.headers, _PACKED), body=file.packed)
        return Answer(headers=file.headers, body=file.content)

    def _read(self) -> Mapping[str, _File]:
        contents = dict(_walk(files(self._package) / "static", ""))
        policy = self._make_policy(contents[PAGE])
        return {name: _make_file(name, content, policy) for name, content in contents.items()}


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _walk(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, entry.read_bytes()))
    return found


def _make_file(name: str, content: bytes, policy: str) -> _File:
    suffix = name[name.rindex(".") :]
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_text = kind.startswith("text/") or kind == "application/json"
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers: tuple[Header, ...] = (
        (b"content-type", (kind + "; charset=utf-8" if is_text else kind).encode()),
        (b"etag", etag.encode()),
        (b"cache-control", b"no-cache"),
        (b"vary", b"accept-encoding"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"content-security-policy", policy.encode()),
    )
    return _File(content, gzip.compress(content, mtime=0), headers, etag)
