"""Pictures for the tests of editing, jobs around them, and what can be measured of results."""

import io
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.makers import MAKERS
from kaiga.engines.sketch.making import Made, Maker
from kaiga.ports.engine import GenerationJob, JobMedia, MadeFile

Pixels = NDArray[np.uint8]


def painted(prompt: str, *, width: int = 320, height: int = 256, seed: int = 1) -> Pixels:
    return _painted_once(prompt, width, height, seed).copy()


@cache
def _painted_once(prompt: str, width: int, height: int, seed: int) -> Pixels:
    return paint_scene(prompt, width=width, height=height, seed=seed)


def saved(folder: Path, pixels: NDArray[np.uint8], role: str = "image") -> JobMedia:
    """Put a picture into `folder` as a PNG that a job can name."""
    path = folder / f"{role}-{len(list(folder.iterdir()))}.png"
    Image.fromarray(pixels).save(path)
    return JobMedia(
        role=role,
        path=str(path),
        media_type="image/png",
        width_pixels=pixels.shape[1],
        height_pixels=pixels.shape[0],
    )


def stored(path: Path, role: str = "image") -> JobMedia:
    return JobMedia(role=role, path=str(path), media_type="image/png")


def made(task: str, prompt: str, *media: JobMedia, seed: int = 1, **further: object) -> Made:
    """Run the maker of a task to its end; `further` are fields of the job, or its options."""
    fields = {name: further.pop(name) for name in _FIELDS & further.keys()}
    job = GenerationJob(
        model="m", task=task, prompt=prompt, seed=seed, media=media, options=further, **fields
    )
    return made_by(MAKERS[task], job)


def made_by(maker: Maker, job: GenerationJob) -> Made:
    """Run a maker to its end."""
    making = maker(job)
    while True:
        try:
            next(making)
        except StopIteration as end:
            return end.value


_FIELDS = {"width_pixels", "height_pixels", "watermark", "negative_prompt"}


def made_pixels(
    task: str, prompt: str, *media: JobMedia, seed: int = 1, **further: object
) -> Pixels:
    """Run a maker and decode the one picture that it gives."""
    (file,) = made(task, prompt, *media, seed=seed, **further).files
    return decoded(file)


def decoded(file: MadeFile) -> Pixels:
    image = Image.open(io.BytesIO(file.content))
    assert image.size == (file.width_pixels, file.height_pixels)
    return np.array(image)


def difference(first: Pixels, second: Pixels) -> float:
    """Give the mean difference of two pictures, 0 to 255."""
    return float(np.abs(first.astype(np.int16) - second.astype(np.int16)).mean())


def box_mask(pixels: Pixels, left: float, top: float, right: float, bottom: float) -> Pixels:
    """Give a black mask with a white box, whose edges are shares of the sides."""
    height, width = pixels.shape[:2]
    mask = np.zeros((height, width), dtype=np.uint8)
    mask[
        round(top * height) : round(bottom * height), round(left * width) : round(right * width)
    ] = 255
    return mask


def written_over(pixels: Pixels, text: str, *, size: int, corner: str = "lower left") -> Pixels:
    """Write white, half-transparent text near a corner of a picture."""
    image = Image.fromarray(pixels).convert("RGBA")
    over = Image.new("RGBA", image.size, (0, 0, 0, 0))
    y = 14 if corner.startswith("upper") else image.height - size - 18
    ImageDraw.Draw(over).text(
        (14, y), text, font=ImageFont.load_default(size), fill=(255, 255, 255, 230)
    )
    image.alpha_composite(over)
    return np.array(image.convert("RGB"))


def share_of(pixels: Pixels, holds: NDArray[np.bool_]) -> float:
    assert holds.shape == pixels.shape[:2]
    return float(holds.mean())


def is_red(pixels: Pixels) -> NDArray[np.bool_]:
    red, green, blue = (pixels[..., channel].astype(int) for channel in range(3))
    return (red > 140) & (green < 95) & (blue < 105)


def is_blue(pixels: Pixels) -> NDArray[np.bool_]:
    red, green, blue = (pixels[..., channel].astype(int) for channel in range(3))
    return (blue > 150) & (red < 100) & (blue > green + 40)


def brightness(pixels: Pixels) -> float:
    return float(pixels.mean())


def colourfulness(pixels: Pixels) -> float:
    """Give the mean distance of the channels, 0 for a grey picture."""
    return float((pixels.max(axis=2).astype(int) - pixels.min(axis=2)).mean())
