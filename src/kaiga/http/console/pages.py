"""`/console`: one page for every address below it, and the files that it is made of."""

import hashlib
import mimetypes
from base64 import b64encode
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from kaiga.domain.errors import PathUnknown
from kaiga.http.asgi import Answer, Call, Header
from kaiga.http.operations.routing import Route

_PAGE = "index.html"
_ASSETS = "/console/assets"
_REVALIDATED: Header = (b"cache-control", b"no-cache")
_TYPES = {".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml"}
"""Said here since a machine's own table may differ, and browsers run no script of another type."""


class _Asset(msgspec.Struct, frozen=True):
    content: bytes
    headers: tuple[Header, ...]
    etag: str


class ConsolePages:
    """Serves the console from memory; its files are read once, on first use."""

    def __init__(self) -> None:
        self._assets: Mapping[str, _Asset] | None = None

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", f"{_ASSETS}/{{name}}", self._asset),
            Route("GET", f"{_ASSETS}/{{folder}}/{{name}}", self._asset),
            Route("GET", f"{_ASSETS}/{{folder}}/{{inner}}/{{name}}", self._asset),
            Route("GET", "/console", self._page),
            Route("GET", "/console/{page}", self._page),
            Route("GET", "/console/{page}/{item}", self._page),
        )

    async def _page(self, call: Call, *_named: str) -> Answer:
        return self._send(call, _PAGE)

    async def _asset(self, call: Call, *path: str) -> Answer:
        return self._send(call, "/".join(path))

    def _send(self, call: Call, name: str) -> Answer:
        if self._assets is None:
            self._assets = _read_assets()
        asset = self._assets.get(name)
        if asset is None:
            raise PathUnknown
        if call.header(b"if-none-match") == asset.etag:
            return Answer(status=304, headers=asset.headers, body=b"")
        return Answer(headers=asset.headers, body=asset.content)


def _read_assets() -> Mapping[str, _Asset]:
    root = files("kaiga.http.console") / "static"
    contents = dict(_walk(root, ""))
    policy = _make_policy(contents[_PAGE])
    return {name: _make_asset(name, content, policy) for name, content in contents.items()}


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _walk(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, entry.read_bytes()))
    return found


def _make_asset(name: str, content: bytes, policy: str) -> _Asset:
    suffix = name[name.rindex(".") :]
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_text = kind.startswith("text/") or kind == "application/json"
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers: tuple[Header, ...] = (
        (b"content-type", (kind + "; charset=utf-8" if is_text else kind).encode()),
        (b"etag", etag.encode()),
        _REVALIDATED,
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"content-security-policy", policy.encode()),
    )
    return _Asset(content, headers, etag)


def _make_policy(page: bytes) -> str:
    """Allow our own files, and of what stands in the page the one script that maps imports."""
    _, _, after = page.partition(b'<script type="importmap">')
    imports, _, _ = after.partition(b"</script>")
    digest = b64encode(hashlib.sha256(imports).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; "
        "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    )
