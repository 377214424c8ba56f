"""Chooses the measures and the sound of clips that are made from given ones."""

import numpy as np

from kaiga.engines.sketch.film.clips import make_form
from kaiga.engines.sketch.film.frames import SAMPLES_PER_SECOND, ClipForm, Sound
from kaiga.engines.sketch.film.reading import ClipMeasures, measure_clip, read_sound
from kaiga.engines.sketch.film.sound import make_bed
from kaiga.engines.sketch.making import Refused
from kaiga.ports.engine import GenerationJob, JobMedia

PIXELS_720P = 1280 * 720
PIXELS_1080P = 1920 * 1080


def get_media(job: GenerationJob, role: str) -> JobMedia:
    """Give the first input of a role.

    Raises:
        Refused: there is none.
    """
    for media in job.media_of(role):
        return media
    raise Refused("InvalidParameter", f"Field required: {role}.")


def form_like(
    job: GenerationJob,
    measures: ClipMeasures,
    *,
    most_pixels: int = 0,
    most_seconds: float = 0.0,
) -> ClipForm:
    """Give the form that the job asks for, and a clip's own where it leaves it open.

    With `most_pixels` and `most_seconds` what comes from the clip is no larger and longer.
    """
    width, height = shrunk(measures.width_pixels, measures.height_pixels, most_pixels)
    length = measures.duration_seconds
    return make_form(
        job,
        width_pixels=width,
        height_pixels=height,
        frames_per_second=measures.frames_per_second,
        duration_seconds=min(length, most_seconds) if most_seconds else length,
    )


def shrunk(width: int, height: int, most_pixels: int) -> tuple[int, int]:
    """Give sides of about this ratio with at most so many pixels; 0 allows any number."""
    share = (most_pixels / (width * height)) ** 0.5 if most_pixels else 1.0
    if share >= 1.0:
        return width, height
    return max(2, int(width * share) // 2 * 2), max(2, int(height * share) // 2 * 2)


def keep_sound(job: GenerationJob, clip: JobMedia, form: ClipForm) -> Sound | None:
    """Give the sound of a given clip, silence where it has none, nothing if none is wanted."""
    if not job.sound:
        return None
    if not measure_clip(clip).has_sound:
        return np.zeros((form.sample_count, 2), np.int16)
    return read_sound(clip, most_seconds=form.true_seconds)


def fill_sound(job: GenerationJob, form: ClipForm) -> Sound | None:
    """Give a bed for the prompt, nothing if no sound is wanted."""
    return make_bed(job.prompt, job.seed, form.sample_count) if job.sound else None


def count_seconds(sound: Sound) -> float:
    """Give the length of sound."""
    return len(sound) / SAMPLES_PER_SECOND
