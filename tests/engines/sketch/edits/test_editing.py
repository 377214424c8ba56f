"""The task image-edit: instructions that really change what they speak of, and nothing else."""

from pathlib import Path

import numpy as np
import pytest

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
    written_over,
)
from kaiga.engines.sketch.making import Refused

CAR = painted("a red car in a city street", width=384, height=384)
CAT = painted("a cat in a meadow", width=320, height=320)


def edited(folder: Path, base: Pixels, prompt: str, seed: int = 1, **further: object) -> Pixels:
    return made_pixels("image-edit", prompt, saved(folder, base), seed=seed, **further)


@pytest.mark.parametrize(
    "prompt", ["Change the red car to blue", "把红色的汽车变成蓝色", "赤い車を青に変えて"]
)
def test_a_red_car_becomes_blue_and_the_city_stays(tmp_path: Path, prompt: str) -> None:
    result = edited(tmp_path, CAR, prompt)

    assert share_of(CAR, is_red(CAR)) > 0.04
    assert share_of(result, is_red(result)) < 0.01
    assert share_of(result, is_blue(result)) > 0.03
    city = np.s_[:190, :]
    assert difference(result[city], CAR[city]) < 2


@pytest.mark.parametrize("prompt", ["remove the car", "去掉汽车", "車を消して"])
def test_a_removed_car_leaves_the_street(tmp_path: Path, prompt: str) -> None:
    result = edited(tmp_path, CAR, prompt)

    assert share_of(result, is_red(result)) < 0.004
    road = result[312:345, 80:300].astype(int)
    assert np.abs(road - CAR[312:345, :40].reshape(-1, 3).mean(axis=0)).mean() < 15
    assert difference(result[:150], CAR[:150]) < 2


def test_a_cat_is_replaced_by_a_dog_where_it_was(tmp_path: Path) -> None:
    result = edited(tmp_path, CAT, "replace the cat with a black dog")

    middle, rim = np.s_[140:240, 110:210], np.s_[:, :40]
    assert brightness(result[middle]) < brightness(CAT[middle]) - 40
    assert difference(result[rim], CAT[rim]) < 3


@pytest.mark.parametrize(
    "prompt", ["add a red balloon", "添加一个红色的气球", "赤い風船を追加して"]
)
def test_something_red_is_added_and_the_rest_stays(tmp_path: Path, prompt: str) -> None:
    result = edited(tmp_path, CAT, prompt)

    changed = np.abs(result.astype(int) - CAT).sum(axis=2) > 12
    assert 0.01 < changed.mean() < 0.3
    assert share_of(result, is_red(result)) > share_of(CAT, is_red(CAT)) + 0.008


@pytest.mark.parametrize(("side", "near"), [("left", 0.35), ("right", 0.65)])
def test_what_is_added_stands_on_the_side_that_was_said(
    tmp_path: Path, side: str, near: float
) -> None:
    meadow = painted("a meadow", width=400, height=300)

    result = edited(tmp_path, meadow, f"add a house on the {side}")

    columns = np.nonzero(np.abs(result.astype(int) - meadow).sum(axis=2) > 30)[1]
    middle = columns.mean() / 400
    assert middle < near if side == "left" else middle > near


@pytest.mark.parametrize("prompt", ["make it night", "变成夜晚", "夜にして"])
def test_night_falls(tmp_path: Path, prompt: str) -> None:
    result = edited(tmp_path, CAT, prompt)

    assert brightness(result) < brightness(CAT) * 0.6


@pytest.mark.parametrize(
    "weather", ["rain", "snow", "fog", "a thunderstorm", "a rainbow", "fireworks", "autumn"]
)
def test_weather_and_seasons_are_really_drawn(tmp_path: Path, weather: str) -> None:
    result = edited(tmp_path, CAT, f"let there be {weather}")

    assert difference(result, CAT) > 6


def test_snow_is_white_and_autumn_is_not_green(tmp_path: Path) -> None:
    snow, autumn = (edited(tmp_path, CAT, prompt) for prompt in ("snowy", "autumn"))

    ground = np.s_[270:310, :60]
    assert brightness(snow[ground]) > brightness(CAT[ground]) + 40
    red, green, _ = autumn[ground].reshape(-1, 3).mean(axis=0)
    assert red > green


