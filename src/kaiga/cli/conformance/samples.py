"""Files for the orders of models: painted, filmed and sounded here, so that they are nobody's."""

import io
import math
import struct
import wave
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from kaiga.engines.sketch.film.encoding import encode_clip
from kaiga.engines.sketch.film.frames import ClipForm
from kaiga.engines.sketch.painter import PictureOrder, paint

_SIDE_PIXELS = 768
"""Within the bounds on sides of every model that takes pictures."""
_SAMPLES_PER_SECOND = 16_000
_SOUND_SECONDS = 4.0
_LOUDNESS = 12_000
_CLIP = ClipForm(width_pixels=1280, height_pixels=720, frames_per_second=25.0, duration_seconds=4.0)
"""Within the bounds of every model that takes clips; the strictest asks for 3 s at 24 a second."""


def make_sample(name: str) -> tuple[str, bytes]:
    """Give the file name and the bytes of a sample `KIND[:VARIANT]`, as the catalogue writes it.

    Raises:
        KeyError: there is no such sample.
    """
    kind, _, variant = name.partition(":")
    return _ENDINGS[kind].format(name.replace(":", "-")), _MAKERS[kind, variant]()


_ENDINGS = {"image": "{}.png", "video": "{}.mp4", "audio": "{}.wav"}


def _paint(prompt: str, seed: int) -> Callable[[], bytes]:
    def make() -> bytes:
        return paint(
            PictureOrder(
                prompt=prompt,
                negative_prompt="",
                width_pixels=_SIDE_PIXELS,
                height_pixels=_SIDE_PIXELS,
                seed=seed,
                watermark="",
            )
        )

    return make


def _draw_mask() -> bytes:
    picture = Image.new("RGB", (_SIDE_PIXELS, _SIDE_PIXELS), "black")
    quarter = _SIDE_PIXELS // 4
    ImageDraw.Draw(picture).ellipse((quarter, quarter, 3 * quarter, 3 * quarter), fill="white")
    return _as_png(picture)


def _draw_cutout() -> bytes:
    picture = Image.new("RGBA", (_SIDE_PIXELS, _SIDE_PIXELS), (0, 0, 0, 0))
    sixth = _SIDE_PIXELS // 6
    drawing = ImageDraw.Draw(picture)
    drawing.rounded_rectangle((2 * sixth, sixth, 4 * sixth, 5 * sixth), 40, fill="firebrick")
    drawing.ellipse((2 * sixth, sixth // 2, 4 * sixth, 2 * sixth), fill="goldenrod")
    return _as_png(picture)


def _draw_lines() -> bytes:
    picture = Image.new("RGB", (_SIDE_PIXELS, _SIDE_PIXELS), "white")
    eighth = _SIDE_PIXELS // 8
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((2 * eighth, 3 * eighth, 6 * eighth, 7 * eighth), outline="black", width=6)
    roof = [(2 * eighth, 3 * eighth), (4 * eighth, eighth), (6 * eighth, 3 * eighth)]
    drawing.line(roof, fill="black", width=6)
    return _as_png(picture)


def _as_png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _sound() -> bytes:
    """Make syllables: a tone that swells and fades four times a second."""
    file = io.BytesIO()
    count = int(_SOUND_SECONDS * _SAMPLES_PER_SECOND)
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_SAMPLES_PER_SECOND)
        for number in range(count):
            seconds = number / _SAMPLES_PER_SECOND
            swell = abs(math.sin(2 * math.pi * 2 * seconds))
            level = _LOUDNESS * swell * math.sin(2 * math.pi * 220 * seconds)
            sound.writeframesraw(struct.pack("<h", int(level)))
    return file.getvalue()


def _film() -> bytes:
    return encode_clip(_walk(), _CLIP)


def _walk() -> Iterator[NDArray[np.uint8]]:
    """Move a painted person from left to right over a plain ground."""
    person = Image.open(io.BytesIO(_paint("a woman", 4)())).convert("RGB").resize((640, 640))
    for number in range(_CLIP.frame_count):
        frame = Image.new("RGB", (_CLIP.width_pixels, _CLIP.height_pixels), "lightsteelblue")
        frame.paste(person, (number * 6, 40))
        yield np.asarray(frame, np.uint8)


_MAKERS: Mapping[tuple[str, str], Callable[[], bytes]] = {
    ("image", ""): _paint("a lighthouse at dusk", 1),
    ("image", "person"): _paint("a woman", 4),
    ("image", "face"): _paint("portrait of a woman", 3),
    ("image", "mask"): _draw_mask,
    ("image", "cutout"): _draw_cutout,
    ("image", "line"): _draw_lines,
    ("audio", ""): _sound,
    ("video", ""): _film,
}
