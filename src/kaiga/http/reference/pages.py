"""`/docs`: a page made of `/openapi.json`, and the files that it is made of.

It loads nothing from anywhere else, and no script or style stands in the page itself.
"""

from collections.abc import Sequence

from kaiga.http.asgi import Answer, Call
from kaiga.http.operations.routing import Route
from kaiga.http.static_files import PAGE, StaticFiles

_PATH = "/docs"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


class ReferencePages:
    """Serves the page that describes the API."""

    def __init__(self) -> None:
        self._files = StaticFiles("kaiga.http.reference", lambda _page: _POLICY)

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", _PATH, self._page),
            Route("GET", f"{_PATH}/files/{{name}}", self._file),
        )

    async def _page(self, call: Call) -> Answer:
        return self._files.send(call, PAGE)

    async def _file(self, call: Call, name: str) -> Answer:
        return self._files.send(call, name)
