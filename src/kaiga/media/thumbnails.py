"""Makes small pictures of results: by Pillow, and of clips with a separate ffmpeg before it."""

import asyncio
import io
from pathlib import Path

from PIL import Image, ImageOps

from kaiga.domain.media_formats import SIGNATURE_BYTES, FileFormat, MediaKind, recognise_format
from kaiga.media.inspecting.clips import DEMUXERS
from kaiga.media.inspecting.ffmpeg import MOST_PIXELS, FfmpegReader
from kaiga.media.inspecting.pictures import READERS
from kaiga.ports.thumbnail_maker import LONGEST_SIDE_PIXELS

_MOST_AT_ONCE = 2
_SIDES = (LONGEST_SIDE_PIXELS, LONGEST_SIDE_PIXELS)
_QUALITY = 80
_ONE_FRAME = (
    "-map", "0:V:0", "-an", "-vf", "thumbnail=12", "-frames:v", "1",
    "-c:v", "png", "-pix_fmt", "rgb24", "-f", "image2pipe",
)  # fmt: skip
"""The frame of the first twelve that is most like them: the very first one may be black."""


class SmallPictures:
    """Implements the port `ThumbnailMaker`; `ffmpeg` is the program, as `find_ffmpeg` gives it."""

    def __init__(self, *, ffmpeg: str, timeout_seconds: float = 30.0) -> None:
        self._turns = asyncio.Semaphore(_MOST_AT_ONCE)
        self._reader = FfmpegReader(
            ffmpeg,
            timeout_seconds=timeout_seconds,
            most_output_bytes=1024,
            most_at_once=_MOST_AT_ONCE,
        )

    async def make(self, path: Path) -> bytes | None:
        """See the port."""
        async with self._turns:
            found = await asyncio.to_thread(_recognise, path)
            if found is None:
                return None
            if found.kind is not MediaKind.VIDEO:
                return await asyncio.to_thread(_shrink, path, READERS.get(found.name, ()))
            still = path.with_name(f"{path.name}.png")
            demuxer = DEMUXERS.get(found.name, found.name)
            said = await self._reader.read(path, demuxer, _ONE_FRAME, to=still)
            return (
                await asyncio.to_thread(_shrink, still, READERS["png"]) if said.is_whole else None
            )


def _recognise(path: Path) -> FileFormat | None:
    with path.open("rb") as file:
        return recognise_format(file.read(SIGNATURE_BYTES))


def _shrink(path: Path, readers: tuple[str, ...]) -> bytes | None:
    """Shrink by the readers of the file's format: no other one gets to see it."""
    try:
        with Image.open(path, formats=readers) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.draft("RGB", _SIDES)
            picture.thumbnail(_SIDES, reducing_gap=2.0)
            upright = ImageOps.exif_transpose(picture)
            form = "RGBA" if upright.has_transparency_data else "RGB"
            written = io.BytesIO()
            upright.convert(form).save(written, "WEBP", quality=_QUALITY)
            return written.getvalue()
    except Exception:  # noqa: BLE001  Pillow's readers raise all sorts of errors on broken files
        return None
