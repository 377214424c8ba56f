"""The task out-painting: the picture turned, exactly where it belongs, on a larger ground."""

from pathlib import Path

import numpy as np
import pytest

from engines.sketch.edits.edit_samples import (
    Pixels,
    difference,
    made,
    made_pixels,
    painted,
    saved,
    stored,
)
from kaiga.engines.sketch.edits.extending import LIMITED_BYTES, Room, continued, turned
from kaiga.engines.sketch.making import Refused

CAT = painted("a cat in a meadow", width=240, height=200)


def extended(folder: Path, base: Pixels, prompt: str = "", **further: object) -> Pixels:
    return made_pixels("out-painting", prompt, saved(folder, base), **further)


@pytest.mark.parametrize(
    ("ratio", "size"),
    [("1:1", (240, 240)), ("3:4", (320, 240)), ("4:3", (200, 267)), ("9:16", (427, 240)),
     ("16:9", (200, 356))],
)  # fmt: skip
def test_a_ratio_is_reached_by_adding_alone(
    tmp_path: Path, ratio: str, size: tuple[int, int]
) -> None:
    result = extended(tmp_path, CAT, output_ratio=ratio, x_scale=3.0, left_offset=500)

    assert result.shape[:2] == size
    top, left = (size[0] - 200) // 2, (size[1] - 240) // 2
    assert np.array_equal(result[top : top + 200, left : left + 240], CAT)


def test_scales_grow_around_the_middle(tmp_path: Path) -> None:
    result = extended(tmp_path, CAT, x_scale=1.5, y_scale=1.2, left_offset=500)

    assert result.shape == (240, 360, 3)
    assert np.array_equal(result[20:220, 60:300], CAT)


def test_offsets_grow_each_side_by_itself(tmp_path: Path) -> None:
    result = extended(
        tmp_path, CAT, left_offset=30, right_offset=0, top_offset=10, bottom_offset=50
    )

    assert result.shape == (260, 270, 3)
    assert np.array_equal(result[10:210, 30:], CAT)


def test_nothing_asked_for_gives_the_picture_back(tmp_path: Path) -> None:
    assert np.array_equal(extended(tmp_path, CAT, x_scale=1.0, angle=0), CAT)


@pytest.mark.parametrize(("angle", "quarters"), [(90, 1), (180, 2), (270, 3)])
def test_quarter_turns_are_exact_and_counter_clockwise(
    tmp_path: Path, angle: int, quarters: int
) -> None:
    assert np.array_equal(extended(tmp_path, CAT, angle=angle), np.rot90(CAT, quarters))


def test_a_turned_picture_has_no_empty_corners(tmp_path: Path) -> None:
    result = extended(tmp_path, CAT, angle=30)

    layer = turned(CAT, 30)
    assert result.shape[:2] == layer.shape[:2]
    solid = layer[..., 3] == 255
    assert np.array_equal(result[solid], layer[solid][:, :3])
    corner = result[:20, :20].reshape(-1, 3)
    assert corner.mean() > 40
    assert not np.allclose(corner, 128, atol=6)


def test_surroundings_go_on_like_the_picture(tmp_path: Path) -> None:
    result = extended(tmp_path, CAT, x_scale=1.6)

    sky, ground = result[:30, :60], result[-30:, :60]
    assert np.abs(sky.mean(axis=(0, 1)) - CAT[:30].mean(axis=(0, 1))).max() < 40
    assert np.abs(ground.mean(axis=(0, 1)) - CAT[-30:].mean(axis=(0, 1))).max() < 40


def test_named_things_are_painted_into_the_room(tmp_path: Path) -> None:
    plain = extended(tmp_path, CAT, x_scale=2.0)
    named = extended(tmp_path, CAT, "a red house", x_scale=2.0)

    assert (
        difference(plain[:, :120], named[:, :120]) + difference(plain[:, 360:], named[:, 360:]) > 4
    )
    assert np.array_equal(named[:, 120:360], CAT)


def test_a_large_file_becomes_small_enough_unless_told_not_to(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1400, 1500, 3), dtype=np.uint8)
    media = saved(tmp_path, noise)

    limited = made("out-painting", "", media, limit_image_size=True).files[0]
    whole = made("out-painting", "", media, limit_image_size=False).files[0]

    assert len(limited.content) <= LIMITED_BYTES < len(whole.content)
    assert (whole.width_pixels, whole.height_pixels) == (1500, 1400)
    assert limited.width_pixels < 1500
    assert abs(limited.width_pixels / limited.height_pixels - 1500 / 1400) < 0.01


def test_the_middle_of_a_large_result_is_exact_though_its_rim_is_made_small() -> None:
    base = painted("a lake", width=1000, height=800)
    layer = np.dstack([base, np.full((800, 1000), 255, dtype=np.uint8)])

    result = continued(layer, Room(left=700, top=300, right=500, bottom=200), "", 1)

    assert result.shape == (1300, 2200, 3)
    assert np.array_equal(result[300:1100, 700:1700], base)


def test_equal_jobs_are_equal_and_seeds_differ(tmp_path: Path) -> None:
    first, again, other = (
        extended(tmp_path, CAT, "a tree", x_scale=1.8, seed=seed) for seed in (1, 1, 2)
    )

    assert np.array_equal(first, again)
    assert difference(first, other) > 0.5


def test_a_watermark_is_drawn_last(tmp_path: Path) -> None:
    plain = extended(tmp_path, CAT, x_scale=1.5)
    marked = extended(tmp_path, CAT, x_scale=1.5, watermark="AI Generated")

    rows, columns = np.nonzero((plain != marked).any(axis=2))
    assert rows.min() > 160
    assert columns.min() > 200


def test_a_broken_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"")

    with pytest.raises(Refused, match="image"):
        made("out-painting", "", stored(path))