@pytest.mark.parametrize(
    "prompt", ["Change the background to a beach", "把背景换成沙漠", "背景を雪原に変えて"]
)
def test_the_background_changes_behind_the_subject(tmp_path: Path, prompt: str) -> None:
    result = edited(tmp_path, CAT, prompt)

    corner, cat = np.s_[270:, :50], np.s_[170:230, 135:185]
    assert difference(result[corner], CAT[corner]) > 25
    assert difference(result[cat], CAT[cat]) < 20


@pytest.mark.parametrize(
    "prompt", ["a blue hat on the cat", "给猫戴上蓝色的帽子", "猫に青い帽子をかぶせて"]
)
def test_a_hat_is_put_on(tmp_path: Path, prompt: str) -> None:
    result = edited(tmp_path, CAT, prompt)

    changed = np.abs(result.astype(int) - CAT).sum(axis=2) > 30
    rows, columns = np.nonzero(changed)
    assert 0.01 < changed.mean() < 0.12
    assert rows.max() < 150
    assert abs(columns.mean() - 160) < 50
    assert is_blue(result)[changed].mean() > 0.2


def test_a_styled_picture_looks_drawn_but_shows_the_same(tmp_path: Path) -> None:
    result = edited(tmp_path, CAT, "turn this into a pencil drawing")

    assert colourfulness(result) < 12
    grey = CAT.mean(axis=2)
    assert np.corrcoef(result.mean(axis=2).ravel(), grey.ravel())[0, 1] > 0.35


@pytest.mark.parametrize("prompt", ["", "qwertz", "もにゃもにゃ", "噫吁嚱"])
def test_what_is_not_understood_makes_a_slight_change_that_is_seen(
    tmp_path: Path, prompt: str
) -> None:
    first, second = (edited(tmp_path, CAT, prompt, seed=seed) for seed in (1, 2))

    assert 2 < difference(first, CAT) < 30
    assert difference(first, second) > 1
    assert np.corrcoef(first.ravel(), CAT.ravel())[0, 1] > 0.9


@pytest.mark.parametrize(
    "prompt", ["add two cats", "make it night", "qwertz", "watercolor style", "add a boat"]
)
def test_equal_jobs_give_equal_bytes_and_seeds_differ(tmp_path: Path, prompt: str) -> None:
    media = saved(tmp_path, CAT)

    first, again, other = (made("image-edit", prompt, media, seed=seed) for seed in (5, 5, 6))

    assert first.files[0].content == again.files[0].content
    assert difference(*(made_pixels("image-edit", prompt, media, seed=s) for s in (5, 6))) > 0.5
    assert other.files[0].content != first.files[0].content


def test_writing_is_removed_and_nothing_else(tmp_path: Path) -> None:
    clean = painted("a lighthouse by the sea at sunset", width=512, height=384)
    marked = written_over(clean, "SAMPLE 2024", size=28)

    result = edited(tmp_path, marked, "remove the text")

    written = np.abs(marked.astype(int) - clean).sum(axis=2) > 0
    assert difference(result[written], clean[written]) < 8
    assert np.array_equal(result[:300], marked[:300])


def test_boxes_keep_the_change_inside(tmp_path: Path) -> None:
    result = edited(tmp_path, CAT, "make it night", bbox_list=[[[20, 40, 140, 200]]])

    mask = np.zeros(CAT.shape[:2], dtype=bool)
    mask[40:200, 20:140] = True
    assert np.array_equal(result[~mask], CAT[~mask])
    assert difference(result[mask], CAT[mask]) > 30


def test_boxes_follow_a_change_of_size(tmp_path: Path) -> None:
    result = edited(
        tmp_path, CAT, "make it night", bbox_list=[[[0, 0, 160, 320]]],
        width_pixels=160, height_pixels=160,
    )  # fmt: skip
    plain = edited(tmp_path, CAT, "make it night", width_pixels=160, height_pixels=160)

    assert difference(result[:, 84:], plain[:, 84:]) > 20
    assert difference(result[:, 10:70], plain[:, 10:70]) < 8


