"""Clips for tests: made by our own encoder, read back by PyAV, which shares nothing with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.film.encoding import encode_clip
from kaiga.engines.sketch.film.frames import SAMPLES_PER_SECOND, ClipForm, Frame, Sound
from kaiga.engines.sketch.making import Made, Making, Step
from kaiga.ports.engine import GenerationJob, JobMedia, MadeFile


@dataclass(frozen=True, kw_only=True)
class SeenClip:
    """What PyAV sees in an MP4."""

    frames: list[NDArray[np.uint8]]
    codec: str
    pixel_format: str
    size: tuple[int, int]
    rate: Fraction
    seconds: float
    sound_codec: str = ""
    sound_rate: int = 0
    sound_channels: int = 0
    sound_seconds: float = 0.0
    samples: NDArray[np.float32] | None = None


def see_clip(content: bytes, path: Path) -> SeenClip:
    path.write_bytes(content)
    with av.open(str(path)) as file:
        video = file.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(video)]
        seen = {
            "frames": frames,
            "codec": video.codec_context.name,
            "pixel_format": video.codec_context.pix_fmt,
            "size": (video.codec_context.width, video.codec_context.height),
            "rate": video.average_rate,
            "seconds": float(video.duration * video.time_base),
        }
        if file.streams.audio:
            seen |= _hear(path)
    return SeenClip(**seen)


def _hear(path: Path) -> dict[str, object]:
    with av.open(str(path)) as file:
        audio = file.streams.audio[0]
        samples = np.concatenate([frame.to_ndarray() for frame in file.decode(audio)], axis=1)
        return {
            "sound_codec": audio.codec_context.name,
            "sound_rate": audio.codec_context.sample_rate,
            "sound_channels": audio.codec_context.layout.nb_channels,
            "sound_seconds": float(audio.duration * audio.time_base),
            "samples": samples,
        }


def make(making: Making) -> tuple[Made, list[Step]]:
    """Run a maker to its end."""
    steps: list[Step] = []
    while True:
        try:
            steps.append(next(making))
        except StopIteration as end:
            return end.value, steps


def only_file(making: Making) -> MadeFile:
    made, _ = make(making)
    (file,) = made.files
    return file


def ask(task: str, prompt: str = "", **wishes: object) -> GenerationJob:
    """A small clip job; `media` is a mapping of role to file."""
    given = wishes.pop("media", {})
    media = tuple(give(role, path) for role, path in given.items())  # type: ignore[attr-defined]
    measures = {
        "width_pixels": 192,
        "height_pixels": 112,
        "frames_per_second": 12.0,
        "duration_seconds": 1.0,
        "seed": 1,
    }
    return GenerationJob(model="any", task=task, prompt=prompt, media=media, **(measures | wishes))


def give(role: str, path: Path) -> JobMedia:
    return JobMedia(role=role, path=str(path), media_type="application/octet-stream")


def save_picture(path: Path, prompt: str, *, width: int = 192, height: int = 112) -> Path:
    Image.fromarray(paint_scene(prompt, width=width, height=height, seed=1)).save(path)
    return path


def bars(form: ClipForm) -> Iterator[Frame]:
    """A bar that grows from left to right over a dark ground."""
    for number in range(form.frame_count):
        frame = np.full((form.height_pixels, form.width_pixels, 3), 24, np.uint8)
        frame[:, : 8 + number * form.width_pixels // (form.frame_count + 1)] = (220, 120, 40)
        yield frame


def save_clip(
    path: Path,
    *,
    width: int = 96,
    height: int = 64,
    rate: float = 10.0,
    seconds: float = 1.0,
    sound: Sound | None = None,
) -> Path:
    form = ClipForm(
        width_pixels=width,
        height_pixels=height,
        frames_per_second=rate,
        duration_seconds=seconds,
    )
    path.write_bytes(encode_clip(bars(form), form, sound))
    return path


def tone(seconds: float, *, loudness: float = 0.5, hertz: float = 440.0) -> Sound:
    time = np.arange(round(seconds * SAMPLES_PER_SECOND)) / SAMPLES_PER_SECOND
    wave = np.sin(2 * np.pi * hertz * time) * loudness * 32767
    return np.stack([wave, wave], axis=1).astype(np.int16)


def difference(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Mean absolute difference, 0 to 255."""
    return float(np.abs(first.astype(np.int16) - second.astype(np.int16)).mean())
