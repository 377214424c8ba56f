"""Whatever the picture and whatever the words: every maker of edits gives a picture."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.sketch.edits.edit_samples import (
    Pixels,
    decoded,
    made,
    made_pixels,
    painted,
    saved,
    stored,
)
from kaiga.engines.sketch.edits.functions import FUNCTIONS
from kaiga.ports.engine import JobMedia

_NOISE = np.random.default_rng(0)
PICTURES: dict[str, Pixels] = {
    "one pixel": np.zeros((1, 1, 3), dtype=np.uint8),
    "white": np.full((48, 64, 3), 255, dtype=np.uint8),
    "noise": _NOISE.integers(0, 256, (50, 70, 3), dtype=np.uint8),
    "wide": _NOISE.integers(0, 256, (20, 300, 3), dtype=np.uint8),
    "tall": np.full((300, 20, 3), 128, dtype=np.uint8),
}
PROMPTS = (
    "",
    "change the car to red and add 3 dogs, at night, in the rain",
    "把背景换成海边，戴上帽子",
    "猫を犬に変えて、水彩画風",
    "add a mountain, sun, crown, table",
    "</svg>\0\ud800 no people, without cats",
    "image 1 image 2 style",
    "remove the text; turn it into wood; make the sky green",
)


def given(folder: Path, pixels: Pixels) -> list[JobMedia]:
    height, width = pixels.shape[:2]
    mask = np.zeros((height, width), dtype=np.uint8)
    mask[height // 3 :, width // 3 :] = 255
    return [saved(folder, pixels), saved(folder, mask, "mask")]


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("name", sorted(PICTURES))
def test_any_picture_is_edited_by_any_words(tmp_path: Path, name: str, prompt: str) -> None:
    pixels = PICTURES[name]
    image, mask = given(tmp_path, pixels)
    size = {"width_pixels": 48, "height_pixels": 32}

    edited = made_pixels("image-edit", prompt, image)
    joined = made_pixels("image-edit", prompt, image, image, **size)
    repainted = made_pixels("masked-repaint", prompt, image, mask, **size)
    erased = made_pixels("erase", prompt, image, mask)

    assert edited.shape == pixels.shape
    assert joined.shape == repainted.shape == (32, 48, 3)
    assert erased.shape == pixels.shape


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
@pytest.mark.parametrize("name", sorted(PICTURES))
def test_any_picture_goes_through_every_function(tmp_path: Path, name: str, function: str) -> None:
    image, mask = given(tmp_path, PICTURES[name])

    for prompt in PROMPTS[::3]:
        result = made_pixels(
            "image-edit-function", prompt, image, mask, function=function, is_sketch=True
        )

        assert result.shape == PICTURES[name].shape


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_any_picture_is_extended_followed_and_repainted_after(tmp_path: Path, name: str) -> None:
    image, _ = given(tmp_path, PICTURES[name])
    size = {"width_pixels": 64, "height_pixels": 48}

    made_pixels("out-painting", "a tree", image, angle=17, x_scale=1.5)
    for task, role in (("sketch-to-image", "sketch"), ("text-to-image", "reference")):
        media = JobMedia(role=role, path=image.path, media_type="image/png")
        assert made_pixels(task, "a cat", media, **size).shape == (48, 64, 3)


@pytest.mark.parametrize("mode", ["RGBA", "L", "CMYK", "I;16", "P"])
def test_pictures_of_every_mode_are_edited(tmp_path: Path, mode: str) -> None:
    base = Image.fromarray(painted("a red car", width=120, height=90))
    path = tmp_path / ("given.tif" if mode == "CMYK" else "given.png")
    if mode == "I;16":
        Image.fromarray(np.array(base.convert("L")).astype(np.uint16) * 257).save(path)
    else:
        base.convert(mode).save(path)

    result = made("image-edit", "make it night", stored(path))

    assert decoded(result.files[0]).shape == (90, 120, 3)


def test_a_picture_taken_on_its_side_is_edited_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.jpg"
    Image.fromarray(np.rot90(painted("a red car", width=120, height=80))).save(path, exif=exif)

    assert made_pixels("image-edit", "make it night", stored(path)).shape == (80, 120, 3)