def test_a_size_is_covered(tmp_path: Path) -> None:
    result = edited(tmp_path, CAT, "qwertz", width_pixels=200, height_pixels=120)

    assert result.shape == (120, 200, 3)


def test_a_palette_pulls_the_colours(tmp_path: Path) -> None:
    palette = [
        {"hex": "#101840", "ratio": "40.00%"},
        {"hex": "#c03020", "ratio": "30.00%"},
        {"hex": "#f8e0c0", "ratio": "30.00%"},
    ]

    result = edited(tmp_path, CAT, "make it softer", color_palette=palette)

    green = result[..., 1].astype(int) - np.maximum(result[..., 0], result[..., 2])
    before = CAT[..., 1].astype(int) - np.maximum(CAT[..., 0], CAT[..., 2])
    assert (green > 20).mean() < 0.3 * (before > 20).mean()


@pytest.mark.parametrize(
    "prompt",
    [
        "put the cat of image 1 on the beach of image 2",
        "把图1的猫放到图2里",
        "画像1の猫を画像2に置いて",
    ],
)
def test_the_subject_of_one_picture_comes_into_the_last(tmp_path: Path, prompt: str) -> None:
    beach = painted("a beach", width=400, height=300)

    result = made_pixels("image-edit", prompt, saved(tmp_path, CAT), saved(tmp_path, beach))

    changed = np.abs(result.astype(int) - beach).sum(axis=2) > 40
    assert result.shape == beach.shape
    assert 0.02 < changed.mean() < 0.4
    assert difference(result[:60], beach[:60]) < 2
    orange = (result[..., 0] > 190) & (result[..., 2] < 110)
    assert orange[changed].mean() > 0.25


def test_another_picture_gives_the_scene_when_it_is_said(tmp_path: Path) -> None:
    beach = painted("a beach", width=400, height=300)

    result = made_pixels(
        "image-edit", "Put the cat from image 2 into image 1",
        saved(tmp_path, beach), saved(tmp_path, CAT),
    )  # fmt: skip

    assert result.shape == beach.shape


def test_the_style_of_another_picture_is_taken_over(tmp_path: Path) -> None:
    night = painted("a city at night, neon", width=200, height=200)

    result = made_pixels(
        "image-edit", "use the style of image 2 for image 1",
        saved(tmp_path, CAT), saved(tmp_path, night),
    )  # fmt: skip

    assert result.shape == CAT.shape
    assert (
        abs(brightness(result) - brightness(night)) < abs(brightness(CAT) - brightness(night)) / 2
    )


def test_without_a_picture_one_is_painted(tmp_path: Path) -> None:
    del tmp_path

    result = made("image-edit", "a fox", width_pixels=128, height_pixels=96)

    assert result.files[0].width_pixels == 128
    assert not result.findings


@pytest.mark.parametrize(
    ("prompt", "words"), [("a fox", "picture shows"), ("一只猫", "描绘"), ("ねこの絵", "この絵は")]
)
def test_an_interleaved_picture_comes_with_a_sentence(prompt: str, words: str) -> None:
    result = made("image-edit", prompt, width_pixels=64, height_pixels=64, enable_interleave=True)

    assert words in str(result.findings["text"])


def test_a_watermark_is_drawn_over_the_edit(tmp_path: Path) -> None:
    plain = edited(tmp_path, CAT, "make it night")
    marked = edited(tmp_path, CAT, "make it night", watermark="AI Generated")

    rows, columns = np.nonzero((plain != marked).any(axis=2))
    assert rows.min() > 280
    assert columns.min() > 150


def test_a_negative_prompt_is_never_granted(tmp_path: Path) -> None:
    plain = edited(tmp_path, CAT, "add a house, autumn")
    without = edited(tmp_path, CAT, "add a house, autumn", negative_prompt="houses")

    assert difference(plain, without) > 2


def test_a_broken_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"no picture")

    with pytest.raises(Refused, match="image"):
        made("image-edit", "make it night", stored(path))
