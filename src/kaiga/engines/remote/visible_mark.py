"""Puts the visible mark on what servers have made, which know nothing of it.

It is the mark of the embedded engine, and this is the one place that takes it from there. All of it
takes long enough to be done in a thread.
"""

import io
from collections.abc import Mapping

import numpy as np
from PIL import Image

from kaiga.engines.sketch.edits.files import JPEG_QUALITY, draw_mark, marked

_SAVING: Mapping[str, Mapping[str, int]] = {
    "PNG": {"compress_level": 1},
    "JPEG": {"quality": JPEG_QUALITY},
    "WEBP": {"quality": JPEG_QUALITY},
}


def mark_picture(content: bytes, text: str) -> bytes:
    """Give a PNG, JPEG or WebP file with the mark, in its own format.

    As with the embedded engine, one with transparent places is left as it is; so is one that moves.

    Raises:
        ValueError: it can't be read.
    """
    try:
        with Image.open(io.BytesIO(content)) as image:
            form = image.format or ""
            is_still = getattr(image, "n_frames", 1) == 1
            if form not in _SAVING or not is_still or _has_holes(image):
                return content
            pixels = np.array(image.convert("RGB"))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(str(error)) from error
    stream = io.BytesIO()
    Image.fromarray(marked(pixels, text)).save(stream, form, **_SAVING[form])
    return stream.getvalue()


def make_overlay(text: str, width_pixels: int, height_pixels: int) -> bytes:
    """Give the mark of a clip of this size as a PNG file, which goes to its lower left corner."""
    layer, _, _ = draw_mark(text, width_pixels, height_pixels)
    stream = io.BytesIO()
    Image.fromarray(layer).save(stream, "PNG")
    return stream.getvalue()


def _has_holes(image: Image.Image) -> bool:
    if not image.has_transparency_data:
        return False
    return image.convert("RGBA").getchannel("A").getextrema()[0] != 255  # noqa: PLR2004  opaque
