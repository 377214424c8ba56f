"""Turns an order into the bytes of a PNG: understands, composes, renders."""

import binascii

import resvg

from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.composition import compose
from kaiga.engines.sketch.order import PictureOrder
from kaiga.engines.sketch.reading import read_prompt, without
from kaiga.engines.sketch.styles import STYLES

__all__ = ["PictureOrder", "paint"]

_UNCHANGED = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
"""The transform that changes nothing, row by row as resvg's binding takes it."""


def paint(order: PictureOrder) -> bytes:
    """Paint a picture and give it as an opaque PNG of exactly the ordered size.

    The same order gives the same bytes in any process of the same version.
    """
    scene = without(read_prompt(order.prompt), read_prompt(order.negative_prompt))
    canvas = compose(scene, order)
    return _render(canvas, order, coarse=STYLES[scene.style].pixels)


def _render(canvas: Canvas, order: PictureOrder, *, coarse: int) -> bytes:
    """Render to PNG; `coarse` is the number of pixels along the longer side, 0 for all."""
    width, height = order.width_pixels, order.height_pixels
    if not coarse:
        document = canvas.write(pixel_width=width, pixel_height=height)
        return rasterise(document)
    share = coarse / max(width, height)
    small = canvas.write(
        pixel_width=max(1, round(width * share)),
        pixel_height=max(1, round(height * share)),
        crisp=True,
    )
    inner = binascii.b2a_base64(rasterise(small), newline=False).decode("ascii")
    enlarged = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" preserveAspectRatio="none"'
        f' image-rendering="optimizeSpeed" href="data:image/png;base64,{inner}"/></svg>'
    )
    return rasterise(enlarged)


def rasterise(document: str) -> bytes:
    """Render an SVG document at its own size to PNG; no fonts are loaded, so text draws nothing."""
    tree = resvg.usvg.Tree.from_str(document, resvg.usvg.Options.default())
    return resvg.render(tree, _UNCHANGED)
