"""Puts shoes on the feet in a template picture."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from kaiga.engines.sketch.edits.fields import extent, gauss, pieces
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.hues import matched
from kaiga.engines.sketch.edits.pictures import (
    Field,
    Layer,
    Pixels,
    laid_over,
    mixed,
    open_pixels,
    resized,
)
from kaiga.engines.sketch.making import Made, Making, Refused, Step
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.tools.cutting import cropped_to, cut_out
from kaiga.engines.sketch.tools.options import number_option
from kaiga.engines.sketch.tools.people import find_people
from kaiga.ports.engine import GenerationJob

USUAL_SCALE = 5.0
"""Source: contract/image-models.yaml, shoemodel-v1: 2 to 8."""
LONG_PER_LEG = 1.7
"""How long a shoe is at the usual scale, per the width of a leg above it."""
LEAST_SHARE, MOST_SHARE = 0.05, 0.34
"""How long a shoe is at least and at most, in shares of the picture's width."""


def place_shoes(job: GenerationJob) -> Making:
    """Give the template with the shoes on its feet: the first two of up to three, or one twice.

    `scale` from 2 to 8 makes them smaller or larger; the seed turns them a little.

    Raises:
        Refused: the template shows nothing, or a shoe's picture does.
    """
    pixels = open_pixels(job.media_of("template")[0])
    shoes = [cropped_to(_shoe_layer(job, index)) for index in range(len(job.media_of("shoe")))]
    yield Step(step=1, steps=2)
    feet = _feet(pixels)
    rng = make_random("shoes", job.prompt, job.seed)
    for index, (middle, ground, leg) in enumerate(feet):
        shoe = shoes[index % len(shoes)]
        size = number_option(job, "scale", USUAL_SCALE) / USUAL_SCALE * rng.uniform(0.88, 1.12)
        long = leg * LONG_PER_LEG * size
        long = min(max(long, pixels.shape[1] * LEAST_SHARE), pixels.shape[1] * MOST_SHARE)
        outwards = _turned(shoe, rng.uniform(-7, 9))
        outwards = outwards[:, ::-1] if index == 0 else outwards
        pixels = _placed(pixels, outwards, middle, ground, long)
    return Made(files=(make_png(job, pixels),))


def _shoe_layer(job: GenerationJob, index: int) -> Layer:
    layer = cut_out(job.media_of("shoe")[index])
    if not (layer[..., 3] > 127).any():
        raise Refused("InvalidParameter", f"No shoe was found in shoe image {index + 1}.")
    return layer


def _feet(pixels: Pixels) -> Sequence[tuple[float, float, float]]:
    """Give for each foot, from the left, its middle, the ground under it and the leg's width."""
    people = find_people(pixels)
    if not people:
        raise Refused("InvalidParameter", "The template image shows nothing: it is one colour.")
    body = people[0].share > 0.5
    _, top, _, bottom = extent(body)
    shin = max(2, round((bottom - top) * 0.12))
    lower = np.zeros_like(body)
    lower[bottom - shin : bottom] = body[bottom - shin : bottom]
    named = pieces(lower)
    found: list[tuple[float, float, float]] = []
    for index in range(1, min(int(named.max()), 2) + 1):
        x0, _, x1, y1 = extent(named == index)
        if (named == index).sum() > 0.12 * lower.sum():
            found.append(((x0 + x1) / 2, float(y1), float(x1 - x0)))
    if len(found) == 1:
        # Legs that stand together: the feet are beside each other.
        middle, ground, wide = found[0]
        found = [(middle + side * wide * 0.3, ground, wide * 0.5) for side in (-1, 1)]
    return sorted(found)


def _turned(shoe: Layer, degrees: float) -> Layer:
    """Lift the heel, or the toe below 0."""
    image = Image.fromarray(shoe).rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
    return cropped_to(np.array(image))


def _placed(pixels: Pixels, shoe: Layer, middle: float, ground: float, long: float) -> Pixels:
    """Lay a shoe on the ground under a foot, in the picture's light, with its shadow."""
    tall, wide = shoe.shape[:2]
    share = long / wide
    grown = resized(shoe, max(2, round(wide * share)), max(2, round(tall * share)))
    lit = matched(grown[..., :3], pixels, 0.12)
    grown = np.dstack([lit, grown[..., 3]])
    x, y = round(middle - grown.shape[1] / 2), round(ground - grown.shape[0] * 0.96)
    y = min(y, pixels.shape[0] - grown.shape[0])
    shadowed = mixed(pixels, np.zeros_like(pixels), _shadow(pixels, grown, x, y))
    return laid_over(shadowed, grown, x, y)


def _shadow(pixels: Pixels, shoe: Layer, x: int, y: int) -> Field:
    height, width = pixels.shape[:2]
    rows, columns = np.indices((height, width), dtype=np.float32)
    tall, wide = shoe.shape[:2]
    across = (columns - x - wide / 2) / (wide * 0.52)
    down = (rows - y - tall * 0.96) / (wide * 0.07)
    oval = np.clip(1.15 - across**2 - down**2, 0, 1)
    return gauss(oval, max(0.6, wide / 60)) * 0.5
