"""Writes made pictures as PNG or JPEG files, with the visible mark."""

import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.edits.painting import render
from kaiga.engines.sketch.edits.pictures import Layer, Pixels, laid_over
from kaiga.engines.sketch.watermark import HEIGHT_SHARE, draw_watermark
from kaiga.ports.engine import GenerationJob, MadeFile

JPEG_QUALITY = 92
_MARK_HEIGHTS = 2.4
"""What the mark takes of the lower edge, in heights of its capital letters."""


def make_png(job: GenerationJob, pixels: NDArray[np.uint8], *, part: str = "") -> MadeFile:
    """Give a finished picture (RGB or RGBA), a layer or a grey mask as a PNG file of a job.

    An opaque picture bears the job's watermark.
    """
    if pixels.ndim == 3 and pixels.shape[2] == 3:
        pixels = marked(pixels, job.watermark)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
    return _made(stream.getvalue(), pixels, part)


def make_jpeg(job: GenerationJob, pixels: Pixels, *, part: str = "") -> MadeFile:
    """Give a finished picture as a JPEG file of a job, with the job's watermark."""
    stream = io.BytesIO()
    image = Image.fromarray(marked(pixels, job.watermark))
    image.save(stream, "JPEG", quality=JPEG_QUALITY)
    return _made(stream.getvalue(), pixels, part)


def marked(pixels: Pixels, text: str) -> Pixels:
    """Give a copy of a picture with the visible mark at its lower right; no text, no mark."""
    if not text:
        return pixels
    height, width = pixels.shape[:2]
    layer, left, top = draw_mark(text, width, height)
    return laid_over(pixels, layer, left, top)


@lru_cache(maxsize=8)
def draw_mark(text: str, width: int, height: int) -> tuple[Layer, int, int]:
    """Render the mark of a picture of this size; give it with its place in the picture.

    That is a strip as wide as the picture, at its lower edge.
    """
    canvas = Canvas(width=width, height=height)
    draw_watermark(canvas, text)
    whole = canvas.write(pixel_width=width, pixel_height=height)
    tall = min(height, round((width * height) ** 0.5 * HEIGHT_SHARE * _MARK_HEIGHTS) + 2)
    strip = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{tall}">'
        f'<g transform="translate(0 {tall - height})">{whole}</g></svg>'
    )
    return render(strip), 0, height - tall


def _made(content: bytes, pixels: NDArray[np.uint8], part: str) -> MadeFile:
    return MadeFile(
        content=content,
        part=part,
        width_pixels=pixels.shape[1],
        height_pixels=pixels.shape[0],
    )
