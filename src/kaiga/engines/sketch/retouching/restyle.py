"""Films a given clip anew in one of the eight styles."""

from collections.abc import Generator
from contextlib import closing

from kaiga.engines.sketch.film.clips import deliver, make_form
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.reading import ClipMeasures, measure_clip, read_frames
from kaiga.engines.sketch.footage.delivering import get_media, keep_sound
from kaiga.engines.sketch.footage.options import is_on, read_number
from kaiga.engines.sketch.making import Making, Refused
from kaiga.engines.sketch.retouching.treatments import RESTYLES, TREATMENTS, Treated
from kaiga.ports.engine import GenerationJob

_RATES = (15.0, 25.0)


def restyle_video(job: GenerationJob) -> Making:
    """Film the clip in a style; the size follows `min_len`, the shorter side, and `use_SR`.

    Raises:
        Refused: the clip can't be decoded, or there is no such style.
    """
    style = round(read_number(job, "style", 0))
    if not 0 <= style < len(RESTYLES):
        raise Refused("InvalidParameter", f"style must be 0 to {len(RESTYLES) - 1}.")
    clip = get_media(job, "video")
    form = _choose_form(job, measure_clip(clip))
    treated = Treated(TREATMENTS[RESTYLES[style]], form.width_pixels, form.height_pixels, job.seed)
    frames = read_frames(
        clip,
        width_pixels=form.width_pixels,
        height_pixels=form.height_pixels,
        frames_per_second=form.frames_per_second,
    )
    shown = _film(frames, treated)
    return (yield from deliver(job, shown, form, keep_sound(job, clip, form)))


def _choose_form(job: GenerationJob, measures: ClipMeasures) -> ClipForm:
    short = read_number(job, "min_len", 720)
    if short == 540 and is_on(job, "use_SR", default=False):
        short = 1080
    share = short / min(measures.width_pixels, measures.height_pixels)
    slowest, fastest = _RATES
    return make_form(
        job,
        width_pixels=round(measures.width_pixels * share / 2) * 2,
        height_pixels=round(measures.height_pixels * share / 2) * 2,
        frames_per_second=min(max(read_number(job, "video_fps", slowest), slowest), fastest),
        duration_seconds=measures.duration_seconds,
    )


def _film(frames: Generator[Frame], treated: Treated) -> Generator[Frame]:
    with closing(frames):
        for frame in frames:
            yield treated.apply(frame)
