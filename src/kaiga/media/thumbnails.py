"""Makes small pictures of results: by Pillow, and of clips with a separate ffmpeg before it."""

import asyncio
import io
from pathlib import Path

from PIL import Image, ImageOps

from kaiga.media.inspecting.ffmpeg import MOST_PIXELS, FfmpegReader
from kaiga.ports.thumbnail_maker import LONGEST_SIDE_PIXELS

_MOST_AT_ONCE = 2
_SIDES = (LONGEST_SIDE_PIXELS, LONGEST_SIDE_PIXELS)
_FORMATS = ("PNG", "JPEG", "WEBP")
"""What is published (domain/media), and what ffmpeg is asked for; no other reader gets a file."""
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

    async def make(self, path: Path, media_type: str) -> bytes | None:
        """See the port."""
        async with self._turns:
            if media_type.startswith("video/"):
                still = path.with_name(f"{path.name}.png")
                said = await self._reader.read(path, "mov", _ONE_FRAME, to=still)
                if not said.is_whole:
                    return None
                path = still
            return await asyncio.to_thread(_shrink, path)


def _shrink(path: Path) -> bytes | None:
    try:
        with Image.open(path, formats=_FORMATS) as picture:
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
