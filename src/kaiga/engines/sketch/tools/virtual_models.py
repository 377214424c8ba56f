"""Shows a garment on a new figure in a new scene; the garment's own pixels stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

import numpy as np

from kaiga.engines.sketch.edits.fields import extent, gauss
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.painting import paint_motif, paint_scene
from kaiga.engines.sketch.edits.pictures import (
    Layer,
    Mask,
    Pixels,
    laid_over,
    mixed,
    open_mask,
    open_pixels,
    resized,
)
from kaiga.engines.sketch.making import Made, Making, Refused, Step
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.scene import Mention
from kaiga.engines.sketch.tools.options import number_option, text_option
from kaiga.ports.engine import GenerationJob

RATIOS: Mapping[str, tuple[int, int]] = MappingProxyType({
    "1:1": (1, 1), "3:4": (3, 4), "4:3": (4, 3), "9:16": (9, 16), "16:9": (16, 9),
    "1:2": (1, 2), "2:1": (2, 1),
})  # fmt: skip
"""By `aspect_ratio`. Source: contract/image-models.yaml, virtualmodel-v2."""
CHILDREN = ("girl", "boy", "child")
FIGURES = ("woman", "man", "person", *CHILDREN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """How a painted figure is built: its neck, its hips, its shoulders, in shares of its height."""

    neck: float
    hips: float
    shoulders: float


GROWN = Build(neck=0.25, hips=0.6, shoulders=0.27)
CHILD = Build(neck=0.41, hips=0.7, shoulders=0.4)


def make_virtual_model(job: GenerationJob) -> Making:
    """Keep what the mask marks in white, and paint a figure that wears it, and a scene.

    The figure is that of `face_prompt`, or of the prompt; the scene that of the prompt, or the
    background picture. `short_side_size` is the short side of the result (a text of digits) and
    `aspect_ratio` its shape, as far as they are given.

    Raises:
        Refused: the mask marks nothing, or has another size than the picture.
    """
    base = open_pixels(job.media_of("image")[0])
    marks = job.media_of("mask")
    kept = open_mask(marks[0], base) if marks else np.ones(base.shape[:2], dtype=np.bool_)
    if not kept.any():
        raise Refused("InvalidParameter", "The mask image marks nothing: white is what is kept.")
    yield Step(step=1, steps=2)
    base, kept = _sized(base, kept, round(number_option(job, "short_side_size", 0)))
    base, kept = _shaped(base, kept, text_option(job, "aspect_ratio"))
    height, width = base.shape[:2]
    rng = make_random("virtual model", job.prompt, text_option(job, "face_prompt"), job.seed)
    scene = _scene(job, width, height)
    scene = _with_figure(scene, kept, job, rng)
    shadow = np.clip(gauss(kept.astype(np.float32), min(width, height) / 90) * 0.5, 0, 0.4)
    scene = mixed(scene, np.zeros_like(scene), shadow)
    return Made(files=(make_png(job, mixed(scene, base, kept.astype(np.float32))),))


def _sized(base: Pixels, kept: Mask, short_side: int) -> tuple[Pixels, Mask]:
    height, width = base.shape[:2]
    if short_side <= 0 or short_side == min(height, width):
        return base, kept
    share = short_side / min(height, width)
    wide, tall = round(width * share), round(height * share)
    plane = kept.astype(np.uint8) * 255
    return resized(base, wide, tall), resized(plane, wide, tall) > 127


def _shaped(base: Pixels, kept: Mask, ratio: str) -> tuple[Pixels, Mask]:
    """Grow the picture to a ratio, the garment staying in the middle; nothing is cut off."""
    height, width = base.shape[:2]
    across, down = RATIOS.get(ratio, (width, height))
    wide = max(width, round(height * across / down))
    tall = max(height, round(width * down / across))
    left, top = (wide - width) // 2, (tall - height) // 2
    grown_base = np.zeros((tall, wide, 3), dtype=np.uint8)
    grown_mask = np.zeros((tall, wide), dtype=np.bool_)
    grown_base[top : top + height, left : left + width] = base
    grown_mask[top : top + height, left : left + width] = kept
    return grown_base, grown_mask


def _scene(job: GenerationJob, width: int, height: int) -> Pixels:
    background = job.media_of("background")
    if background:
        return open_pixels(background[0], width=width, height=height)
    scene = read_prompt(job.prompt)
    people = ", ".join(f"without {name}" for name in FIGURES)
    place = job.prompt if scene.places or scene.mentions else "a quiet wall"
    painted = paint_scene(
        place, width=width, height=height, seed=job.seed, negative_prompt=f"people, {people}"
    )
    soft = gauss(painted.astype(np.float32), min(width, height) / 180)
    return np.rint(np.clip(soft, 0, 255)).astype(np.uint8)


def _with_figure(scene: Pixels, kept: Mask, job: GenerationJob, rng: Random) -> Pixels:
    """Paint a figure whose neck and shoulders are where the garment's are."""
    left, top, right, bottom = extent(kept)
    mention = _figure(job, rng)
    build = CHILD if mention.motif in CHILDREN else GROWN
    by_height = (bottom - top) / (build.hips - build.neck)
    tall = max(by_height, (right - left) / build.shoulders * 0.8)
    layer = paint_motif(
        mention, height=max(16, round(min(tall, scene.shape[0] * 2.4))), seed=job.seed
    )
    x = round((left + right) / 2 - _spine(layer))
    y = round(top - build.neck * layer.shape[0])
    return laid_over(scene, layer, x, y)


def _figure(job: GenerationJob, rng: Random) -> Mention:
    words = f"{text_option(job, 'face_prompt')}, {job.prompt}"
    named = [mention for mention in read_prompt(words).mentions if mention.motif in FIGURES]
    return named[0] if named else Mention(motif=rng.choice(("woman", "man")))


def _spine(layer: Layer) -> float:
    """Give the column of a figure's head, which is above its middle."""
    head = layer[: max(1, layer.shape[0] // 6), :, 3] > 127
    columns = np.flatnonzero(head.any(axis=0))
    return float(columns.mean()) if columns.size else layer.shape[1] / 2
