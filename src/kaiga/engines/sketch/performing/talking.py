"""Makes the person of a picture speak or sing a given sound."""

from collections.abc import Generator, Mapping
from types import MappingProxyType

from kaiga.engines.sketch.edits.pictures import Pixels, covering
from kaiga.engines.sketch.film.clips import deliver, make_form
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.reading import read_sound
from kaiga.engines.sketch.footage.delivering import (
    PIXELS_1080P,
    count_seconds,
    get_media,
    shrunk,
)
from kaiga.engines.sketch.footage.options import is_on, list_values, read_number, read_text
from kaiga.engines.sketch.footage.regions import Region
from kaiga.engines.sketch.making import Making
from kaiga.engines.sketch.performing.expressions import Expression
from kaiga.engines.sketch.performing.faces import find_face
from kaiga.engines.sketch.performing.portraits import fit_portrait, open_portrait
from kaiga.engines.sketch.performing.puppet import Puppet
from kaiga.engines.sketch.performing.speech import Manner, listen, perform
from kaiga.engines.sketch.randomness import make_random
from kaiga.ports.engine import GenerationJob

MOST_SECONDS = 180.0
"""The longest sound that a model of talking people takes (contract/video-models.md, 12.1)."""
_LEVELS: Mapping[str, float] = MappingProxyType({"calm": 0.4, "normal": 1.0, "active": 1.8})
_HEAD_SIDE = 512
_USUAL_HEAD = 0.7
"""The contract's default of `head_move_strength`: the head then moves as is usual."""


def make_talking_portrait(job: GenerationJob) -> Making:
    """Film the portrait while it says the sound; the clip is as long as the sound.

    With `ext_bbox` the clip shows that part of the picture; with `paste_back` off, the head alone
    on a square of 512 pixels.
    """
    sound = read_sound(get_media(job, "audio"), most_seconds=job.duration_seconds or MOST_SECONDS)
    pixels, told = open_portrait(job)
    if not list_values(job, "ext_bbox") and not is_on(job, "paste_back", default=True):
        pixels, told = _crop_head(pixels, told)
    form = _choose_form(job, pixels, count_seconds(sound))
    pixels, face = fit_portrait(pixels, told, form)
    rng = make_random("talking", job.prompt, job.seed)
    speech = listen(sound, form, rng)
    frames = _film(Puppet(pixels, face), perform(speech, form, _choose_manner(job), rng))
    return (yield from deliver(job, frames, form, sound if job.sound else None))


def _crop_head(pixels: Pixels, told: Region | None) -> tuple[Pixels, Region]:
    """Cut a square around the head, as `_HEAD_SIDE` pixels."""
    box = find_face(pixels, told).box
    height, width = pixels.shape[:2]
    side = int(min(2.4 * box.width, width, height))
    left = int(min(max(box.middle[0] - side / 2, 0), width - side))
    top = int(min(max(box.middle[1] - 0.58 * side, 0), height - side))
    part = covering(pixels[top : top + side, left : left + side], _HEAD_SIDE, _HEAD_SIDE)
    return part, box.moved(-left, -top).scaled(_HEAD_SIDE / side)


def _choose_form(job: GenerationJob, pixels: Pixels, seconds: float) -> ClipForm:
    width, height = shrunk(pixels.shape[1], pixels.shape[0], PIXELS_1080P)
    return make_form(
        job,
        width_pixels=width,
        height_pixels=height,
        frames_per_second=read_number(job, "video_fps", 25.0),
        duration_seconds=seconds,
    )


def _choose_manner(job: GenerationJob) -> Manner:
    level = _LEVELS.get(read_text(job, "template_id") or read_text(job, "style_level"), 1.0)
    singing = 1.25 if read_text(job, "style") in {"singing", "performance"} else 1.0
    head = read_number(job, "head_move_strength", _USUAL_HEAD) / _USUAL_HEAD
    return Manner(
        mouth=read_number(job, "mouth_move_strength", 1.0) * singing,
        head=head * level * singing,
        blinks=read_number(job, "eye_move_freq", 0.5),
    )


def _film(puppet: Puppet, expressions: list[Expression]) -> Generator[Frame]:
    for expression in expressions:
        yield puppet.draw(expression)
