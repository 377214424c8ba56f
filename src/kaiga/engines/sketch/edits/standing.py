"""Puts things and cut-outs into a picture so that they seem to stand in it.

Where things stand is chosen from what the picture leaves free; they take on its light, and throw
a shadow.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kaiga.engines.sketch.edits.fields import extent, gauss, make_noise
from kaiga.engines.sketch.edits.hues import from_lab, to_lab
from kaiga.engines.sketch.edits.painting import cropped, paint_motif
from kaiga.engines.sketch.edits.patches import spread_inwards
from kaiga.engines.sketch.edits.pictures import (
    Field,
    Layer,
    Pixels,
    fitting,
    laid_over,
    mixed,
    to_floats,
    to_pixels,
)
from kaiga.engines.sketch.edits.subjects import find_sky, find_subject
from kaiga.engines.sketch.motifs.table import MOTIFS, Habitat
from kaiga.engines.sketch.scene import Mention

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in picture pixels."""
_ALOFT = frozenset({Habitat.SKY, Habitat.HEAVENS, Habitat.SPACE})
_LIGHT_PULL = 0.45
"""How much of a picture's light a painted newcomer takes on, at full light 0.7."""
_CUT_OUT_PULL = 0.15
"""The same for what comes from another picture, whose own light is not known to be full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is free in a picture: `crowd` tells how taken each place is, `horizon` is a row."""

    crowd: Field
    sky: Field
    horizon: int
    subject: Box


def find_ground(pixels: Pixels) -> Ground:
    """Look where something could stand."""
    subject, sky = find_subject(pixels), find_sky(pixels)
    rows = np.flatnonzero((sky > 0.5).mean(axis=1) > 0.2)
    height = pixels.shape[0]
    horizon = int(rows[-1]) if rows.size else round(height * 0.5)
    return Ground(
        crowd=subject,
        sky=sky,
        horizon=min(horizon, round(height * 0.7)),
        subject=extent(subject > 0.5),
    )


def with_things(
    pixels: Pixels,
    mentions: Sequence[Mention],
    side: str,
    *parts: str | int,
    allowed: Box | None = None,
    upon: Box | None = None,
) -> Pixels:
    """Paint things into a picture, the ones named first in front.

    `side` is left, right, top, bottom, middle or empty. With `allowed` they stand in this box,
    with `upon` on top of what this box holds. Hills and mountains stand behind everything.
    """
    ground = find_ground(pixels)
    result = pixels
    for index, mention in reversed(list(enumerate(mentions))):
        shown = min(mention.count, 6)
        far = MOTIFS[mention.motif].habitat is Habitat.LAND and ground.sky.any()
        for number in range(shown):
            seed = (*parts, index, number)
            place = (number, shown)
            if allowed is not None:
                box = _slice(allowed, place)
            elif upon is not None:
                box = _on_top(upon, mention, place)
            else:
                box = _choose_box(ground, pixels, mention, side, place, *seed)
            painted = with_thing(result, mention, box, *seed)
            result = mixed(result, painted, ground.sky) if far else painted
    return result


def _slice(box: Box, place: tuple[int, int]) -> Box:
    """Give the part of a box for one of several things."""
    left, top, right, bottom = box
    number, count = place
    wide = (right - left) / count
    return (round(left + wide * number), top, round(left + wide * (number + 1)), bottom)


def with_thing(pixels: Pixels, mention: Mention, box: Box, *parts: str | int) -> Pixels:
    """Paint one thing into a box, standing on its lower edge; flying things fill it as well."""
    motif = MOTIFS[mention.motif]
    left, top, right, bottom = box
    wide, tall = max(4, right - left), max(4, bottom - top)
    height = max(4, round(min(tall, wide * motif.height / motif.width)))
    noise = make_noise("thing", *parts)
    layer = paint_motif(mention, height=height, seed=int(noise.integers(1 << 30)))
    if motif.size < 1.6 and noise.random() < 0.5:
        layer = np.ascontiguousarray(layer[:, ::-1])
    layer = layer if layer.shape[1] <= wide * 1.15 else fitting(layer, wide, tall)
    shadow = motif.habitat not in _ALOFT and motif.habitat is not Habitat.WALL
    foot = (left + right) // 2, bottom if shadow else (top + bottom + layer.shape[0]) // 2
    return stood(pixels, layer, foot, shadow=shadow)


