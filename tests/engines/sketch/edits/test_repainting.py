"""The tasks masked-repaint and erase: only what is marked changes, and it is really gone."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.sketch.edits.edit_samples import (
    Pixels,
    box_mask,
    difference,
    is_red,
    made,
    made_pixels,
    painted,
    saved,
    share_of,
    stored,
)
from kaiga.engines.sketch.making import Refused

CAR = painted("a red car in a city street", width=384, height=384)
MASK = box_mask(CAR, 0.08, 0.52, 0.95, 0.97)
CAT = painted("a cat in a meadow", width=256, height=256)
CAT_MASK = box_mask(CAT, 0.25, 0.25, 0.75, 0.85)


def repainted(folder: Path, prompt: str, base: Pixels, mask: Pixels, **further: object) -> Pixels:
    media = (saved(folder, base), saved(folder, mask, "mask"))
    return made_pixels("masked-repaint", prompt, *media, **further)


def erased(folder: Path, base: Pixels, mask: Pixels, *more: object, **further: object) -> Pixels:
    media = (saved(folder, base), saved(folder, mask, "mask"), *more)
    return made_pixels("erase", "", *media, **further)


@pytest.mark.parametrize(
    "prompt",
    ["a rabbit", "一只兔子", "うさぎ", "a forest", "blue", "qwertz", "", "night", "wooden"],
)
def test_a_repaint_changes_what_is_white_and_not_one_bit_else(tmp_path: Path, prompt: str) -> None:
    result = repainted(tmp_path, prompt, CAT, CAT_MASK)

    inside = CAT_MASK > 0
    assert np.array_equal(result[~inside], CAT[~inside])
    assert difference(result[inside], CAT[inside]) > 3


def test_the_prompts_thing_is_painted_in_the_mask(tmp_path: Path) -> None:
    result = repainted(tmp_path, "a red apple", CAT, CAT_MASK)

    inside = result[70:215, 68:188]
    assert share_of(inside, is_red(inside)) > 0.15


def test_the_picture_is_brought_to_the_size_asked_for(tmp_path: Path) -> None:
    result = repainted(tmp_path, "a rabbit", CAT, CAT_MASK, width_pixels=320, height_pixels=180)

    assert result.shape == (180, 320, 3)


def test_colours_of_the_mask_can_be_said(tmp_path: Path) -> None:
    drawn = np.full((256, 256, 3), 255, dtype=np.uint8)
    drawn[60:200, 60:200] = (255, 0, 0)
    drawn[:20, :20] = (0, 0, 255)

    result = repainted(tmp_path, "a rabbit", CAT, drawn, mask_color=[[255, 0, 0], [0, 0, 255]])

    marked = drawn[..., 1] == 0
    assert np.array_equal(result[~marked], CAT[~marked])
    assert difference(result[60:200, 60:200], CAT[60:200, 60:200]) > 10


def test_a_style_is_seen_in_the_mask_alone(tmp_path: Path) -> None:
    plain = repainted(tmp_path, "a rabbit", CAT, CAT_MASK)
    drawn = repainted(tmp_path, "a rabbit", CAT, CAT_MASK, style="<sketch>")

    inside = CAT_MASK > 0
    assert difference(plain[inside], drawn[inside]) > 8
    assert np.array_equal(drawn[~inside], CAT[~inside])


def test_a_mask_of_everything_paints_everything(tmp_path: Path) -> None:
    result = repainted(tmp_path, "a city at night", CAT, np.full(CAT.shape[:2], 255, np.uint8))

    assert difference(result, CAT) > 30


def test_a_mask_of_nothing_changes_nothing(tmp_path: Path) -> None:
    result = repainted(tmp_path, "a rabbit", CAT, np.zeros(CAT.shape[:2], np.uint8))

    assert np.array_equal(result, CAT)


@pytest.mark.parametrize("task", ["masked-repaint", "erase"])
def test_a_mask_of_another_size_is_refused_with_both_sizes(tmp_path: Path, task: str) -> None:
    media = (saved(tmp_path, CAT), saved(tmp_path, MASK, "mask"))

    with pytest.raises(Refused, match=r"384\*384.*256\*256") as refusal:
        made(task, "a rabbit", *media)

    assert refusal.value.code == "InvalidParameter"


@pytest.mark.parametrize("task", ["masked-repaint", "erase"])
@pytest.mark.parametrize("role", ["image", "mask"])
def test_broken_files_are_refused_by_their_role(tmp_path: Path, task: str, role: str) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n broken")
    good = saved(tmp_path, CAT, "mask" if role == "image" else "image")

    with pytest.raises(Refused, match=role):
        made(task, "a rabbit", good, stored(path, role))


def test_equal_repaints_are_equal_and_seeds_differ(tmp_path: Path) -> None:
    first, again, other = (
        repainted(tmp_path, "a dog", CAT, CAT_MASK, seed=seed) for seed in (3, 3, 4)
    )

    assert np.array_equal(first, again)
    assert difference(first, other) > 1


def test_an_erased_car_leaves_no_red_and_the_rest_as_it_was(tmp_path: Path) -> None:
    result = erased(tmp_path, CAR, MASK, dilate_flag=False)

    outside = MASK == 0
    assert np.array_equal(result[outside], CAR[outside])
    assert share_of(result, is_red(result)) < 0.002


def test_what_fills_a_hole_looks_like_its_surroundings(tmp_path: Path) -> None:
    sky = painted("a meadow", width=256, height=256)
    disc = sky.copy()
    rows, columns = np.indices((256, 256))
    hole = (rows - 190) ** 2 + (columns - 128) ** 2 < 30**2
    disc[hole] = (255, 0, 255)

    result = erased(tmp_path, disc, (hole * 255).astype(np.uint8))

    assert difference(result[hole], sky[hole]) < 18


def test_stripes_go_on_through_a_hole(tmp_path: Path) -> None:
    stripes = np.zeros((240, 240, 3), dtype=np.uint8)
    stripes[:, (np.arange(240) // 10) % 2 == 0] = (230, 200, 60)
    hole = box_mask(stripes, 0.4, 0.4, 0.6, 0.6)
    given = stripes.copy()
    given[hole > 0] = (255, 0, 255)

    result = erased(tmp_path, given, hole, dilate_flag=False)

    assert difference(result[hole > 0], stripes[hole > 0]) < 30


def test_a_wider_mask_takes_the_rim_as_well(tmp_path: Path) -> None:
    narrow = erased(tmp_path, CAT, CAT_MASK, dilate_flag=False)
    wide = erased(tmp_path, CAT, CAT_MASK, dilate_flag=True)

    outside = CAT_MASK == 0
    assert np.array_equal(narrow[outside], CAT[outside])
    changed = (wide != CAT).any(axis=2) & outside
    assert 0 < changed.mean() < 0.1


@pytest.mark.parametrize("transparent", [False, True])
def test_the_foreground_stays(tmp_path: Path, *, transparent: bool) -> None:
    kept = np.zeros((256, 256), dtype=bool)
    kept[120:180, 100:160] = True
    if transparent:
        drawn = np.dstack([CAT, np.where(kept, 255, 0).astype(np.uint8)])
    else:
        drawn = (kept * 255).astype(np.uint8)

    result = erased(tmp_path, CAT, CAT_MASK, saved(tmp_path, drawn, "foreground"))

    assert np.array_equal(result[kept], CAT[kept])
    assert difference(result[80:110, 100:160], CAT[80:110, 100:160]) > 10


def test_the_fast_way_fills_too(tmp_path: Path) -> None:
    result = erased(tmp_path, CAR, MASK, fast_mode=True)

    assert share_of(result, is_red(result)) < 0.002


def test_erasing_everything_still_gives_a_picture(tmp_path: Path) -> None:
    result = erased(tmp_path, CAT, np.full(CAT.shape[:2], 255, np.uint8))

    assert result.shape == CAT.shape


def test_a_jpeg_mask_with_grey_edges_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mask.jpg"
    Image.fromarray(CAT_MASK).save(path, quality=60)

    result = made_pixels("erase", "", saved(tmp_path, CAT), stored(path, "mask"))

    assert difference(result[100:180, 90:160], CAT[100:180, 90:160]) > 10
