"""Chooses by a file's first bytes who measures it."""

import asyncio
from pathlib import Path

from kaiga.domain.media_faults import MediaTrouble
from kaiga.domain.media_formats import SIGNATURE_BYTES, MediaKind, recognise_format
from kaiga.domain.media_limits import InspectedMedia
from kaiga.media.inspecting.clips import inspect_clip
from kaiga.media.inspecting.documents import inspect_document
from kaiga.media.inspecting.ffmpeg import FfmpegReader
from kaiga.media.inspecting.heif import convert_heif, inspect_heif
from kaiga.media.inspecting.pictures import inspect_picture

_MOST_LISTED_BYTES = 16 * 1024 * 1024
"""Of ffmpeg's list of packets: about 250,000 of them, some 40 minutes of sound."""


class ContentInspector:
    """Implements `MediaInspector`: Pillow's headers, a separate ffmpeg, and documents by hand.

    `ffmpeg` is the program, as `find_ffmpeg` gives it. Each run of it is given
    `timeout_seconds`, and at most `most_at_once` go on together.
    """

    def __init__(
        self, *, ffmpeg: str, timeout_seconds: float = 30.0, most_at_once: int = 2
    ) -> None:
        self._reader = FfmpegReader(
            ffmpeg,
            timeout_seconds=timeout_seconds,
            most_output_bytes=_MOST_LISTED_BYTES,
            most_at_once=most_at_once,
        )

    async def inspect(self, path: Path, name: str = "") -> InspectedMedia | MediaTrouble:
        """See the port."""
        head, size_bytes = await asyncio.to_thread(_read_head, path)
        found = recognise_format(head)
        if found is None or found.kind is MediaKind.DOCUMENT:
            return await asyncio.to_thread(inspect_document, path, head, size_bytes, name)
        if found.kind is not MediaKind.IMAGE:
            return await inspect_clip(self._reader, path, found, size_bytes)
        measure = inspect_heif if found.name == "heic" else inspect_picture
        return await asyncio.to_thread(measure, path, found, size_bytes)

    async def make_openable(
        self, path: Path, inspected: InspectedMedia
    ) -> InspectedMedia | MediaTrouble:
        """See the port."""
        if inspected.format != "heic":
            return inspected
        return await convert_heif(self._reader, path, inspected)


def _read_head(path: Path) -> tuple[bytes, int]:
    with path.open("rb") as file:
        return file.read(SIGNATURE_BYTES), path.stat().st_size