def stood(
    pixels: Pixels,
    layer: Layer,
    foot: tuple[int, int],
    *,
    shadow: bool = True,
    pull: float = _LIGHT_PULL,
) -> Pixels:
    """Lay a layer on a picture with the middle of its lower edge at `foot` (x, y)."""
    suited = in_light_of(layer, pixels, pull)
    height, width = layer.shape[:2]
    result = pixels
    if shadow:
        result = _shadowed(result, layer, foot)
    return laid_over(result, suited, foot[0] - width // 2, foot[1] - height)


def in_light_of(layer: Layer, pixels: Pixels, pull: float = _LIGHT_PULL) -> Layer:
    """Give a layer `pull` of a picture's light: darker at night, warmer at sunset."""
    seen = layer[..., 3] > 0
    if not seen.any():
        return layer
    around = to_lab(pixels[::4, ::4])
    own = to_lab(layer[..., :3])
    middle = around.mean(axis=(0, 1))
    step = np.array(
        [
            np.clip((middle[0] - 0.7) * pull, -0.3, 0.05),
            np.clip(middle[1] * pull / 2, -0.02, 0.04),
            np.clip(middle[2] * pull / 2, -0.03, 0.03),
        ],
        dtype=np.float32,
    )
    result = layer.copy()
    result[..., :3] = from_lab(own + step)
    return result


def _shadowed(pixels: Pixels, layer: Layer, foot: tuple[int, int]) -> Pixels:
    height, width = layer.shape[:2]
    base = layer[max(0, height - max(2, height // 8)) :, :, 3] > 60
    columns = np.flatnonzero(base.any(axis=0))
    if not columns.size:
        return pixels
    half = max(2.0, (columns[-1] - columns[0] + 1) / 2 * 1.06)
    middle = foot[0] - width / 2 + (columns[0] + columns[-1]) / 2 + half * 0.08
    flat = max(2.0, half * 0.16)
    across, down = round(half * 2 + flat * 4), round(flat * 6)
    rows = (np.arange(down, dtype=np.float32)[:, None] - down / 2) / flat
    columns_at = (np.arange(across, dtype=np.float32)[None] - across / 2) / half
    dark = np.clip(1.6 - 1.6 * (rows * rows + columns_at * columns_at), 0, 1)
    shade = np.zeros((down, across, 4), dtype=np.uint8)
    shade[..., :3] = (28, 24, 48)
    shade[..., 3] = np.rint(gauss(dark, flat * 0.25) * 78).astype(np.uint8)
    return laid_over(pixels, shade, round(middle - across / 2), round(foot[1] - down / 2))


def _choose_box(
    ground: Ground,
    pixels: Pixels,
    mention: Mention,
    side: str,
    place: tuple[int, int],
    *parts: str | int,
) -> Box:
    """Choose how large a thing is and where it stands, from its kind and what is free."""
    height, width = pixels.shape[:2]
    motif = MOTIFS[mention.motif]
    number, count = place
    noise = make_noise("box", *parts)
    tall = height * min(0.62, 0.2 + 0.17 * motif.size) * (0.9 if count > 1 else 1.0)
    wide = tall * motif.width / motif.height
    most = width * (0.44 if count == 1 else 0.8 / count)
    if wide > most:
        tall, wide = tall * most / wide, most
    if motif.habitat in _ALOFT or side == "top":
        foot = max(ground.horizon * 0.62, tall + height * 0.04)
    elif motif.habitat is Habitat.LAND:
        foot = float(ground.horizon + height * 0.03)
    else:
        near = 0.9 if motif.size < 1.3 else 0.72
        foot = ground.horizon + (height - ground.horizon) * near * float(noise.uniform(0.9, 1.0))
    if side == "bottom":
        foot = height * 0.97
    span = (round(foot - tall), round(foot))
    x = _free_column(ground.crowd, span, wide, side, noise)
    if count > 1:
        x += (number - (count - 1) / 2) * wide * 1.06
    x = min(max(x, wide * 0.5), width - wide * 0.5)
    return (round(x - wide / 2), span[0], round(x + wide / 2), span[1])


def _free_column(
    crowd: Field, span: tuple[int, int], wide: float, side: str, noise: np.random.Generator
) -> float:
    """Give the middle of the least taken stretch of these rows, on the wanted side."""
    height, width = crowd.shape
    start = min(max(span[0], 0), height - 1)
    taken = crowd[start : max(start + 1, span[1])].mean(axis=0)
    half = wide / 2
    sums = np.concatenate([[0.0], np.cumsum(taken)])
    middles = np.linspace(half, max(half, width - half), 25)
    left = np.clip(np.rint(middles - half), 0, width).astype(np.intp)
    right = np.clip(np.rint(middles + half), 0, width).astype(np.intp)
    cost = (sums[right] - sums[left]) / max(wide, 1)
    wanted = {"left": 0.22, "right": 0.78, "middle": 0.5}.get(side)
    if wanted is not None:
        cost = cost * 0.35 + np.abs(middles / width - wanted) * 2
    return float(middles[int((cost + noise.uniform(0, 0.06, cost.shape)).argmin())])


def _on_top(subject: Box, mention: Mention, place: tuple[int, int]) -> Box:
    """Give a box that stands on the upper edge of what a box holds, sunk in a little."""
    left, top, right, bottom = subject
    number, count = place
    motif = MOTIFS[mention.motif]
    wide = (right - left) * (0.5 if count == 1 else 0.9 / count)
    tall = min(wide * motif.height / motif.width, (bottom - top) * 0.9)
    x = left + (right - left) * (number + 0.5) / count
    foot = top + (bottom - top) * 0.1
    return (round(x - wide / 2), round(foot - tall), round(x + wide / 2), round(foot))


def cut_out(pixels: Pixels, share: Field) -> Layer:
    """Cut what `share` chooses out of a picture, its rim in its own colours."""
    left, top, right, bottom = extent(share > 0.04)
    part, alpha = pixels[top:bottom, left:right], share[top:bottom, left:right]
    if not alpha.size:
        return np.zeros((1, 1, 4), dtype=np.uint8)
    inner = alpha > 0.96
    own = to_pixels(spread_inwards(to_floats(part), inner)) if inner.any() else part
    colours = np.where(inner[..., None], part, own)
    return cropped(np.dstack([colours, np.rint(alpha * 255).astype(np.uint8)]))


def with_cut_outs(
    pixels: Pixels,
    layers: Sequence[Layer],
    side: str,
    *parts: str | int,
    allowed: Box | None = None,
    upon: Box | None = None,
) -> Pixels:
    """Stand cut-outs side by side in a picture, in its free places, the first in front.

    `allowed` and `upon` are as for `with_things`.
    """
    ground = find_ground(pixels)
    result, crowd = pixels, ground.crowd.copy()
    for index, layer in reversed(list(enumerate(layers))):
        place = (index, len(layers))
        if allowed is not None:
            left, top, right, bottom = _slice(allowed, place)
            fitted = fitting(layer, max(4, right - left), max(4, bottom - top))
            foot = ((left + right) // 2, bottom)
        elif upon is not None:
            fitted, foot = _set_on(upon, layer, place)
        else:
            noise = make_noise("cut-out", *parts, index)
            fitted, foot = _set_free(ground, crowd, layer, place, side, noise)
        result = stood(result, fitted, foot, pull=_CUT_OUT_PULL)
        start = max(0, foot[0] - fitted.shape[1] // 2)
        crowd[max(0, foot[1] - fitted.shape[0]) : foot[1], start : start + fitted.shape[1]] = 1
    return result


def _set_on(upon: Box, layer: Layer, place: tuple[int, int]) -> tuple[Layer, tuple[int, int]]:
    """Size a cut-out for the top of what a box holds, and give its foot there."""
    left, top, right, bottom = _slice(upon, place)
    fitted = fitting(layer, round((right - left) * 0.42) + 4, round((bottom - top) * 0.8) + 4)
    return fitted, ((left + right) // 2, top + round((bottom - top) * 0.06))


def _set_free(
    ground: Ground,
    crowd: Field,
    layer: Layer,
    place: tuple[int, int],
    side: str,
    noise: np.random.Generator,
) -> tuple[Layer, tuple[int, int]]:
    """Size a cut-out for the free ground of a picture, and give its foot there."""
    height, width = crowd.shape
    index, count = place
    tall = height * (0.5 if count == 1 else 0.42) * float(noise.uniform(0.94, 1.06))
    fitted = fitting(layer, round(width * min(0.55, 0.95 / count)), round(tall))
    room = (height - ground.horizon) * (0.82 if index else 0.9)
    base = min(height - 2, max(round(ground.horizon + room), fitted.shape[0] + 2))
    span = (base - fitted.shape[0], base)
    return fitted, (round(_free_column(crowd, span, fitted.shape[1], side, noise)), base)
