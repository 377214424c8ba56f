"""Continues pictures beyond their edges: the task `out-painting`, and the function `expand`."""

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from kaiga.engines.sketch.edits.fields import gauss, make_noise, smooth_noise
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.filling import filled
from kaiga.engines.sketch.edits.hues import matched
from kaiga.engines.sketch.edits.painting import paint_understood
from kaiga.engines.sketch.edits.pictures import (
    Field,
    Layer,
    Mask,
    Pixels,
    flattened,
    laid_over,
    mixed,
    open_pixels,
    resized,
    to_floats,
    to_pixels,
)
from kaiga.engines.sketch.edits.repainting import get_input
from kaiga.engines.sketch.edits.standing import Box, with_things
from kaiga.engines.sketch.making import Made, Making, Step
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.scene import Scene
from kaiga.ports.engine import GenerationJob, MadeFile

MOST_WORK_PIXELS = 2_400_000
"""Surroundings of larger results are made at this size and enlarged; the middle stays exact."""
LIMITED_BYTES = 5_000_000
"""What `limit_image_size` allows a file to have: 5 MB."""
_STEPS = 3
_SHRINK = 0.94


def extend_picture(job: GenerationJob) -> Making:
    """Turn a picture, give it room on its sides, and continue it there.

    Options: `angle` turns counter-clockwise in degrees. One of these gives the room, the first
    that asks for any: `output_ratio`, `x_scale` and `y_scale` around the middle, or the four
    offsets in pixels. `limit_image_size` makes the result smaller until its file has 5 MB.
    `best_quality` looks longer for fitting surroundings.

    Raises:
        Refused: the file can't be decoded.
    """
    yield Step(step=1, steps=_STEPS)
    layer = turned(open_pixels(get_input(job, "image")), _number(job, "angle", 0))
    room = read_room(job, layer.shape[1], layer.shape[0])
    yield Step(step=2, steps=_STEPS)
    best = bool(job.options.get("best_quality"))
    pixels = continued(layer, room, job.prompt, job.seed, search_side=256 if best else 192)
    yield Step(step=3, steps=_STEPS)
    made = make_png(job, pixels)
    if job.options.get("limit_image_size", True):
        made = limited(job, pixels, made)
    return Made(files=(made,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many pixels are added on each side."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    @property
    def is_none(self) -> bool:
        """Tell whether nothing is added."""
        return not (self.left or self.top or self.right or self.bottom)


def turned(pixels: Pixels, degrees: float) -> Layer:
    """Turn a picture counter-clockwise; the corners that come up empty are transparent."""
    layer = np.dstack([pixels, np.full(pixels.shape[:2], 255, dtype=np.uint8)])
    quarters, rest = divmod(degrees % 360, 90)
    layer = np.rot90(layer, int(quarters))
    if not rest:
        return np.ascontiguousarray(layer)
    image = Image.fromarray(np.ascontiguousarray(layer))
    return np.array(image.rotate(rest, Image.Resampling.BICUBIC, expand=True))


def continued(
    layer: Layer, room: Room, prompt: str, *parts: str | int, search_side: int = 192
) -> Pixels:
    """Give a layer on a larger ground, its transparent places and the new room filled.

    The opaque places stay bit for bit. Things that the prompt names are painted into the room,
    and scenery that it names shows through far from the picture.
    """
    height = layer.shape[0] + room.top + room.bottom
    width = layer.shape[1] + room.left + room.right
    canvas = np.zeros((height, width, 4), dtype=np.uint8)
    canvas[room.top : room.top + layer.shape[0], room.left : room.left + layer.shape[1]] = layer
    hole: Mask = canvas[..., 3] < 255
    if not hole.any():
        return np.ascontiguousarray(canvas[..., :3])
    share = min(1.0, (MOST_WORK_PIXELS / (height * width)) ** 0.5)
    small = resized(canvas, max(1, round(width * share)), max(1, round(height * share)))
    around = _surroundings(small, prompt, search_side, *parts)
    result = resized(around, width, height)
    result[~hole] = canvas[~hole][:, :3]
    return _with_soft_rim(result, canvas, hole)


def _surroundings(canvas: Layer, prompt: str, search_side: int, *parts: str | int) -> Pixels:
    hole: Mask = canvas[..., 3] < 255
    pixels = flattened(Image.fromarray(canvas), "#808080")
    around = filled(np.array(pixels), hole, *parts, search_side=search_side)
    around = _levelled(np.flipud(_levelled(np.flipud(around), np.flipud(hole))), hole)
    scene = read_prompt(prompt)
    if scene.places or scene.time or scene.weather or scene.season:
        around = _with_scenery(around, hole, scene, prompt, *parts)
    box = _widest_room(hole)
    if scene.mentions and box is not None:
        around = with_things(around, scene.mentions[:3], "", *parts, allowed=box)
    return around


def _levelled(around: Pixels, hole: Mask) -> Pixels:
    """Let the room above a picture have the colours of its upper edge where the two meet.

    Skies and grounds change with height, and patches from a little lower would show a step.
    """
    height, width = hole.shape
    edge = int(np.flatnonzero(~hole.all(axis=1))[0])
    deep = max(2, height // 80)
    if edge < deep or edge + deep > height:
        return around
    step = to_floats(around[edge : edge + deep]).mean(axis=0)
    step = step - to_floats(around[edge - deep : edge]).mean(axis=0)
    step[hole[edge]] = 0
    smooth = np.stack([gauss(step[None, :, c], width / 24)[0] for c in range(3)], axis=1)
    fading = np.linspace(0.4, 1, edge, dtype=np.float32)[:, None, None]
    result = around.copy()
    result[:edge] = to_pixels(to_floats(around[:edge]) + smooth * fading)
    return result


def _with_scenery(
    around: Pixels, hole: Mask, scene: Scene, prompt: str, *parts: str | int
) -> Pixels:
    """Let what the prompt says show through, the more the farther from the picture."""
    height, width = around.shape[:2]
    noise = make_noise("scenery", prompt, *parts)
    painted = paint_understood(
        replace(scene, mentions=()),
        prompt,
        width=max(16, width),
        height=max(16, height),
        seed=int(noise.integers(1 << 30)),
    )[:height, :width]
    share = np.clip(_distance(hole) * 1.5 - 0.4, 0, 0.62)
    share *= 0.85 + 0.15 * smooth_noise(noise, width, height, max(8, width / 6), 2)
    return mixed(around, matched(painted, around, 0.6), np.clip(share, 0, 1).astype(np.float32))


def _distance(hole: Mask) -> Field:
    """Tell how far each place of a hole is from the picture, per the longer side of the whole."""
    rows = np.flatnonzero(~hole.all(axis=1))
    columns = np.flatnonzero(~hole.all(axis=0))
    down, across = np.indices(hole.shape, dtype=np.float32)
    above = np.maximum(rows[0] - down, down - rows[-1])
    aside = np.maximum(columns[0] - across, across - columns[-1])
    return np.maximum(np.maximum(above, aside), 0) / max(hole.shape) * 4


def _widest_room(hole: Mask) -> Box | None:
    """Give the largest free side of the picture, for things to stand in: never above or below."""
    height, width = hole.shape
    columns = np.flatnonzero(~hole.all(axis=0))
    left, right = int(columns[0]), width - 1 - int(columns[-1])
    wide = max(left, right)
    if wide < width * 0.08:
        return None
    start = 0 if left >= right else width - right
    tall = min(round(height * 0.62), round(wide * 1.5))
    foot = round(height * 0.93)
    inset = round(wide * 0.1)
    return (start + inset, foot - tall, start + wide - inset, foot)


def _with_soft_rim(result: Pixels, canvas: Layer, hole: Mask) -> Pixels:
    """Blend half-transparent places, as turning leaves them along the edges."""
    partly = hole & (canvas[..., 3] > 0)
    if not partly.any():
        return result
    return laid_over(result, np.where(partly[..., None], canvas, 0).astype(np.uint8), 0, 0)


def _number(job: GenerationJob, name: str, default: float) -> float:
    value = job.options.get(name)
    return float(value) if isinstance(value, int | float) else default


def read_room(job: GenerationJob, width: int, height: int) -> Room:
    """Read the room from the options (contract/image-models.yaml: image-out-painting)."""
    ratio = str(job.options.get("output_ratio") or "")
    if ratio:
        across, _, down = ratio.partition(":")
        return _room_for_ratio(width, height, float(across) / float(down))
    x_scale, y_scale = _number(job, "x_scale", 1), _number(job, "y_scale", 1)
    if x_scale > 1 or y_scale > 1:
        return _centred(width, height, round(width * x_scale), round(height * y_scale))
    offsets = (
        round(_number(job, f"{side}_offset", 0)) for side in ("left", "top", "right", "bottom")
    )
    left, top, right, bottom = offsets
    return Room(left=left, top=top, right=right, bottom=bottom)


def _room_for_ratio(width: int, height: int, ratio: float) -> Room:
    if width / height < ratio:
        return _centred(width, height, round(height * ratio), height)
    return _centred(width, height, width, round(width / ratio))


def _centred(width: int, height: int, new_width: int, new_height: int) -> Room:
    across, down = max(0, new_width - width), max(0, new_height - height)
    left, top = across // 2, down // 2
    return Room(left=left, top=top, right=across - left, bottom=down - top)


def limited(job: GenerationJob, pixels: Pixels, made: MadeFile) -> MadeFile:
    """Make the picture smaller until its file is small enough."""
    while len(made.content) > LIMITED_BYTES and min(pixels.shape[:2]) > 64:
        share = max(0.5, (LIMITED_BYTES / len(made.content)) ** 0.5) * _SHRINK
        pixels = resized(pixels, round(pixels.shape[1] * share), round(pixels.shape[0] * share))
        made = make_png(job, pixels)
    return made
