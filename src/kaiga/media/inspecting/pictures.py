"""Measures pictures from their headers; no pixel is decoded."""

from pathlib import Path

from PIL import Image

from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.domain.media_formats import FileFormat
from kaiga.domain.media_limits import InspectedMedia
from kaiga.media.inspecting.ffmpeg import MOST_PIXELS

READERS = {
    "jpeg": ("JPEG",),
    "png": ("PNG",),
    "bmp": ("BMP",),
    "tiff": ("TIFF",),
    "webp": ("WEBP",),
    "gif": ("GIF",),
    "pnm": ("PPM",),
}
"""Pillow's readers for a format; no other one gets to see the file."""

_ORIENTATION = 0x0112
_TURNED = frozenset({5, 6, 7, 8})
"""Orientations by which a picture is shown with its sides exchanged (Exif 2.32, 4.6.4)."""


def inspect_picture(
    path: Path, found: FileFormat, size_bytes: int
) -> InspectedMedia | MediaTrouble:
    """Measure a picture; takes the time of reading its header, in a thread of the caller's."""
    if found.name not in READERS:
        return InspectedMedia(format=found.name, size_bytes=size_bytes)
    try:
        with Image.open(path, formats=READERS[found.name]) as picture:
            return _measure(picture, found, size_bytes)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return too_many_pixels()
    except Exception:  # noqa: BLE001  Pillow's readers raise all sorts of errors on hostile files
        return MediaTrouble(
            problem=MediaProblem.UNREADABLE,
            detail=f"it begins like {found.name.upper()}, and its header can't be read",
        )


def _measure(
    picture: Image.Image, found: FileFormat, size_bytes: int
) -> InspectedMedia | MediaTrouble:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        return too_many_pixels()
    if _is_turned(picture, found):
        width, height = height, width
    return InspectedMedia(
        format=found.name,
        size_bytes=size_bytes,
        width_pixels=width,
        height_pixels=height,
        is_animated=found.name != "jpeg" and bool(getattr(picture, "is_animated", False)),
        has_alpha=picture.has_transparency_data,
    )


def _is_turned(picture: Image.Image, found: FileFormat) -> bool:
    """Ask Exif, where asking is no more than that.

    Of a PNG Pillow would decode every pixel to look behind them; a TIFF's size it turns itself.
    """
    if found.name == "tiff" or (found.name == "png" and "exif" not in picture.info):
        return False
    return picture.getexif().get(_ORIENTATION) in _TURNED


def too_many_pixels() -> MediaTrouble:
    """Say that a picture is larger than any that is opened."""
    return MediaTrouble(
        problem=MediaProblem.SIDES,
        detail=f"it has more than {MOST_PIXELS} pixels, the most that is opened",
    )
