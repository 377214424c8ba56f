"""Chooses the measures of a clip and delivers its frames and sound as the file of a job."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing

import numpy as np

from kaiga.engines.sketch.edits.files import marked
from kaiga.engines.sketch.film.encoding import even_sides, film
from kaiga.engines.sketch.film.frames import SAMPLES_PER_SECOND, ClipForm, Frame, Sound
from kaiga.engines.sketch.film.reading import ClipMeasures, measure_clip, read_sound
from kaiga.engines.sketch.making import Made, Making, Refused
from kaiga.ports.engine import GenerationJob, JobMedia, MadeFile

PIXELS_720P = 1280 * 720
PIXELS_1080P = 1920 * 1080
FRAMES_PER_SECOND = 25.0
"""The rate of clips for which neither the job nor an input says one."""


def get_media(job: GenerationJob, role: str) -> JobMedia:
    """Give the first input of a role.

    Raises:
        Refused: there is none.
    """
    for media in job.media_of(role):
        return media
    raise Refused("InvalidParameter", f"Field required: {role}.")


def choose_form(
    job: GenerationJob,
    *,
    width: int,
    height: int,
    duration_seconds: float,
    frames_per_second: float = FRAMES_PER_SECOND,
) -> ClipForm:
    """Give the measures that the job asks for, and these where it leaves them open."""
    sized = job.width_pixels > 0 and job.height_pixels > 0
    return ClipForm(
        width_pixels=job.width_pixels if sized else width,
        height_pixels=job.height_pixels if sized else height,
        frames_per_second=job.frames_per_second or frames_per_second,
        duration_seconds=job.duration_seconds or duration_seconds,
    )


def form_like(job: GenerationJob, measures: ClipMeasures, *, most_pixels: int = 0) -> ClipForm:
    """Give the measures that the job asks for, and those of a clip where it leaves them open.

    With `most_pixels` a larger clip's size is shrunk to that many.
    """
    width, height = measures.width_pixels, measures.height_pixels
    if most_pixels:
        width, height = shrunk(width, height, most_pixels)
    return choose_form(
        job,
        width=width,
        height=height,
        duration_seconds=measures.duration_seconds,
        frames_per_second=measures.frames_per_second,
    )


def shrunk(width: int, height: int, most_pixels: int) -> tuple[int, int]:
    """Give even sides of about this ratio with at most so many pixels; smaller ones stay."""
    share = min(1.0, (most_pixels / (width * height)) ** 0.5)
    if share == 1.0:
        return width, height
    return max(2, int(width * share) // 2 * 2), max(2, int(height * share) // 2 * 2)


def deliver(
    job: GenerationJob, frames: Generator[Frame], form: ClipForm, sound: Sound | None
) -> Making:
    """Film the frames, each with the job's watermark, and give the file with its true measures."""
    with closing(frames):
        clip = yield from film(_marked(frames, job.watermark), form, sound if job.sound else None)
    width, height = even_sides(form)
    made = MadeFile(
        content=clip,
        width_pixels=width,
        height_pixels=height,
        duration_seconds=form.true_seconds,
        frames_per_second=float(form.rate),
    )
    return Made(files=(made,))


def keep_sound(job: GenerationJob, clip: JobMedia, form: ClipForm) -> Sound | None:
    """Give the sound of a given clip, silence where it has none, nothing if none is wanted."""
    if not job.sound:
        return None
    if not measure_clip(clip).has_sound:
        return make_silence(form)
    return read_sound(clip, most_seconds=form.true_seconds)


def make_silence(form: ClipForm) -> Sound:
    """Give silence as long as the clip."""
    return np.zeros((form.sample_count, 2), np.int16)


def count_seconds(sound: Sound) -> float:
    """Give the length of sound."""
    return len(sound) / SAMPLES_PER_SECOND


def _marked(frames: Iterable[Frame], text: str) -> Iterator[Frame]:
    for frame in frames:
        yield marked(frame, text)
