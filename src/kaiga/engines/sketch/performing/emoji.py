"""Makes a picture of a face into a short clip of one named expression."""

from collections.abc import Generator

import numpy as np
from PIL import Image

from kaiga.engines.sketch.film.clips import deliver, make_form
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.footage.delivering import PIXELS_1080P, fill_sound, shrunk
from kaiga.engines.sketch.footage.options import read_text
from kaiga.engines.sketch.making import Making, Refused
from kaiga.engines.sketch.performing.faces import Face
from kaiga.engines.sketch.performing.marks import draw_marks
from kaiga.engines.sketch.performing.portraits import fit_portrait, open_portrait
from kaiga.engines.sketch.performing.puppet import Puppet
from kaiga.engines.sketch.performing.scripts import SCRIPTS, Script
from kaiga.ports.engine import GenerationJob

_SECONDS = 3.0
_FRAMES_PER_SECOND = 25.0


def make_emoji_video(job: GenerationJob) -> Making:
    """Film the face of the picture, within `ext_bbox` where given, as `driven_id` says.

    Raises:
        Refused: there is no such expression (contract/video-models.md, 17).
    """
    script = SCRIPTS.get(read_text(job, "driven_id"))
    if script is None:
        raise Refused("InvalidParameter", "Driven not exist: driven_id.")
    pixels, told = open_portrait(job)
    width, height = shrunk(pixels.shape[1], pixels.shape[0], PIXELS_1080P)
    form = make_form(
        job,
        width_pixels=width,
        height_pixels=height,
        frames_per_second=_FRAMES_PER_SECOND,
        duration_seconds=_SECONDS,
    )
    pixels, face = fit_portrait(pixels, told, form)
    frames = _film(Puppet(pixels, face), face, script, form)
    return (yield from deliver(job, frames, form, fill_sound(job, form)))


def _film(puppet: Puppet, face: Face, script: Script, form: ClipForm) -> Generator[Frame]:
    for number in range(form.frame_count):
        share = number / max(1, form.frame_count - 1)
        seconds = number / float(form.rate)
        picture = Image.fromarray(puppet.draw(script.at(share, seconds)))
        draw_marks(picture, script.mark, face, share, seconds)
        yield np.array(picture)
