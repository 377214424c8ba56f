"""How the video functions take their clip: its size up to 720P, and its first five seconds."""

from collections.abc import Generator

from kaiga.engines.sketch.film.clips import deliver
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.reading import measure_clip, read_frames
from kaiga.engines.sketch.footage.delivering import (
    PIXELS_720P,
    fill_sound,
    form_like,
    get_media,
    keep_sound,
)
from kaiga.engines.sketch.making import Making
from kaiga.ports.engine import GenerationJob, JobMedia

MOST_SECONDS = 5.0


def choose_clip_form(job: GenerationJob) -> ClipForm:
    """Give the form of a clip that is as its input is.

    A duration that the job gives bounds it, and never makes it longer than the input.
    """
    measures = measure_clip(get_media(job, "video"))
    form = form_like(job, measures, most_pixels=PIXELS_720P, most_seconds=MOST_SECONDS)
    if not 0 < measures.duration_seconds < form.duration_seconds:
        return form
    return ClipForm(
        width_pixels=form.width_pixels,
        height_pixels=form.height_pixels,
        frames_per_second=form.frames_per_second,
        duration_seconds=measures.duration_seconds,
    )


def read_clip(clip: JobMedia, form: ClipForm) -> Generator[Frame]:
    """Give a clip's frames in this form."""
    return read_frames(
        clip,
        width_pixels=form.width_pixels,
        height_pixels=form.height_pixels,
        frames_per_second=form.frames_per_second,
        duration_seconds=form.true_seconds,
    )


def deliver_like(job: GenerationJob, frames: Generator[Frame], form: ClipForm) -> Making:
    """Film the frames with the sound of the job's clip; most models of this kind are silent."""
    clip = get_media(job, "video")
    has_sound = job.sound and measure_clip(clip).has_sound
    sound = keep_sound(job, clip, form) if has_sound else fill_sound(job, form)
    return (yield from deliver(job, frames, form, sound))
