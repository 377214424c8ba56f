"""What the sketch painter makes, as arrays: whole scenes, and single things without a ground."""

import io

import numpy as np
from PIL import Image

from kaiga.engines.sketch.canvas import Canvas, Tone
from kaiga.engines.sketch.composition import compose
from kaiga.engines.sketch.edits.pictures import Layer, Pixels
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.table import MOTIFS
from kaiga.engines.sketch.order import PictureOrder
from kaiga.engines.sketch.painter import paint, rasterise
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.scene import Mention, Scene

_MARGIN = 0.3
"""Room around a motif, per its larger side: drawings reach a little over their measures."""


def render(document: str) -> Layer:
    """Render an SVG document of our own at its own size."""
    return np.array(Image.open(io.BytesIO(rasterise(document))).convert("RGBA"))


def render_canvas(canvas: Canvas) -> Layer:
    """Render a drawing at its own size."""
    width, height = round(canvas.width), round(canvas.height)
    return render(canvas.write(pixel_width=width, pixel_height=height))


def paint_scene(
    prompt: str, *, width: int, height: int, seed: int, negative_prompt: str = ""
) -> Pixels:
    """Paint a prompt as `painter.paint` does; each side is at least 16 pixels."""
    order = PictureOrder(
        prompt=prompt,
        negative_prompt=negative_prompt,
        width_pixels=width,
        height_pixels=height,
        seed=seed,
        watermark="",
    )
    return np.array(Image.open(io.BytesIO(paint(order))).convert("RGB"))


def paint_understood(scene: Scene, text: str, *, width: int, height: int, seed: int) -> Pixels:
    """Paint what was understood already; `text` and `seed` lead the chance."""
    order = PictureOrder(
        prompt=text,
        negative_prompt="",
        width_pixels=width,
        height_pixels=height,
        seed=seed,
        watermark="",
    )
    return render_canvas(compose(scene, order))[..., :3]


def paint_motif(
    mention: Mention,
    *,
    height: int,
    seed: int,
    tone: Tone | None = None,
    season: str = "summer",
    variant: str = "",
    lit: bool = False,
) -> Layer:
    """Paint one thing on nothing, `height` pixels tall, cropped to what is drawn."""
    motif = MOTIFS[mention.motif]
    scale = height / motif.height
    margin = max(motif.width, motif.height) * scale * _MARGIN
    canvas = Canvas(width=motif.width * scale + 2 * margin, height=height + 2 * margin, tone=tone)
    look = Look(
        rng=make_random("motif", mention.motif, seed),
        colours=mention.colours or ((mention.material,) if mention.material else ()),
        lit=lit,
        season=season,
        variant=variant,
    )
    with canvas.at(canvas.width / 2, height + margin, scale):
        motif.draw(canvas, look)
    return cropped(render_canvas(canvas))


def cropped(layer: Layer) -> Layer:
    """Cut a layer down to what is not transparent; one pixel stays of an empty one."""
    rows = np.flatnonzero(layer[..., 3].any(axis=1))
    columns = np.flatnonzero(layer[..., 3].any(axis=0))
    if not rows.size:
        return layer[:1, :1]
    return layer[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
