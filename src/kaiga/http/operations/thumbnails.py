"""`/kaiga/v1/tasks/{id}/thumbnails/{n}`: small pictures of results, for their owners."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from kaiga.domain.errors import ThumbnailUnknown
from kaiga.domain.tasks import thumbnail_object_key
from kaiga.http.asgi import Answer, Call, Header
from kaiga.http.callers import Callers
from kaiga.http.operations.routing import Route
from kaiga.http.presence import get_while_client_stays
from kaiga.ports.thumbnail_maker import THUMBNAIL_TYPE
from kaiga.service.reading.find_result import FindResult, FoundResult
from kaiga.service.reading.show_thumbnail import ShowThumbnail

_FORM = "1"
"""Of thumbnails made by this version; another one changes every entity tag."""
_MOST_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ThumbnailRoutes:
    """Sends thumbnails; a browser that has one asks each time whether it may still show it."""

    callers: Callers
    find_result: FindResult
    show_thumbnail: ShowThumbnail

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (Route("GET", "/kaiga/v1/tasks/{task_id}/thumbnails/{number}", self._show),)

    async def _show(self, call: Call, task_id: str, number: str) -> Answer:
        caller = await self.callers.identify(call)
        found = await self.find_result(caller, task_id, read_position(number))
        etag = _make_etag(found)
        headers: tuple[Header, ...] = (
            (b"content-type", THUMBNAIL_TYPE.encode()),
            (b"etag", etag.encode()),
            (b"cache-control", b"private, no-cache"),
            (b"x-content-type-options", b"nosniff"),
        )
        if call.header(b"if-none-match") == etag:
            return Answer(status=304, headers=headers, body=b"")
        thumbnail = await get_while_client_stays(call, self.show_thumbnail(found))
        return Answer(headers=headers, body=thumbnail)


def read_position(number: str) -> int:
    """Read which result is meant; numbers count from 1 and positions from 0.

    Raises:
        ThumbnailUnknown: it is no such number.
    """
    if not (number.isascii() and number.isdigit()) or len(number) > _MOST_DIGITS:
        raise ThumbnailUnknown
    return int(number) - 1


def _make_etag(found: FoundResult) -> str:
    named = f"{_FORM}/{thumbnail_object_key(found.task, found.position)}"
    return f'"{hashlib.sha256(named.encode()).hexdigest()[:32]}"'
