"""The task sketch-to-image: what the prompt says, along the lines of the sketch."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from engines.sketch.edits.edit_samples import (
    Pixels,
    brightness,
    colourfulness,
    difference,
    is_blue,
    is_red,
    made,
    made_pixels,
    painted,
    saved,
    share_of,
    stored,
)
from kaiga.engines.sketch.edits.lines import lines_of
from kaiga.engines.sketch.making import Refused


def house(paper: str = "white", ink: str = "black") -> Pixels:
    image = Image.new("RGB", (300, 300), paper)
    draw = ImageDraw.Draw(image)
    draw.polygon([(60, 130), (150, 60), (240, 130)], outline=ink, width=4)
    draw.rectangle([75, 130, 225, 250], outline=ink, width=4)
    draw.rectangle([130, 190, 170, 250], outline=ink, width=4)
    return np.array(image)


def followed(folder: Path, prompt: str, sketch: Pixels, **further: object) -> Pixels:
    further = {"width_pixels": 300, "height_pixels": 300, **further}
    return made_pixels("sketch-to-image", prompt, saved(folder, sketch, "sketch"), **further)


@pytest.mark.parametrize("prompt", ["a red house", "红色的房子", "赤い家"])
def test_fields_are_filled_and_lines_stay(tmp_path: Path, prompt: str) -> None:
    sketch = house()

    result = followed(tmp_path, prompt, sketch)

    lines = sketch[..., 0] < 100
    assert brightness(result[lines]) < 60
    assert colourfulness(result) > 30
    wall = result[140:180, 85:120]
    assert share_of(result, is_red(result)) > 0.02
    assert np.abs(wall.mean(axis=(0, 1)) - result[20:50, 20:60].mean(axis=(0, 1))).max() > 25


def test_a_dark_paper_is_a_paper_too(tmp_path: Path) -> None:
    result = followed(tmp_path, "a red house", house("black", "white"))

    assert colourfulness(result) > 30


def test_only_lines_of_the_said_colour_are_followed() -> None:
    both = np.minimum(house(ink="red"), np.roll(house(ink="blue"), 20, axis=1))

    lines = lines_of(both, is_sketch=True, colours=[[255, 0, 0]])

    red = (both[..., 0] > 200) & (both[..., 2] < 60)
    blue = (both[..., 2] > 200) & (both[..., 0] < 60)
    assert lines[red].min() > 0.5
    assert lines[blue].max() < 0.5


def test_the_weight_leads_from_a_free_picture_to_the_lines(tmp_path: Path) -> None:
    sketch = house()
    lines = sketch[..., 0] < 100

    free, half, bound = (
        followed(tmp_path, "a blue sea", sketch, sketch_weight=weight) for weight in (0, 5, 10)
    )

    assert brightness(free[lines]) > brightness(half[lines]) > brightness(bound[lines])
    assert np.array_equal(free, painted("a blue sea", width=300, height=300))


def test_lines_can_be_taken_from_any_picture(tmp_path: Path) -> None:
    cat = painted("a cat in a meadow", width=300, height=300)

    result = followed(tmp_path, "a blue cat", cat, sketch_extraction=True)

    assert difference(result, cat) > 15
    assert share_of(result, is_blue(result)) > 0.02


@pytest.mark.parametrize(
    "style", ["<3d cartoon>", "<anime>", "<oil painting>", "<watercolor>", "<sketch>",
              "<chinese painting>", "<flat illustration>"],
)  # fmt: skip
def test_every_style_is_seen(tmp_path: Path, style: str) -> None:
    plain = followed(tmp_path, "a house", house(), style="<auto>")
    styled = followed(tmp_path, "a house", house(), style=style)

    assert difference(plain, styled) > 2


def test_an_empty_sketch_is_filled_with_scenery(tmp_path: Path) -> None:
    result = followed(tmp_path, "a beach", np.full((300, 300, 3), 255, dtype=np.uint8))

    assert colourfulness(result) > 30


def test_another_seed_gives_other_colours(tmp_path: Path) -> None:
    first, again, other = (followed(tmp_path, "a house", house(), seed=seed) for seed in (1, 1, 2))

    assert np.array_equal(first, again)
    assert difference(first, other) > 3


def test_a_broken_sketch_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"GIF89a")

    with pytest.raises(Refused, match="sketch"):
        made("sketch-to-image", "a cat", stored(path, "sketch"))
