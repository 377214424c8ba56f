"""The task text-to-image: painted alone, in the older styles, and after a reference."""

from pathlib import Path

import numpy as np
import pytest

from engines.sketch.edits.edit_samples import (
    brightness,
    difference,
    made,
    made_pixels,
    painted,
    saved,
    stored,
)
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.painter import PictureOrder, paint

SIZE = {"width_pixels": 256, "height_pixels": 192}
SUNSET = painted("a lighthouse by the sea at sunset", width=400, height=400)


def test_a_plain_order_is_the_painters_own_file() -> None:
    order = PictureOrder(
        prompt="two cats", negative_prompt="dogs", width_pixels=256, height_pixels=192, seed=4,
        watermark="AI Generated",
    )  # fmt: skip

    result = made(
        "text-to-image",
        "two cats",
        seed=4,
        negative_prompt="dogs",
        watermark="AI Generated",
        **SIZE,
    )

    assert result.files[0].content == paint(order)


@pytest.mark.parametrize(
    "style",
    ["<photography>", "<portrait>", "<3d cartoon>", "<anime>", "<oil painting>", "<watercolor>",
     "<sketch>", "<chinese painting>", "<flat illustration>"],
)  # fmt: skip
def test_every_style_is_seen(style: str) -> None:
    plain = made_pixels("text-to-image", "a house and a tree", style="<auto>", **SIZE)
    styled = made_pixels("text-to-image", "a house and a tree", style=style, **SIZE)

    assert difference(plain, styled) > 2


def after(folder: Path, prompt: str, seed: int = 1, **further: object) -> np.ndarray:
    media = saved(folder, SUNSET, "reference")
    return made_pixels("text-to-image", prompt, media, seed=seed, **SIZE, **further)


@pytest.mark.parametrize("mode", ["repaint", "refonly"])
def test_a_stronger_reference_brings_the_picture_nearer_to_it(tmp_path: Path, mode: str) -> None:
    like = painted("a lighthouse by the sea at sunset", width=256, height=192)

    weak, strong = (
        after(tmp_path, "a cat in a meadow", ref_strength=strength, ref_mode=mode)
        for strength in (0.0, 1.0)
    )

    assert weak.shape == (192, 256, 3)
    tone = like.mean(axis=(0, 1))
    assert (
        np.abs(strong.mean(axis=(0, 1)) - tone).sum() < np.abs(weak.mean(axis=(0, 1)) - tone).sum()
    )


def test_no_strength_is_no_reference(tmp_path: Path) -> None:
    result = after(tmp_path, "a cat in a meadow", ref_strength=0.0)

    assert difference(result, painted("a cat in a meadow", width=256, height=192)) < 1


def test_a_repaint_keeps_the_layout_and_a_look_alone_does_not(tmp_path: Path) -> None:
    repaint = after(tmp_path, "qwertz", ref_strength=1.0, ref_mode="repaint")
    look = after(tmp_path, "qwertz", ref_strength=1.0, ref_mode="refonly")

    layout = SUNSET[50:350].mean(axis=2)
    layout = layout[:: 300 // 150, :: 400 // 200].ravel()

    def likeness(pixels: np.ndarray) -> float:
        grey = pixels.mean(axis=2)
        rows = np.linspace(0, 191, 150).astype(int)
        columns = np.linspace(0, 255, 200).astype(int)
        return float(np.corrcoef(grey[rows][:, columns].ravel(), layout)[0, 1])

    assert likeness(repaint) > 0.8
    assert likeness(look) < likeness(repaint) - 0.2


def test_the_prompt_shows_in_a_repaint(tmp_path: Path) -> None:
    day = after(tmp_path, "qwertz", ref_strength=1.0)
    night = after(tmp_path, "a cat at night", ref_strength=1.0)

    assert brightness(night) < brightness(day) * 0.75


def test_equal_jobs_are_equal_and_seeds_differ(tmp_path: Path) -> None:
    first, again, other = (after(tmp_path, "a cat", seed=seed) for seed in (1, 1, 2))

    assert np.array_equal(first, again)
    assert difference(first, other) > 1


def test_a_broken_reference_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"nothing")

    with pytest.raises(Refused, match="reference"):
        made("text-to-image", "a cat", stored(path, "reference"), **SIZE)
