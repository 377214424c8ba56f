"""Puts a cut-out thing before a new scene, with its shadow, and leaves the thing itself be."""

import numpy as np

from kaiga.engines.sketch.edits.fields import extent, gauss
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.hues import matched
from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.edits.pictures import (
    Field,
    Layer,
    Pixels,
    laid_over,
    mixed,
    open_layer,
    open_pixels,
    to_floats,
    to_pixels,
)
from kaiga.engines.sketch.lettering.fonts import Typecase
from kaiga.engines.sketch.lettering.typefaces import BOLD
from kaiga.engines.sketch.lettering.typesetting import Setting, fit_text
from kaiga.engines.sketch.lettering.writing import written
from kaiga.engines.sketch.making import Made, Making, Refused, Step
from kaiga.engines.sketch.tools.cutting import is_cut_out
from kaiga.engines.sketch.tools.options import number_option, text_option
from kaiga.ports.engine import GenerationJob

MOST_NOISE = 999
"""Source: contract/image-models.yaml, wanx-background-generation-v2, noise_level."""


def make_background(job: GenerationJob) -> Making:
    """Paint a scene behind a cut-out: of the prompt, and as like the reference as it may be.

    `noise_level` from 0 to 999 is how far the scene may go from the reference, and
    `ref_prompt_weight` from 0 to 1 how much the prompt counts beside it. Fully opaque places of
    the cut-out are in the result bit for bit.

    Raises:
        Refused: the picture has no transparent places (`BadRequest.UnsupportedFileFormat`).
    """
    thing = open_layer(job.media_of("image")[0])
    if not is_cut_out(thing):
        raise Refused(
            "BadRequest.UnsupportedFileFormat",
            "The base image must be an RGBA image with a transparent background.",
        )
    yield Step(step=1, steps=2)
    height, width = thing.shape[:2]
    scene = _scene(job, width, height)
    grounded = _shadowed(_softened_behind(scene, thing), thing)
    grounded = _titled(grounded, thing, job)
    return Made(files=(make_png(job, laid_over(grounded, thing, 0, 0)),))


def _scene(job: GenerationJob, width: int, height: int) -> Pixels:
    prompt = job.prompt or text_option(job, "ref_prompt")
    painted = paint_scene(
        prompt,
        width=max(width, 16),
        height=max(height, 16),
        seed=job.seed,
        negative_prompt=job.negative_prompt or text_option(job, "neg_ref_prompt"),
    )[:height, :width]
    reference = job.media_of("reference")
    if not reference:
        return painted
    like = open_pixels(reference[0], width=width, height=height)
    freedom = np.clip(number_option(job, "noise_level", 300) / MOST_NOISE, 0, 1)
    weight = np.clip(number_option(job, "ref_prompt_weight", 0.5), 0, 1) if prompt else 0.0
    share = np.full((height, width), 0.15 + 0.85 * freedom * weight, dtype=np.float32)
    varied = paint_over(like, float(freedom) * min(width, height) / 60)
    return mixed(varied, matched(painted, like), share)


def paint_over(pixels: Pixels, radius: float) -> Pixels:
    """Melt the details of a picture that are smaller than `radius` pixels."""
    return to_pixels(gauss(to_floats(pixels), radius)) if radius > 0.5 else pixels


def _softened_behind(scene: Pixels, thing: Layer) -> Pixels:
    """Blur the upper part, as a lens does that looks at the thing in front."""
    height, width = scene.shape[:2]
    _, _, _, bottom = extent(thing[..., 3] > 127)
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    foot = max(bottom / height, 0.3)
    far = np.broadcast_to(np.clip((foot - rows) / foot * 1.6, 0, 1), (height, width))
    return mixed(scene, paint_over(scene, min(width, height) / 160), far.astype(np.float32))


def _shadowed(scene: Pixels, thing: Layer) -> Pixels:
    """Let the thing stand: a dark contact under its foot, and a soft shadow that leans away."""
    alpha: Field = thing[..., 3] / np.float32(255)
    left, top, right, bottom = extent(alpha > 0.5)
    if right <= left:
        return scene
    height, width = alpha.shape
    rows, columns = np.indices((height, width), dtype=np.float32)
    middle, wide = (left + right) / 2, max(right - left, 2)
    tall = wide * 0.09
    oval = ((columns - middle - wide * 0.04) / (wide * 0.54)) ** 2 + (
        (rows - bottom + tall * 0.35) / tall
    ) ** 2
    contact = gauss(np.clip(1.2 - oval, 0, 1).astype(np.float32), wide * 0.02) * 0.55
    lower = np.clip((rows - top) / (bottom - top), 0, 1) ** 3
    around = gauss(np.roll(alpha, round((bottom - top) * 0.015), 0), wide * 0.05) * lower * 0.3
    return mixed(scene, np.zeros_like(scene), np.clip(np.maximum(contact, around), 0, 0.7))


def _titled(scene: Pixels, thing: Layer, job: GenerationJob) -> Pixels:
    """Write the title and the line below it where the thing leaves more room, above or below."""
    title, sub_title = text_option(job, "title"), text_option(job, "sub_title")
    if not title and not sub_title:
        return scene
    height, width = scene.shape[:2]
    _, top, _, bottom = extent(thing[..., 3] > 127)
    band = round(height * 0.2)
    start = round(height * 0.03) if top >= height - bottom else height - band
    text = "\n".join(part for part in (title, sub_title) if part)
    setting = Setting(typecase=Typecase(), typeface=BOLD)
    margin = round(width * 0.06)
    block = fit_text(text, width - 2 * margin, band, setting, largest=height * 0.08)
    ink = np.zeros((height, width), dtype=np.uint8)
    stop = min(start + band, height)
    ink[start:stop, margin : width - margin] = block.coverage[: stop - start]
    return written(
        scene, ink, (255.0, 255.0, 255.0), shadow=(20.0, 20.0, 30.0), reach=block.size_pixels * 0.2
    )
