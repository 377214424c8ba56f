"""Edits a given clip as an instruction says."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing

from kaiga.engines.sketch.film.clips import deliver
from kaiga.engines.sketch.film.frames import ClipForm, Frame, Sound
from kaiga.engines.sketch.film.reading import ClipMeasures, measure_clip, read_frames
from kaiga.engines.sketch.footage.delivering import (
    PIXELS_1080P,
    fill_sound,
    form_like,
    get_media,
    keep_sound,
)
from kaiga.engines.sketch.footage.options import read_text
from kaiga.engines.sketch.making import Making
from kaiga.engines.sketch.retouching.edit_planning import Footage, plan_edits
from kaiga.engines.sketch.retouching.frame_edits import FrameEdit
from kaiga.ports.engine import GenerationJob, JobMedia

_MOST_SECONDS = 15.0
"""How much of a longer clip is used (contract/video-models.md, 14)."""


def edit_video(job: GenerationJob) -> Making:
    """Film the clip with every frame edited alike; its measures are kept unless the job says more.

    With `audio_setting` `origin` the clip's sound is kept as it is, with silence where it has
    none; with `auto` a clip without sound gets a bed.

    Raises:
        Refused: a file can't be decoded.
    """
    clip = get_media(job, "video")
    measures = measure_clip(clip)
    form = form_like(job, measures, most_pixels=PIXELS_1080P, most_seconds=_MOST_SECONDS)
    with closing(_read(clip, form)) as frames:
        first = next(frames)
    edits = plan_edits(Footage(job=job, clip=clip, form=form, first=first))
    shown = film_edited(_read(clip, form), edits, form)
    return (yield from deliver(job, shown, form, _choose_sound(job, clip, measures, form)))


def film_edited(
    frames: Generator[Frame], edits: Sequence[FrameEdit], form: ClipForm
) -> Generator[Frame]:
    """Give the frames with all edits applied, one after the other."""
    with ExitStack() as closings:
        closings.callback(frames.close)
        for edit in edits:
            closings.callback(edit.close)
        for number, frame in enumerate(frames):
            if number == form.frame_count:
                return
            for edit in edits:
                frame = edit.apply(frame, number, number / float(form.rate))  # noqa: PLW2901
            yield frame


def _read(clip: JobMedia, form: ClipForm) -> Generator[Frame]:
    return read_frames(
        clip,
        width_pixels=form.width_pixels,
        height_pixels=form.height_pixels,
        frames_per_second=form.frames_per_second,
    )


def _choose_sound(
    job: GenerationJob, clip: JobMedia, measures: ClipMeasures, form: ClipForm
) -> Sound | None:
    if measures.has_sound or read_text(job, "audio_setting", "auto") != "auto":
        return keep_sound(job, clip, form)
    return fill_sound(job, form)
