"""Clips from clips, masks and references: the five functions of VACE.

No part of this finds poses, depths or moving masks: the structure of a clip is told by its greys,
and a mask stays where it is.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from kaiga.engines.diffusers.bridging import choose_own_frames
from kaiga.engines.diffusers.call import Call
from kaiga.engines.diffusers.families.clips import (
    count_made,
    film,
    make_call,
    make_form,
    rate_of,
)
from kaiga.engines.diffusers.families.measuring import sides_for
from kaiga.engines.diffusers.files import (
    ClipForm,
    Refused,
    covering,
    get_input,
    measure_clip,
    open_pixels,
    read_frames,
    to_image,
)
from kaiga.engines.diffusers.loading import Loaded
from kaiga.ports.engine import GenerationJob, JobMedia

_GREY, _BLACK, _WHITE = (128, 128, 128), 0, 255
_MOST_SECONDS = 5.0
_USUAL_SIZE = (1280, 720)
_Frames = list[Image.Image]


def rework(job: GenerationJob, loaded: Loaded) -> Call:
    """Do what the option `function` says.

    Raises:
        Refused: an input is missing or can't be decoded.
    """
    name = str(job.options.get("function") or "")
    return _FUNCTIONS.get(name, film)(job, loaded)


def _refer(job: GenerationJob, loaded: Loaded) -> Call:
    """Film what the references show."""
    width, height = (job.width_pixels, job.height_pixels) if job.width_pixels else _USUAL_SIZE
    form = make_form(job, width, height)
    return make_call(job, loaded, form, _references(job))


def _repaint(job: GenerationJob, loaded: Loaded) -> Call:
    """Film anew what a clip shows, by its greys."""
    form = _form_like(job, job.media_of("video"))
    frames = _read(get_input(job, "video"), loaded, form)
    greys = [ImageOps.grayscale(frame).convert("RGB") for frame in frames]
    strength = job.options.get("strength", 1.0)
    more = {"video": greys, "conditioning_scale": strength}
    return make_call(job, loaded, form, {**more, **_references(job)})


def _edit(job: GenerationJob, loaded: Loaded) -> Call:
    """Film anew what a mask shows of a clip."""
    form = _form_like(job, job.media_of("video"))
    frames = _read(get_input(job, "video"), loaded, form)
    clip = next(iter(job.media_of("mask_video")), None)
    if clip is not None:
        masks = [ImageOps.grayscale(each) for each in _read(clip, loaded, form)]
    else:
        mask = open_pixels(get_input(job, "mask"))
        still = ImageOps.grayscale(to_image(covering(mask, *frames[0].size)))
        masks = [still] * len(frames)
    return make_call(job, loaded, form, {"video": frames, "mask": masks, **_references(job)})


def _extend(job: GenerationJob, loaded: Loaded) -> Call:
    """Film what lies before, between or after what is given."""
    given = [
        media
        for role in ("first_frame", "first_clip", "last_frame", "last_clip")
        for media in job.media_of(role)
    ]
    if not given:
        raise Refused("InvalidParameter", "One of first_frame and last_frame is needed.")
    form = _form_like(job, given, whole=False)
    count = count_made(loaded, form)
    sides = sides_for(loaded, form.width_pixels, form.height_pixels)
    first = _read_end(job, "first", loaded, form)[-(count // 2) :]
    last = _read_end(job, "last", loaded, form)[: count // 2]
    between = max(0, count - len(first) - len(last))
    frames = [*first, *[Image.new("RGB", sides, _GREY)] * between, *last]
    masks = [
        Image.new("L", sides, shade)
        for shade in [_BLACK] * len(first) + [_WHITE] * between + [_BLACK] * len(last)
    ]
    return make_call(job, loaded, form, {"video": frames, "mask": masks})


def _outpaint(job: GenerationJob, loaded: Loaded) -> Call:
    """Film what lies around a clip."""
    clip = get_input(job, "video")
    measures = measure_clip(clip)
    left, right, top, bottom = (
        _scale(job, side) - 1 for side in ("left", "right", "top", "bottom")
    )
    across, down = 1 + left + right, 1 + top + bottom
    form = _bounded(job, measures.width_pixels * across, measures.height_pixels * down, clip)
    sides = sides_for(loaded, form.width_pixels, form.height_pixels)
    inner = (round(sides[0] / across), round(sides[1] / down))
    place = (round(inner[0] * left), round(inner[1] * top))
    mask = Image.new("L", sides, _WHITE)
    mask.paste(_BLACK, (*place, place[0] + inner[0], place[1] + inner[1]))
    frames: _Frames = []
    for frame in _read(clip, loaded, form):
        canvas = Image.new("RGB", sides, _GREY)
        canvas.paste(frame.resize(inner), place)
        frames.append(canvas)
    return make_call(job, loaded, form, {"video": frames, "mask": [mask] * len(frames)})


_FUNCTIONS: Mapping[str, Callable[[GenerationJob, Loaded], Call]] = MappingProxyType({
    "image_reference": _refer,
    "video_repainting": _repaint,
    "video_edit": _edit,
    "video_extension": _extend,
    "video_outpainting": _outpaint,
})  # fmt: skip


def _references(job: GenerationJob) -> dict[str, Any]:
    pictures = [to_image(open_pixels(media)) for media in job.media_of("reference_image")]
    return {"reference_images": pictures} if pictures else {}


def _form_like(job: GenerationJob, given: Sequence[JobMedia], *, whole: bool = True) -> ClipForm:
    """Give the form of a clip that is as large as what is given, up to 720P, and as long."""
    if not given:
        raise Refused("InvalidParameter", "Field required: video")
    media = given[0]
    if not media.role.endswith(("video", "clip")):
        height, width = open_pixels(media).shape[:2]
        return _bounded(job, width, height, None)
    measures = measure_clip(media)
    return _bounded(job, measures.width_pixels, measures.height_pixels, media if whole else None)


def _bounded(job: GenerationJob, width: float, height: float, clip: JobMedia | None) -> ClipForm:
    if job.width_pixels:
        width, height = job.width_pixels, job.height_pixels
    else:
        share = min(1.0, (_USUAL_SIZE[0] * _USUAL_SIZE[1] / (width * height)) ** 0.5)
        width, height = width * share, height * share
    form = make_form(job, round(width), round(height))
    if clip is None:
        return form
    seconds = measure_clip(clip).duration_seconds or form.duration_seconds
    return ClipForm(
        width_pixels=form.width_pixels,
        height_pixels=form.height_pixels,
        frames_per_second=form.frames_per_second,
        duration_seconds=min(seconds, form.duration_seconds, _MOST_SECONDS),
    )


def _read(clip: JobMedia, loaded: Loaded, form: ClipForm) -> _Frames:
    """Give as many frames of a clip as the pipeline makes, over the form's time."""
    frames = _read_all(clip, loaded, form, form.true_seconds)
    return [frames[place] for place in choose_own_frames(len(frames), count_made(loaded, form))]


def _read_end(job: GenerationJob, which: str, loaded: Loaded, form: ClipForm) -> _Frames:
    sides = sides_for(loaded, form.width_pixels, form.height_pixels)
    for media in job.media_of(f"{which}_clip"):
        return _read_all(media, loaded, form, _MOST_SECONDS)
    for media in job.media_of(f"{which}_frame"):
        return [to_image(covering(open_pixels(media), *sides))]
    return []


def _read_all(clip: JobMedia, loaded: Loaded, form: ClipForm, seconds: float) -> _Frames:
    width, height = sides_for(loaded, form.width_pixels, form.height_pixels)
    frames = read_frames(
        clip,
        width_pixels=width,
        height_pixels=height,
        frames_per_second=rate_of(loaded),
        duration_seconds=seconds,
    )
    return [Image.fromarray(np.asarray(frame)) for frame in frames]


def _scale(job: GenerationJob, side: str) -> float:
    scale = job.options.get(f"{side}_scale")
    return float(scale) if isinstance(scale, int | float) else 1.0
