"""`/console`: one page for every address below it, and the files that it is made of."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from functools import partial

from kaiga.http.asgi import Answer, Call
from kaiga.http.operations.routing import Route
from kaiga.http.static_files import PAGE, StaticFiles

_ASSETS = "/console/assets"


class ConsolePages:
    """Serves the console; which page an address means is for the script in it to tell.

    `results_origin` is where results lie that are shown from elsewhere; empty, nowhere.
    """

    def __init__(self, results_origin: str = "") -> None:
        self._files = StaticFiles("kaiga.http.console", partial(_make_policy, results_origin))

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
        return self._files.send(call, PAGE)

    async def _asset(self, call: Call, *path: str) -> Answer:
        return self._files.send(call, "/".join(path))


def _make_policy(results_origin: str, page: bytes) -> str:
    """Allow our own files, and of what stands in the page the one script that maps imports."""
    _, _, after = page.partition(b'<script type="importmap">')
    imports, _, _ = after.partition(b"</script>")
    elsewhere = f" {results_origin}" if results_origin else ""
    digest = b64encode(hashlib.sha256(imports).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; "
        f"img-src 'self' data: blob:{elsewhere}; media-src 'self' blob:{elsewhere}; "
        "connect-src 'self'; "
        "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    )
