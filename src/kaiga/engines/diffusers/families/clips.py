"""Clips from words and from pictures."""

from collections.abc import Callable, Iterator
from typing import Any

from kaiga.engines.diffusers.bridging import choose_frames, count_frames
from kaiga.engines.diffusers.call import Call
from kaiga.engines.diffusers.families.measuring import fitted, sides_for, to_pixels
from kaiga.engines.diffusers.files import (
    ClipForm,
    Frame,
    Refused,
    Sound,
    covering,
    open_pixels,
    read_sound,
    resampled,
    silence,
    to_image,
    write_clip,
)
from kaiga.engines.diffusers.loading import Loaded
from kaiga.ports.engine import GenerationJob, MadeFile

USUAL_SECONDS = 5.0
USUAL_RATE = 30.0
"""Of clips whose measures the contract leaves open."""
_Finish = Callable[[GenerationJob, Any, Any], MadeFile]


def film(job: GenerationJob, loaded: Loaded) -> Call:
    """Film a prompt."""
    return make_call(job, loaded, make_form(job, job.width_pixels, job.height_pixels), {})


def animate(job: GenerationJob, loaded: Loaded) -> Call:
    """Film a picture, which is the first frame; up to another, where the pipeline can.

    Raises:
        Refused: the first picture is missing, or what is given needs another model.
    """
    if job.media_of("first_clip"):
        raise Refused("InvalidParameter", "The model of this server does not take first_clip.")
    first, last = (next(iter(job.media_of(role)), None) for role in ("first_frame", "last_frame"))
    if first is None:
        raise Refused("InvalidParameter", "The model of this server needs first_frame.")
    if last is not None and not loaded.weights.profile.ends_with_picture:
        raise Refused("InvalidParameter", "The model of this server does not take last_frame.")
    pixels = open_pixels(first)
    height, width = pixels.shape[:2]
    form = make_form(job, job.width_pixels or width, job.height_pixels or height)
    sides = sides_for(loaded, form.width_pixels, form.height_pixels)
    more: dict[str, Any] = {"image": to_image(covering(pixels, *sides))}
    if last is not None:
        more["last_image"] = to_image(covering(open_pixels(last), *sides))
    return make_call(job, loaded, form, more)


def make_form(job: GenerationJob, width: int, height: int) -> ClipForm:
    """Give the form of a job's clip; sides are made even, as H.264 has them."""
    return ClipForm(
        width_pixels=max(2, width // 2 * 2),
        height_pixels=max(2, height // 2 * 2),
        frames_per_second=job.frames_per_second or USUAL_RATE,
        duration_seconds=job.duration_seconds or USUAL_SECONDS,
    )


def count_made(loaded: Loaded, form: ClipForm) -> int:
    """Give how many frames the pipeline makes for a clip."""
    return count_frames(
        form.true_seconds,
        rate_of(loaded),
        loaded.weights.profile.frame_step,
        loaded.options.most_frames,
    )


def rate_of(loaded: Loaded) -> float:
    """Give the frames per second that the model makes."""
    return loaded.options.frames_per_second or loaded.weights.profile.frames_per_second


def make_call(job: GenerationJob, loaded: Loaded, form: ClipForm, more: dict[str, Any]) -> Call:
    """Give the call for a clip of this form, with `more` arguments."""
    sides = sides_for(loaded, form.width_pixels, form.height_pixels)
    return Call(
        arguments={
            "prompt": job.prompt,
            "width": sides[0],
            "height": sides[1],
            "num_frames": count_made(loaded, form),
            "frame_rate": rate_of(loaded),
            **more,
        },
        sides=sides,
        finish=_make_finish(loaded, form, crops="image" not in more),
        is_clip=True,
    )


def _make_finish(loaded: Loaded, form: ClipForm, *, crops: bool) -> _Finish:
    def show(frames: Any) -> Iterator[Frame]:
        shown = choose_frames(len(frames), rate_of(loaded), form.frame_count, float(form.rate))
        last, frame = -1, None
        for number in shown:
            if number != last or frame is None:
                size = (form.width_pixels, form.height_pixels)
                last, frame = number, fitted(to_pixels(frames[number]), *size, crops=crops)
            yield frame

    def finish(job: GenerationJob, frames: Any, sound: Any) -> MadeFile:
        return write_clip(job, show(frames), form, _choose_sound(job, loaded, form, sound))

    return finish


def _choose_sound(job: GenerationJob, loaded: Loaded, form: ClipForm, made: Any) -> Sound | None:
    """Give the audio that came with the job, else the model's, else a silent track."""
    if not job.sound:
        return None
    for media in job.media_of("audio"):
        return read_sound(media, most_seconds=form.true_seconds)
    if made is None:
        return silence(form)
    return resampled(made, int(loaded.pipe.vocoder.config.output_sampling_rate))
