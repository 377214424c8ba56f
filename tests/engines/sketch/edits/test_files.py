"""The files of made pictures: exact pixels, and the visible mark."""

import io

import numpy as np
import pytest
from PIL import Image

from engines.sketch.edits.edit_samples import decoded, painted
from kaiga.engines.sketch.edits.files import make_jpeg, make_png, marked
from kaiga.engines.sketch.painter import PictureOrder, paint
from kaiga.ports.engine import GenerationJob


def job(*, watermark: str = "") -> GenerationJob:
    return GenerationJob(
        model="m", task="image-edit", prompt="两只猫 café", seed=42, watermark=watermark
    )


def test_a_png_keeps_every_pixel() -> None:
    pixels = painted("a cat")

    made = make_png(job(), pixels)

    assert np.array_equal(decoded(made), pixels)


def test_masks_and_layers_are_written_too() -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    layer = np.stack([grey, grey, grey, grey], axis=2)

    assert np.array_equal(decoded(make_png(job(watermark="AI Generated"), grey)), grey)
    made = make_png(job(watermark="AI Generated"), layer, part="mask")
    assert np.array_equal(decoded(made), layer)
    assert made.part == "mask"


def test_a_jpeg_is_one() -> None:
    made = make_jpeg(job(), painted("a cat"))

    assert Image.open(io.BytesIO(made.content)).format == "JPEG"


@pytest.mark.parametrize(("width", "height"), [(512, 512), (640, 160), (160, 640)])
def test_the_mark_is_the_painters_own(width: int, height: int) -> None:
    order = PictureOrder(
        prompt="a cat",
        negative_prompt="",
        width_pixels=width,
        height_pixels=height,
        seed=1,
        watermark="AI Generated",
    )
    expected = np.array(Image.open(io.BytesIO(paint(order))).convert("RGB")).astype(int)

    result = marked(painted("a cat", width=width, height=height), "AI Generated")

    assert np.abs(result - expected).max() <= 3


def test_no_mark_no_change() -> None:
    pixels = painted("a cat")

    assert np.array_equal(marked(pixels, ""), pixels)
