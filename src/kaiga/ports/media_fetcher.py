"""Brings media inputs to this machine as files."""

from pathlib import Path
from typing import Protocol

import msgspec

from kaiga.domain.media_faults import MediaTrouble
from kaiga.domain.media_inputs import InlineMedia


class LocalFile(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file in the caller's folder; its name says nothing about what is in it."""

    path: Path
    size_bytes: int


class MediaFetcher(Protocol):
    """Turns references into files; what is in them is for `MediaInspector` to tell.

    What is wrong with an input is returned, since it is the client's to mend. After a trouble,
    an error or a cancellation nothing is left in the folder.
    """

    async def fetch(self, url: str, folder: Path, max_bytes: int) -> LocalFile | MediaTrouble:
        """Download `url` into a new file of `folder`.

        Only from places that are allowed, whatever redirects and name servers say; within a time
        that the adapter is given; and never more than `max_bytes`.

        Raises:
            TryLater: the folder takes nothing.
        """
        ...

    async def unpack(
        self, inline: InlineMedia, folder: Path, max_bytes: int
    ) -> LocalFile | MediaTrouble:
        """Decode Base64 into a new file of `folder`, off the event loop.

        Raises:
            TryLater: the folder takes nothing.
        """
        ...
