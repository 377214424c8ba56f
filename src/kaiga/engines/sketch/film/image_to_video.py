"""The maker of `image-to-video`: pictures and clips that go on from where they are."""

from collections.abc import Iterator

from kaiga.engines.sketch.edits.pictures import open_pixels
from kaiga.engines.sketch.film.clips import USUAL_SECONDS, deliver, find_sound, make_form
from kaiga.engines.sketch.film.continuing import count_taken, film_continuation
from kaiga.engines.sketch.film.effects import film_effect
from kaiga.engines.sketch.film.frames import ClipForm, Frame, Sound
from kaiga.engines.sketch.film.morphing import film_morph
from kaiga.engines.sketch.film.reading import ClipMeasures, measure_clip, read_sound
from kaiga.engines.sketch.film.sound import cross_faded
from kaiga.engines.sketch.film.stills import MovingStill, film_still
from kaiga.engines.sketch.making import Making, Refused
from kaiga.ports.engine import GenerationJob, JobMedia


def film_picture(job: GenerationJob) -> Making:
    """Film what was given.

    A first frame moves, or goes through the effect that `template` names; with a last frame as
    well the clip turns the one into the other. A first clip comes first and is then continued,
    within the job's duration. A last frame alone is what the clip ends with.
    """
    clip = next(iter(job.media_of("first_clip")), None)
    if clip is not None:
        return (yield from _film_clip(job, clip))
    given = next((m for role in ("first_frame", "last_frame") for m in job.media_of(role)), None)
    if given is None:
        raise Refused(
            "InvalidParameter", "One of first_frame, first_clip and last_frame is needed."
        )
    width, height = given.width_pixels, given.height_pixels
    if not job.width_pixels and not width:
        height, width = open_pixels(given).shape[:2]
    form = make_form(job, width_pixels=width, height_pixels=height)
    return (yield from deliver(job, _film_frames(job, form), form, find_sound(job, form)))


def _film_frames(job: GenerationJob, form: ClipForm) -> Iterator[Frame]:
    first, last = _find_picture(job, "first_frame", form), _find_picture(job, "last_frame", form)
    template = job.options.get("template")
    count = form.frame_count
    if first is not None and isinstance(template, str) and template:
        return film_effect(first, form, template, seed=job.seed)
    if first is not None and last is not None:
        return film_morph(first, last, frame_count=count)
    if first is not None:
        return film_still(first, form, prompt=job.prompt, seed=job.seed, frame_count=count)
    if last is not None:
        return _film_towards(last, job, form)
    return iter(())


def _film_towards(last: Frame, job: GenerationJob, form: ClipForm) -> Iterator[Frame]:
    """Move a picture so that the clip ends with it as it is."""
    rate = float(form.rate)
    still = MovingStill(last, prompt=job.prompt, seed=job.seed, seconds=form.true_seconds)
    for number in reversed(range(form.frame_count)):
        yield still.frame_at(number / rate)


def _film_clip(job: GenerationJob, clip: JobMedia) -> Making:
    measures = measure_clip(clip)
    form = make_form(
        job,
        width_pixels=measures.width_pixels,
        height_pixels=measures.height_pixels,
        frames_per_second=measures.frames_per_second,
        duration_seconds=measures.duration_seconds + USUAL_SECONDS,
    )
    last = _find_picture(job, "last_frame", form)
    frames = film_continuation(clip, measures, form, prompt=job.prompt, seed=job.seed, last=last)
    sound = _sound_of_clip(job, form, clip, measures, ends=last is not None)
    return (yield from deliver(job, frames, form, sound))


def _sound_of_clip(
    job: GenerationJob, form: ClipForm, clip: JobMedia, measures: ClipMeasures, *, ends: bool
) -> Sound | None:
    """Keep the clip's own sound under its own frames, unless other audio was given."""
    sound = find_sound(job, form)
    if sound is None or job.media_of("audio") or not measures.has_sound:
        return sound
    seconds = count_taken(measures, form, ends=ends) / float(form.rate)
    return cross_faded(read_sound(clip, most_seconds=seconds), sound)


def _find_picture(job: GenerationJob, role: str, form: ClipForm) -> Frame | None:
    for media in job.media_of(role):
        return open_pixels(media, width=form.width_pixels, height=form.height_pixels)
    return None
