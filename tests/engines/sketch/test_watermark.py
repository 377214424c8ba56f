"""The visible mark: every text that a model of the contract bears can be written."""

import io

import numpy as np
import pytest
from PIL import Image

from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.painter import rasterise
from kaiga.engines.sketch.watermark import draw_watermark


def mark(text: str, width: int = 640, height: int = 480) -> np.ndarray:
    canvas = Canvas(width=width, height=height)
    draw_watermark(canvas, text)
    document = canvas.write(pixel_width=width, pixel_height=height)
    return np.array(Image.open(io.BytesIO(rasterise(document))).convert("RGBA"))


@pytest.mark.parametrize("text", ["AI Generated", "Qwen-Image", "Happy Horse"])
def test_a_mark_is_light_writing_on_a_dark_plate_at_the_lower_right(text: str) -> None:
    drawn = mark(text)

    rows, columns = np.nonzero(drawn[..., 3])
    assert columns.min() > 320
    assert rows.min() > 400
    assert columns.max() < 640
    assert rows.max() < 480
    writing = (drawn[..., :3].min(axis=2) > 200) & (drawn[..., 3] > 200)
    assert 0.05 < writing.sum() / (drawn[..., 3] > 0).sum() < 0.5


def test_each_text_looks_different() -> None:
    marks = [mark(text) for text in ("AI Generated", "Qwen-Image", "Happy Horse")]

    assert all(not np.array_equal(marks[i], marks[i - 1]) for i in range(3))


def test_tails_stay_on_the_plate() -> None:
    drawn = mark("Happy")

    rows = np.nonzero((drawn[..., :3].min(axis=2) > 200) & (drawn[..., 3] > 200))[0]
    plate = np.nonzero(drawn[..., 3])[0]
    assert rows.max() < plate.max()


def test_a_letter_without_strokes_becomes_a_box_rather_than_an_error() -> None:
    assert mark("水")[..., 3].any()
