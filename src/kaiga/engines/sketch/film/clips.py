"""What all makers of clips share: the measures asked for, the sound, and the finished file."""

from collections.abc import Iterable

from kaiga.engines.sketch.film.encoding import even_sides, film
from kaiga.engines.sketch.film.frames import ClipForm, Frame, Sound
from kaiga.engines.sketch.film.reading import read_sound
from kaiga.engines.sketch.film.sound import make_bed
from kaiga.engines.sketch.making import Made, Making
from kaiga.ports.engine import GenerationJob, MadeFile

USUAL_SECONDS = 5.0
USUAL_RATE = 30.0


def make_form(
    job: GenerationJob,
    *,
    width_pixels: int = 0,
    height_pixels: int = 0,
    frames_per_second: float = 0.0,
    duration_seconds: float = 0.0,
) -> ClipForm:
    """Give the form of a job's clip: what the job says, else what its input is, else the usual.

    Sizes that come from an input are rounded down to even ones, which H.264 can hold.
    """
    if job.width_pixels and job.height_pixels:
        width, height = job.width_pixels, job.height_pixels
    else:
        width, height = (max(2, side // 2 * 2) for side in (width_pixels, height_pixels))
    return ClipForm(
        width_pixels=width,
        height_pixels=height,
        frames_per_second=job.frames_per_second or frames_per_second or USUAL_RATE,
        duration_seconds=job.duration_seconds or duration_seconds or USUAL_SECONDS,
    )


def find_sound(job: GenerationJob, form: ClipForm) -> Sound | None:
    """Give the sound of a job's clip: the audio that came with it, else a bed; none if silent.

    Raises:
        Refused: the audio can't be decoded.
    """
    if not job.sound:
        return None
    for media in job.media_of("audio"):
        return read_sound(media, most_seconds=form.true_seconds)
    return make_bed(job.prompt, job.seed, form.sample_count)


def deliver(
    job: GenerationJob, frames: Iterable[Frame], form: ClipForm, sound: Sound | None
) -> Making:
    """Film the frames with the job's mark, and give the clip as the job's result."""
    content = yield from film(frames, form, sound, watermark=job.watermark)
    width, height = even_sides(form)
    made = MadeFile(
        content=content,
        width_pixels=width,
        height_pixels=height,
        duration_seconds=form.true_seconds,
        frames_per_second=float(form.rate),
    )
    return Made(files=(made,))
