"""Painted things as images that can be laid into a frame anywhere, at any size and angle.

An image holds a few times the pixels that are shown of it, each the mean of what one shown pixel
covers. So a frame can take the nearest one and still moves by fractions of a pixel; that is about
twenty times faster than interpolating in every frame.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageFilter

from kaiga.engines.sketch.canvas import Box, Canvas
from kaiga.engines.sketch.edits.painting import render
from kaiga.engines.sketch.edits.pictures import Layer, Pixels
from kaiga.engines.sketch.film.affine import Affine, applied, chained, inverted


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprite:
    """An image with its place: its upper left corner in the picture, and pixels per picture pixel.

    Its mode is RGBA, or RGB where it is opaque.
    """

    image: Image.Image
    left: float
    top: float
    density: float

    @property
    def box(self) -> Box:
        """Where it lies in the picture."""
        return (
            self.left,
            self.top,
            self.left + self.image.width / self.density,
            self.top + self.image.height / self.density,
        )


def paint_sprite(
    canvas: Canvas,
    box: Box,
    *,
    scale: float,
    fineness: float,
    runs: Sequence[tuple[int, int]] = (),
    crisp: bool = False,
    opaque: bool = False,
) -> Sprite | None:
    """Paint a part of a drawing; none where nothing of it is to be seen.

    `scale` is how many pixels of a frame a picture pixel takes, `fineness` how many pixels of the
    sprite one of a frame.
    """
    density = scale * fineness
    width = max(1, math.ceil((box[2] - box[0]) * density))
    height = max(1, math.ceil((box[3] - box[1]) * density))
    view = (box[0], box[1], box[0] + width / density, box[1] + height / density)
    document = canvas.write(
        pixel_width=width, pixel_height=height, crisp=crisp, view=view, runs=runs
    )
    pixels = render(document)
    if opaque:
        image = _softened(Image.fromarray(_filled(pixels)), fineness)
        return Sprite(image=image, left=box[0], top=box[1], density=density)
    image = Image.fromarray(pixels)
    seen = image.getbbox()
    if seen is None:
        return None
    margin = math.ceil(fineness)
    seen = (
        max(seen[0] - margin, 0),
        max(seen[1] - margin, 0),
        min(seen[2] + margin, width),
        min(seen[3] + margin, height),
    )
    return Sprite(
        image=_softened(image.crop(seen), fineness),
        left=box[0] + seen[0] / density,
        top=box[1] + seen[1] / density,
        density=density,
    )


def lay(frame: Image.Image, sprite: Sprite, forward: Affine, *, opacity: float = 1.0) -> None:
    """Lay a sprite into an RGB frame; `forward` takes picture pixels to frame pixels."""
    corners = [
        applied(forward, x, y)
        for x in (sprite.box[0], sprite.box[2])
        for y in (sprite.box[1], sprite.box[3])
    ]
    left = max(0, math.floor(min(x for x, _ in corners)))
    top = max(0, math.floor(min(y for _, y in corners)))
    right = min(frame.width, math.ceil(max(x for x, _ in corners)))
    bottom = min(frame.height, math.ceil(max(y for _, y in corners)))
    if left >= right or top >= bottom or opacity <= 0:
        return
    density = sprite.density
    to_image: Affine = (
        density, 0.0, -sprite.left * density, 0.0, density, -sprite.top * density,
    )  # fmt: skip
    back = chained(chained(to_image, inverted(forward)), (1.0, 0.0, left, 0.0, 1.0, top))
    shown = sprite.image.transform(
        (right - left, bottom - top), Image.Transform.AFFINE, back, Image.Resampling.NEAREST
    )
    if shown.mode == "RGB":
        frame.paste(shown, (left, top))
        return
    if opacity < 1:
        shown.putalpha(shown.getchannel("A").point(_fading(round(opacity * 64))))
    frame.paste(shown, (left, top), shown)


def _filled(pixels: Layer) -> Pixels:
    """Continue the lowest full line downwards where nothing is, so that no gap opens under it."""
    holes = pixels[..., 3] < 255
    full = np.flatnonzero(~holes.any(axis=1))
    filled = pixels[..., :3].copy()
    if full.size and full[-1] + 1 < len(pixels):
        below = slice(full[-1] + 1, None)
        filled[below][holes[below]] = np.broadcast_to(filled[full[-1]], filled[below].shape)[
            holes[below]
        ]
    return filled


def _softened(image: Image.Image, fineness: float) -> Image.Image:
    """Let each pixel be the mean over one pixel of the frame."""
    if fineness <= 1:
        return image
    blur = ImageFilter.BoxBlur((fineness - 1) / 2)
    if image.mode == "RGB":
        return image.filter(blur)
    return image.convert("RGBa").filter(blur).convert("RGBA")


@cache
def _fading(level: int) -> list[int]:
    """Give the table that scales alpha by `level` parts of 64."""
    return [value * level // 64 for value in range(256)]
