"""The masks of masked editing: still, carried along by what they mark, or a clip of their own."""

from collections.abc import Generator
from contextlib import closing
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from kaiga.engines.sketch.edits.fields import extent
from kaiga.engines.sketch.edits.pictures import Mask, open_pixels
from kaiga.engines.sketch.film.frames import ClipForm
from kaiga.engines.sketch.film.reading import Fit, read_frames
from kaiga.engines.sketch.footage.delivering import get_media
from kaiga.engines.sketch.footage.leads import Lead
from kaiga.engines.sketch.footage.options import read_number, read_text
from kaiga.engines.sketch.footage.tracking import Shifts, follow_place, read_greys
from kaiga.engines.sketch.making import Refused
from kaiga.ports.engine import GenerationJob, JobMedia

_LEAST_SHARED = 0.5
"""How much of the lead a mask covers that is meant to mark it."""
_RIM_SHARE = 0.006
"""How soft a mask's edge is inside it, per the frame's shorter side."""


def film_masks(job: GenerationJob, form: ClipForm, lead: Lead) -> Generator[Image.Image]:
    """Give for each frame what may change as a grey picture: 255 all of it, 0 nothing at all.

    White of the mask counts, edges are soft to the inside, and nothing outside is ever above 0.
    A mask that is carried along follows the clip's lead where it marks that.

    Raises:
        Refused: there is no mask, or it can't be decoded.
    """
    for media in job.media_of("mask_video"):
        return _from_clip(media, form)
    given = next(iter(job.media_of("mask")), None)
    if given is None:
        raise Refused("InvalidParameter", "One of mask_image_url and mask_video_url is needed.")
    mask = _open_mask(given, form)
    if read_text(job, "mask_type", "tracking") == "fixed":
        return _still(mask, form)
    return _carried(_expanded(job, mask), job, form, lead)


def _open_mask(media: JobMedia, form: ClipForm) -> Mask:
    pixels = open_pixels(media)
    image = Image.fromarray(pixels).convert("L")
    image = image.resize((form.width_pixels, form.height_pixels), Image.Resampling.NEAREST)
    return np.asarray(image) > 127


def _still(mask: Mask, form: ClipForm) -> Generator[Image.Image]:
    yield from repeat(_softened(mask, form), form.frame_count)


def _from_clip(media: JobMedia, form: ClipForm) -> Generator[Image.Image]:
    """Take the masks from a clip; where it ends too soon, the last one stays."""
    frames = read_frames(
        media,
        width_pixels=form.width_pixels,
        height_pixels=form.height_pixels,
        frames_per_second=form.frames_per_second,
        fit=Fit.STRETCH,
    )
    with closing(frames):
        soft: Image.Image | None = None
        for frame in frames:
            soft = _softened(frame.mean(axis=2) > 127, form)
            yield soft
        yield from chain.from_iterable(repeat((soft,)) if soft is not None else ())


def _carried(mask: Mask, job: GenerationJob, form: ClipForm, lead: Lead) -> Generator[Image.Image]:
    """Move the mask with what it marks in frame `mask_frame_id` (the first is 1)."""
    start = round(read_number(job, "mask_frame_id", 1)) - 1
    shifts = _follow_lead(mask, lead, start / float(form.rate))
    if shifts is None:
        greys = read_greys(get_media(job, "video"), form)
        shifts = follow_place(greys, _scaled(mask, greys.shape[2], greys.shape[1]), start)
    soft = _softened(mask, form)
    sides = np.array([form.width_pixels, form.height_pixels])
    for number in range(form.frame_count):
        across, down = np.rint(shifts[min(number, len(shifts) - 1)] * sides).astype(int).tolist()
        moved = Image.new("L", soft.size)
        moved.paste(soft, (across, down))
        yield moved


def _follow_lead(mask: Mask, lead: Lead, seconds: float) -> Shifts | None:
    """Tell where the lead has gone since a time, if it is what the mask marks then."""
    if not lead.is_apart:
        return None
    look = lead.index_at(seconds)
    marked = _scaled(mask, lead.masks.shape[2], lead.masks.shape[1])
    place = lead.masks[look]
    if float((place & marked).sum()) < _LEAST_SHARED * max(float(place.sum()), 1.0):
        return None
    middles = np.array([region.middle for region in lead.regions])
    return middles - middles[look]


def _scaled(mask: Mask, width: int, height: int) -> Mask:
    return np.asarray(Image.fromarray(mask).resize((width, height), Image.Resampling.NEAREST))


def _softened(mask: Mask, form: ClipForm) -> Image.Image:
    rim = max(1.0, _RIM_SHARE * min(form.width_pixels, form.height_pixels))
    hard = Image.fromarray(mask.astype(np.uint8) * 255)
    inner = hard.filter(ImageFilter.MinFilter(2 * round(rim) + 1))
    return ImageChops.darker(hard, inner.filter(ImageFilter.GaussianBlur(rim)))


def _expanded(job: GenerationJob, mask: Mask) -> Mask:
    """Widen a mask to its hull or its box, and by `expand_ratio` of its larger side."""
    left, top, right, bottom = extent(mask)
    if right <= left:
        return mask
    match read_text(job, "expand_mode", "hull"):
        case "bbox":
            shape = mask.copy()
            shape[top:bottom, left:right] = True
        case "original":
            shape = mask
        case _:
            shape = _hull(mask)
    reach = round(read_number(job, "expand_ratio", 0.05) * max(right - left, bottom - top))
    return _widened(shape, reach)


def _widened(mask: Mask, reach: int) -> Mask:
    """Widen by a square of this reach, by running maxima along rows and then columns."""
    if reach < 1:
        return mask
    for axis in (0, 1):
        sums = np.cumsum(np.pad(mask, _around(axis, reach)).astype(np.int32), axis=axis)
        count = mask.shape[axis]
        upper = sums.take(range(2 * reach + 1, 2 * reach + 1 + count), axis)
        mask = upper - sums.take(range(count), axis) > 0
    return mask


def _around(axis: int, reach: int) -> list[tuple[int, int]]:
    sides = [(0, 0), (0, 0)]
    sides[axis] = (reach + 1, reach)
    return sides


def _hull(mask: Mask) -> Mask:
    """Give the convex hull of a mask."""
    rows = np.flatnonzero(mask.any(axis=1))
    first = mask[rows].argmax(axis=1)
    last = mask.shape[1] - 1 - mask[rows][:, ::-1].argmax(axis=1)
    left = _bowed(rows, first, -1)
    right = _bowed(rows, last, 1)
    image = Image.new("L", (mask.shape[1], mask.shape[0]))
    outline = [*left, *reversed(right)]
    if len(outline) < 3:
        return mask
    ImageDraw.Draw(image).polygon(outline, fill=255)
    return (np.asarray(image) > 0) | mask


def _bowed(
    rows: NDArray[np.intp], columns: NDArray[np.intp], side: int
) -> list[tuple[float, float]]:
    """Keep the points of one side of a hull from top to bottom; `side` is 1 for the right."""
    kept: list[tuple[float, float]] = []
    for y, x in zip(rows.tolist(), columns.tolist(), strict=True):
        while len(kept) > 1 and side * _turn(kept[-2], kept[-1], (x, y)) <= 0:
            kept.pop()
        kept.append((x, y))
    return kept


def _turn(
    first: tuple[float, float], middle: tuple[float, float], last: tuple[float, float]
) -> float:
    """Tell which way three points turn: above 0 the middle one lies to the right of the others."""
    return (middle[0] - first[0]) * (last[1] - first[1]) - (last[0] - first[0]) * (
        middle[1] - first[1]
    )
