"""Makes a longer clip around given beginnings and ends, which stay as they are."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

import numpy as np
from PIL import Image

from kaiga.engines.sketch.edits.pictures import open_pixels
from kaiga.engines.sketch.film.clips import deliver, make_form
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.morphing import film_morph
from kaiga.engines.sketch.film.reading import measure_clip, read_frames
from kaiga.engines.sketch.film.stills import MovingStill
from kaiga.engines.sketch.footage.delivering import PIXELS_720P, fill_sound, shrunk
from kaiga.engines.sketch.footage.tracking import Shifts, follow_picture, read_greys
from kaiga.engines.sketch.making import Making, Refused
from kaiga.ports.engine import GenerationJob, JobMedia

_USUAL_SECONDS = 5.0
_USUAL_RATE = 30.0
_MOST_GIVEN = 0.8
"""How much of the result given clips fill at most: something has to be made as well."""
_MOST_SHIFT = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ends:
    """What is given: a picture or a clip at the beginning, and one at the end."""

    first: JobMedia | None
    last: JobMedia | None


def extend_video(job: GenerationJob) -> Making:
    """Film what was given at its place, and what lies between, before or after it.

    With a clip `video` as well, the camera of the made part moves as it does there.

    Raises:
        Refused: nothing was given, or a file can't be decoded.
    """
    ends = _Ends(
        first=_find(job, "first_clip", "first_frame"), last=_find(job, "last_clip", "last_frame")
    )
    form = _choose_form(job, ends)
    return (yield from deliver(job, _film(job, ends, form), form, fill_sound(job, form)))


def _find(job: GenerationJob, *roles: str) -> JobMedia | None:
    return next((media for role in roles for media in job.media_of(role)), None)


def _is_clip(media: JobMedia) -> bool:
    return media.role.endswith("_clip")


def _choose_form(job: GenerationJob, ends: _Ends) -> ClipForm:
    given = ends.first or ends.last
    if given is None:
        raise Refused(
            "InvalidParameter",
            "One of first_frame_url, last_frame_url, first_clip_url and last_clip_url is needed.",
        )
    rates = [
        measure_clip(each).frames_per_second
        for each in (ends.first, ends.last)
        if each is not None and _is_clip(each)
    ]
    if _is_clip(given):
        measures = measure_clip(given)
        size = measures.width_pixels, measures.height_pixels
    else:
        height, width = open_pixels(given).shape[:2]
        size = width, height
    width, height = shrunk(*size, PIXELS_720P)
    return make_form(
        job,
        width_pixels=width,
        height_pixels=height,
        frames_per_second=rates[0] if rates else _USUAL_RATE,
        duration_seconds=_USUAL_SECONDS,
    )


def _film(job: GenerationJob, ends: _Ends, form: ClipForm) -> Generator[Frame]:
    room = max(2, int(form.frame_count * _MOST_GIVEN))
    after = 0 if ends.last is None else min(_count(ends.last, form), room // 2)
    before = 0 if ends.first is None else min(_count(ends.first, form), room - after)
    head: Frame | None = None
    if ends.first is not None:
        for head in _play(ends.first, form, before):
            yield head
    tail = None if ends.last is None else _first_of(ends.last, form, after)
    yield from _make(job, form, head, tail, form.frame_count - before - after)
    if ends.last is not None:
        yield from _play(ends.last, form, after, from_end=True)


def _count(media: JobMedia, form: ClipForm) -> int:
    """Tell how many frames of the result a given picture or clip is."""
    if not _is_clip(media):
        return 1
    return max(1, round(measure_clip(media).duration_seconds * float(form.rate)))


def _play(
    media: JobMedia, form: ClipForm, count: int, *, from_end: bool = False
) -> Generator[Frame]:
    """Give `count` frames of what was given: the first ones, or the last ones of a clip."""
    if not _is_clip(media):
        yield open_pixels(media, width=form.width_pixels, height=form.height_pixels)
        return
    skipped = _count(media, form) - count if from_end else 0
    frames = read_frames(
        media,
        width_pixels=form.width_pixels,
        height_pixels=form.height_pixels,
        frames_per_second=form.frames_per_second,
    )
    with closing(frames):
        shown: list[Frame] = []
        given = 0
        for frame in islice(frames, skipped, skipped + count):
            shown = [frame]
            given += 1
            yield frame
        # A clip may end a frame sooner than its header says.
        yield from shown * (count - given)


def _first_of(media: JobMedia, form: ClipForm, count: int) -> Frame:
    with closing(_play(media, form, count, from_end=True)) as frames:
        return next(frames)


def _make(
    job: GenerationJob, form: ClipForm, head: Frame | None, tail: Frame | None, count: int
) -> Generator[Frame]:
    """Make the frames between two given ones, or after one, or before one."""
    if count < 1:
        return
    guide = _guide(job, form)
    made = _between(job, form, head, tail, count)
    for number, frame in enumerate(made):
        yield frame if guide is None else _led(frame, guide, number, count)


def _between(
    job: GenerationJob, form: ClipForm, head: Frame | None, tail: Frame | None, count: int
) -> Generator[Frame]:
    if head is not None and tail is not None:
        yield from islice(film_morph(head, tail, frame_count=count + 2), 1, count + 1)
        return
    known = head if head is not None else tail
    if known is None:
        return
    rate = float(form.rate)
    still = MovingStill(known, prompt=job.prompt, seed=job.seed, seconds=(count + 1) / rate)
    numbers = range(1, count + 1) if head is not None else range(count, 0, -1)
    for number in numbers:
        yield still.frame_at(number / rate)


def _guide(job: GenerationJob, form: ClipForm) -> Shifts | None:
    """Give how the picture moves in the clip that is a guide, if there is one."""
    for media in job.media_of("video"):
        return follow_picture(read_greys(media, form))
    return None


def _led(frame: Frame, guide: Shifts, number: int, count: int) -> Frame:
    """Move a frame as the guide moves then; at both ends it is where the given frames are."""
    share = (number + 1) / (count + 1)
    place = min(len(guide) - 1, round(share * (len(guide) - 1)))
    hold = min(1.0, 4 * share, 4 * (1 - share))
    height, width = frame.shape[:2]
    across, down = np.clip(guide[place], -_MOST_SHIFT, _MOST_SHIFT) * hold
    zoom = 1 + 2 * _MOST_SHIFT * hold
    wide, tall = width / zoom, height / zoom
    left = (width - wide) / 2 - across * width
    top = (height - tall) / 2 - down * height
    box = (max(0.0, left), max(0.0, top), min(width, left + wide), min(height, top + tall))
    image = Image.fromarray(frame).resize((width, height), Image.Resampling.BILINEAR, box=box)
    return np.asarray(image)
