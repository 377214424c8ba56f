"""People, clips of someone moving, and speech for tests: painted or made of numbers."""

import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clip_samples import SeenClip, ask, give, only_file, see_clip, tone
from kaiga.engines.sketch.edits.painting import paint_motif, paint_scene
from kaiga.engines.sketch.film.encoding import encode_clip
from kaiga.engines.sketch.film.frames import SAMPLES_PER_SECOND, ClipForm, Frame, Sound
from kaiga.engines.sketch.film.sound import measure_loudness
from kaiga.engines.sketch.making import Maker
from kaiga.engines.sketch.scene import Mention
from kaiga.ports.engine import GenerationJob

MAGENTA = (230, 20, 200)
BLUE = (30, 40, 230)
RATE = 12.0


def portrait(path: Path, *, side: int = 240, seed: int = 1) -> Path:
    """A woman's head and shoulders; her mouth is at about (0.52, 0.66) of the sides."""
    Image.fromarray(paint_scene("portrait of a woman", width=side, height=side, seed=seed)).save(
        path
    )
    return path


def figure(path: Path, *, width: int = 150, height: int = 240, ground: str = "#e8e4d8") -> Path:
    """A girl, whole, before a plain ground."""
    girl = Image.fromarray(paint_motif(Mention(motif="girl"), height=height * 2 // 3, seed=3))
    picture = Image.new("RGB", (width, height), ground)
    picture.paste(girl, ((width - girl.width) // 2, height // 6), girl)
    picture.save(path)
    return path


def block(path: Path, colour: tuple[int, int, int] = BLUE) -> Path:
    """An upright block of one colour on nothing."""
    picture = Image.new("RGBA", (80, 160))
    picture.paste((*colour, 255), (20, 20, 60, 140))
    picture.save(path)
    return path


Way = Callable[[float], tuple[float, float]]
"""Where the lead's middle is (shares of the sides) at a share of the clip."""


def across(share: float) -> tuple[float, float]:
    return 0.2 + 0.6 * share, 0.6


def moving_block(
    width: int, height: int, count: int, way: Way = across, colour: tuple[int, int, int] = MAGENTA
) -> Iterator[Frame]:
    """An upright block that moves before a still street."""
    street = paint_scene("a street in a city", width=width, height=height, seed=5)
    wide, tall = round(width * 0.1), round(height * 0.45)
    for number in range(count):
        frame = street.copy()
        x, y = way(number / max(1, count - 1))
        left, top = round(x * width - wide / 2), round(y * height - tall / 2)
        frame[max(0, top) : top + tall, max(0, left) : left + wide] = colour
        yield frame


def clip_of_block(
    path: Path,
    *,
    width: int = 192,
    height: int = 112,
    rate: float = RATE,
    seconds: float = 1.0,
    way: Way = across,
    sound: Sound | None = None,
    colour: tuple[int, int, int] = MAGENTA,
) -> Path:
    form = ClipForm(
        width_pixels=width, height_pixels=height, frames_per_second=rate, duration_seconds=seconds
    )
    frames = moving_block(width, height, form.frame_count, way, colour)
    path.write_bytes(encode_clip(frames, form, sound))
    return path


def panning_clip(path: Path, *, width: int = 192, height: int = 112, seconds: float = 1.0) -> Path:
    """A camera that moves over a garden: everything in the picture moves."""
    wide = Image.fromarray(paint_scene("a garden", width=width * 2, height=height, seed=2))
    form = ClipForm(
        width_pixels=width, height_pixels=height, frames_per_second=RATE, duration_seconds=seconds
    )
    step = width / form.frame_count
    frames = (
        np.asarray(wide.crop((round(i * step), 0, round(i * step) + width, height)))
        for i in range(form.frame_count)
    )
    path.write_bytes(encode_clip(frames, form))
    return path


def speech() -> Sound:
    """Half a second of voice, half of silence, half of voice."""
    said = tone(0.5, loudness=0.4, hertz=220)
    return np.concatenate([said, np.zeros_like(said), said])


def save_sound(path: Path, sound: Sound) -> Path:
    """As WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLES_PER_SECOND)
        file.writeframes(sound.astype("<i2").tobytes())
    return path


def order(task: str, prompt: str = "", *files: tuple[str, Path], **wishes: object) -> GenerationJob:
    """A job with several files, some of one role; size, length and rate are left open."""
    open_measures = {
        "width_pixels": 0,
        "height_pixels": 0,
        "frames_per_second": 0.0,
        "duration_seconds": 0.0,
    }
    media = tuple(give(role, path) for role, path in files)
    job = ask(task, prompt, **(open_measures | wishes))
    return GenerationJob(
        model=job.model,
        task=task,
        prompt=prompt,
        negative_prompt=job.negative_prompt,
        width_pixels=job.width_pixels,
        height_pixels=job.height_pixels,
        seed=job.seed,
        watermark=job.watermark,
        duration_seconds=job.duration_seconds,
        frames_per_second=job.frames_per_second,
        sound=job.sound,
        media=media,
        options=job.options,
    )


def filmed(maker: Maker, job: GenerationJob, folder: Path) -> SeenClip:
    """Run a maker and look at its clip."""
    return see_clip(only_file(maker(job)).content, folder / "made.mp4")


def near(
    frame: NDArray[np.uint8], colour: tuple[int, int, int], within: int = 70
) -> NDArray[np.bool_]:
    """Where a frame has about this colour."""
    away = np.abs(frame.astype(np.int16) - np.array(colour))
    return away.max(axis=2) < within


def middle_of(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """The middle of what is marked, in shares of the sides."""
    rows, columns = np.nonzero(mask)
    return columns.mean() / mask.shape[1], rows.mean() / mask.shape[0]


def likeness(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """How two series go together, -1 to 1."""
    return float(np.corrcoef(first, second)[0, 1])


def heard_like(seen: SeenClip, sound: Sound) -> float:
    """How the loudness of a clip goes along with that of a sound, -1 to 1."""
    assert seen.samples is not None
    own = np.rint(seen.samples.T * 32767).astype(np.int16)
    count = min(len(own), len(sound)) * 50 // SAMPLES_PER_SECOND
    return likeness(measure_loudness(own, 50, count), measure_loudness(sound, 50, count))
