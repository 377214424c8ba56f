"""A sender of notices that is loaded when there is something to send."""

import asyncio
from collections.abc import Mapping, Sequence

from kaiga.domain.fetch_rules import AllowedPlace
from kaiga.domain.webhooks import Reply
from kaiga.ports.notice_sender import NoticeSender


class LateSender:
    """Implements `NoticeSender` by the one over httpx, as `LateFetcher` does for media."""

    def __init__(self, *, allowed: Sequence[AllowedPlace], timeout_seconds: float) -> None:
        self._allowed = allowed
        self._timeout_seconds = timeout_seconds
        self._loaded: NoticeSender | None = None

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """See the port."""
        if self._loaded is None:
            self._loaded = await asyncio.to_thread(self._load)
        return await self._loaded.send(url, headers, body)

    def _load(self) -> NoticeSender:
        from kaiga.notices import HttpxSender  # noqa: PLC0415  slow to import, and seldom wanted

        return HttpxSender(allowed=self._allowed, timeout_seconds=self._timeout_seconds)
