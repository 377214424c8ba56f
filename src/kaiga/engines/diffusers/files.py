"""Given files as pictures and frames, and what was made as files with the visible mark.

All of it is what the embedded engine does as well; this is the one place that takes it from there.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kaiga.engines.sketch.edits.extending import Room, limited, read_room, turned
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.pictures import (
    Layer,
    Mask,
    Pixels,
    covering,
    open_mask,
    open_pixels,
    resized,
)
from kaiga.engines.sketch.film.encoding import even_sides, film
from kaiga.engines.sketch.film.frames import SAMPLES_PER_SECOND, ClipForm, Frame, Sound
from kaiga.engines.sketch.film.reading import measure_clip, read_frames, read_sound
from kaiga.engines.sketch.making import Refused
from kaiga.ports.engine import GenerationJob, JobMedia, MadeFile

__all__ = [
    "SAMPLES_PER_SECOND",
    "ClipForm",
    "Frame",
    "Layer",
    "Mask",
    "Pixels",
    "Refused",
    "Room",
    "Sound",
    "covering",
    "get_input",
    "limited",
    "make_png",
    "measure_clip",
    "open_mask",
    "open_pixels",
    "read_frames",
    "read_room",
    "read_sound",
    "resampled",
    "resized",
    "silence",
    "to_image",
    "turned",
    "write_clip",
]


def get_input(job: GenerationJob, role: str) -> JobMedia:
    """Give the first input of a role.

    Raises:
        Refused: there is none.
    """
    for media in job.media_of(role):
        return media
    raise Refused("InvalidParameter", f"Field required: {role}")


def to_image(pixels: Pixels | Mask) -> Image.Image:
    """Give pixels as the libraries take them; a mask is white where it holds."""
    if pixels.dtype == np.bool_:
        return Image.fromarray(pixels.astype(np.uint8) * 255)
    return Image.fromarray(pixels)


def write_clip(
    job: GenerationJob, frames: Iterable[Frame], form: ClipForm, sound: Sound | None
) -> MadeFile:
    """Give a clip as an MP4 file with the job's mark."""
    filming = film(frames, form, sound, watermark=job.watermark)
    while True:
        try:
            next(filming)
        except StopIteration as end:
            width, height = even_sides(form)
            return MadeFile(
                content=end.value,
                width_pixels=width,
                height_pixels=height,
                duration_seconds=form.true_seconds,
                frames_per_second=float(form.rate),
            )


def silence(form: ClipForm) -> Sound:
    """Give a sound track on which nothing is heard."""
    return np.zeros((form.sample_count, 2), np.int16)


def resampled(wave: Sequence[Sequence[float]], samples_per_second: int) -> Sound:
    """Give a wave, channels by samples from -1 to 1, as stereo at `SAMPLES_PER_SECOND`."""
    given: NDArray[np.float64] = np.nan_to_num(np.atleast_2d(np.asarray(wave, np.float64)))
    wide = int(given.shape[1])
    count = max(1, round(wide * SAMPLES_PER_SECOND / samples_per_second))
    own: NDArray[np.float64] = np.arange(wide, dtype=np.float64)
    places: NDArray[np.float64] = np.arange(count, dtype=np.float64)
    places *= samples_per_second / SAMPLES_PER_SECOND
    stereo = np.empty((count, 2), np.float64)
    for side in (0, 1):
        stereo[:, side] = np.interp(places, own, given[min(side, len(given) - 1)])
    return np.rint(np.clip(stereo, -1, 1) * 32767).astype(np.int16)
