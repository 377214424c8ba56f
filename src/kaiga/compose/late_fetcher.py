"""A fetcher that is loaded when there is something to fetch."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from kaiga.domain.fetch_rules import AllowedPlace
from kaiga.domain.media_faults import MediaTrouble
from kaiga.domain.media_inputs import InlineMedia
from kaiga.ports.media_fetcher import LocalFile, MediaFetcher


class LateFetcher:
    """Implements `MediaFetcher` by the one over httpx.

    Importing that and reading its certificates takes longer than all the rest of a start, and
    most models take no input files.
    """

    def __init__(self, *, allowed: Sequence[AllowedPlace], timeout_seconds: float) -> None:
        self._allowed = allowed
        self._timeout_seconds = timeout_seconds
        self._loaded: MediaFetcher | None = None

    async def fetch(self, url: str, folder: Path, max_bytes: int) -> LocalFile | MediaTrouble:
        """See the port."""
        return await (await self._get()).fetch(url, folder, max_bytes)

    async def unpack(
        self, inline: InlineMedia, folder: Path, max_bytes: int
    ) -> LocalFile | MediaTrouble:
        """See the port."""
        return await (await self._get()).unpack(inline, folder, max_bytes)

    async def _get(self) -> MediaFetcher:
        if self._loaded is None:
            self._loaded = await asyncio.to_thread(self._load)
        return self._loaded

    def _load(self) -> MediaFetcher:
        from kaiga.media.fetching import HttpxFetcher  # noqa: PLC0415  slow to import, seldom wanted

        return HttpxFetcher(allowed=self._allowed, timeout_seconds=self._timeout_seconds)
