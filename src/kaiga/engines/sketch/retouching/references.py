"""Makes clips in which given references appear: pictures and clips, in the prompt's scene."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack

from kaiga.engines.sketch.edits.pictures import Pixels, open_pixels
from kaiga.engines.sketch.edits.subjects import box_of, find_subject
from kaiga.engines.sketch.film.clips import deliver, make_form
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.stills import film_still
from kaiga.engines.sketch.footage.options import list_values, read_text
from kaiga.engines.sketch.making import Making, Refused
from kaiga.engines.sketch.performing.speech import listen
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.retouching.actors import Part, open_actor
from kaiga.engines.sketch.retouching.staging import (
    count_shots,
    film_backdrop,
    film_stage,
    order_scene,
    place_actors,
)
from kaiga.engines.sketch.retouching.voices import Voice, list_voices, mix_voices
from kaiga.ports.engine import GenerationJob, JobMedia

USUAL_SIZE = (1280, 720)
_MOST_OBJECTS = 3
"""References beyond these are dropped by image_reference (contract/video-models.md, 10)."""


def film_references(job: GenerationJob) -> Making:
    """Film the references in the scene of the prompt, or in the first frame where one is given.

    Raises:
        Refused: a file can't be decoded, or there is no reference.
    """
    references = [*job.media_of("reference_image"), *job.media_of("reference_video")]
    if not references:
        raise Refused("InvalidParameter", "Field required: reference_image or reference_video.")
    form = make_form(job, width_pixels=USUAL_SIZE[0], height_pixels=USUAL_SIZE[1])
    first = next(iter(job.media_of("first_frame")), None)
    ground = None if first is None else _open(first, form)
    return (yield from _film(job, form, references, ground, starts_there=first is not None))


def film_image_references(job: GenerationJob) -> Making:
    """Film pictures as `obj_or_bg` says: things in a scene, one of them as the scene itself."""
    references = job.media_of("reference_image")[:_MOST_OBJECTS]
    if not references:
        raise Refused("InvalidParameter", "Field required: input.ref_images_url.")
    form = make_form(job, width_pixels=USUAL_SIZE[0], height_pixels=USUAL_SIZE[1])
    kinds = [str(kind) for kind in list_values(job, "obj_or_bg")] or ["obj"] * len(references)
    if len(kinds) < len(references):
        raise Refused("InvalidParameter", "ref_images_url and obj_or_bg must be the same length.")
    things = [media for media, kind in zip(references, kinds, strict=False) if kind != "bg"]
    scenes = [media for media, kind in zip(references, kinds, strict=False) if kind == "bg"]
    ground = _open(scenes[0], form) if scenes else None
    return (yield from _film(job, form, things, ground, starts_there=False))


def _open(media: JobMedia, form: ClipForm) -> Pixels:
    return open_pixels(media, width=form.width_pixels, height=form.height_pixels)


def _film(
    job: GenerationJob,
    form: ClipForm,
    references: Sequence[JobMedia],
    ground: Pixels | None,
    *,
    starts_there: bool,
) -> Making:
    voices = list_voices(job, form)
    frames = _film_actors(job, form, references, ground, voices, starts_there=starts_there)
    return (yield from deliver(job, frames, form, mix_voices(job, form, voices)))


def _film_actors(
    job: GenerationJob,
    form: ClipForm,
    references: Sequence[JobMedia],
    ground: Pixels | None,
    voices: Sequence[Voice],
    *,
    starts_there: bool,
) -> Generator[Frame]:
    backdrop = _film_ground(job, form, ground)
    with ExitStack() as leaving:
        leaving.callback(backdrop.close)
        actors = [open_actor(media, form) for media in references]
        if not actors:
            yield from backdrop
            return
        parts = _give_parts(job, form, len(actors), voices)
        place_actors(actors, job.prompt, form, parts, _find_taken(ground))
        shots = count_shots(form, several=read_text(job, "shot_type") == "multi")
        yield from film_stage(
            backdrop, actors, form, fade_in=starts_there, shots=shots, seed=f"{job.seed}"
        )


def _film_ground(job: GenerationJob, form: ClipForm, ground: Pixels | None) -> Generator[Frame]:
    if ground is None:
        yield from film_backdrop(order_scene(job.prompt, job.negative_prompt, job.seed), form)
        return
    yield from film_still(
        ground, form, prompt=job.prompt, seed=job.seed, frame_count=form.frame_count
    )


def _find_taken(ground: Pixels | None) -> tuple[float, float] | None:
    """Give the columns between which a given scene shows its own subject."""
    if ground is None:
        return None
    left, _, right, _ = box_of(find_subject(ground))
    return (left, right) if right > left else None


def _give_parts(
    job: GenerationJob, form: ClipForm, count: int, voices: Sequence[Voice]
) -> list[Part]:
    chance = make_random("parts", job.prompt, job.seed)
    said = {voice.speaker % count: voice.sound for voice in voices}
    return [
        Part(
            phase=chance.random(),
            speech=listen(said[number], form, chance) if number in said else None,
        )
        for number in range(count)
    ]
