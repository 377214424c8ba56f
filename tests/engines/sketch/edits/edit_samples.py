"""Pictures for tests, painted by the sketch painter or made of numbers, and what to measure."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.making import Made, Maker
from kaiga.ports.engine import JobMedia, MadeFile

Pixels = NDArray[np.uint8]


def painted(prompt: str, *, width: int = 320, height: int = 256, seed: int = 1) -> Pixels:
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


def decoded(file: MadeFile) -> Pixels:
    image = Image.open(io.BytesIO(file.content))
    assert image.size == (file.width_pixels, file.height_pixels)
    return np.array(image)


def made_by(maker: Maker, job: object) -> Made:
    """Run a maker to its end."""
    making = maker(job)  # pyright: ignore[reportArgumentType]
    try:
        while True:
            next(making)
    except StopIteration as end:
        return end.value


def difference(first: Pixels, second: Pixels) -> float:
    """Give the mean difference of two pictures, 0 to 255."""
    return float(np.abs(first.astype(np.int16) - second.astype(np.int16)).mean())
