"""Opens what was made as a picture: a clip as its first frame."""

import subprocess
from io import BytesIO
from pathlib import Path

from PIL import Image

from kaiga.domain.errors import KaigaError
from kaiga.domain.media import MP4, recognise_media

_MOST_FRAME_PIXELS = 960
"""A side of a clip's frame; a window shows no more of it."""
_FRAME_SECONDS = 10.0


def open_picture(file: Path, ffmpeg: str | None) -> Image.Image | None:
    """Give the picture of a file; None where nothing of it can be seen.

    `ffmpeg` is what the settings name; it is run for clips alone.
    """
    content = file.read_bytes()
    if recognise_media(content) == MP4:
        content = _read_first_frame(file, ffmpeg)
    return read_picture(content)


def read_picture(content: bytes) -> Image.Image | None:
    """Give the picture of an encoded file; None where it is none."""
    try:
        picture = Image.open(BytesIO(content))
        picture.load()
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    return picture


def _read_first_frame(file: Path, ffmpeg: str | None) -> bytes:
    """Give a clip's first frame as a PNG; nothing where there is no ffmpeg or it can't read it."""
    from kaiga.media.inspecting import find_ffmpeg  # noqa: PLC0415  slow, and for clips alone

    side = _MOST_FRAME_PIXELS
    shape = f"scale={side}:{side}:force_original_aspect_ratio=decrease"
    try:
        done = subprocess.run(  # noqa: S603  our own arguments, and no shell
            [
                find_ffmpeg(ffmpeg), "-hide_banner", "-loglevel", "error", "-nostdin",
                "-protocol_whitelist", "file", "-format_whitelist", "mov", "-i", f"file:{file}",
                "-map", "0:V:0", "-frames:v", "1", "-vf", shape,
                "-f", "image2pipe", "-c:v", "png", "pipe:1",
            ],
            capture_output=True,
            timeout=_FRAME_SECONDS,
            check=False,
        )  # fmt: skip
    except (KaigaError, OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout
