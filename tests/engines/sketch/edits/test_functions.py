"""The ten functions of image-edit-function: each changes what it should, and nothing else."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.sketch.edits.edit_samples import (
    Pixels,
    box_mask,
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
    written_over,
)
from kaiga.engines.sketch.edits.files import marked
from kaiga.engines.sketch.edits.filters.materials import STUFFS
from kaiga.engines.sketch.edits.filters.table import LOOKS, find_look, find_stuff
from kaiga.engines.sketch.edits.functions import FUNCTIONS
from kaiga.engines.sketch.making import Refused

CAR = painted("a red car in a city street", width=384, height=288)
CAT = painted("a cat in a meadow", width=320, height=320)
GREY = np.repeat(
    np.rint(CAT @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)[..., None], 3, axis=2
)


def applied(
    folder: Path, name: str, prompt: str, base: Pixels, seed: int = 1, **further: object
) -> Pixels:
    media = [saved(folder, base)]
    if "mask" in further:
        media.append(saved(folder, further.pop("mask"), "mask"))
    return made_pixels("image-edit-function", prompt, *media, seed=seed, function=name, **further)


def likeness(first: Pixels, second: Pixels) -> float:
    return float(np.corrcoef(first.mean(axis=2).ravel(), second.mean(axis=2).ravel())[0, 1])


def sharpness(pixels: Pixels) -> float:
    light = pixels.mean(axis=2)
    return float(np.abs(np.diff(light, axis=0)).max() + np.square(np.diff(light, axis=1)).mean())


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_is_deterministic_and_keeps_the_size(tmp_path: Path, name: str) -> None:
    base = painted("a cat in a meadow", width=192, height=160)
    media = (saved(tmp_path, base), saved(tmp_path, box_mask(base, 0.3, 0.3, 0.7, 0.9), "mask"))

    first, again = (
        made("image-edit-function", "a dog", *media, seed=3, function=name) for _ in range(2)
    )

    assert first.files[0].content == again.files[0].content
    assert (first.files[0].width_pixels, first.files[0].height_pixels) == (192, 160)


@pytest.mark.parametrize(
    "name",
    ["stylization_all", "stylization_local", "description_edit", "colorization", "doodle",
     "control_cartoon_feature", "expand"],
)  # fmt: skip
def test_another_seed_is_seen(tmp_path: Path, name: str) -> None:
    base = GREY if name == "colorization" else CAT

    first, second = (
        applied(tmp_path, name, "", base, seed=seed, left_scale=1.5, is_sketch=False)
        for seed in (1, 2)
    )

    assert difference(first, second) > 0.5


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_every_look_changes_the_picture_and_still_shows_it(tmp_path: Path, look: str) -> None:
    words = {
        "line": "pencil drawing", "papercut": "paper cut", "picture_book": "picture book",
        "gold_foil": "gold foil", "ink": "ink painting", "oil": "oil painting", "toy": "3d cartoon",
        "noir": "black and white",
    }  # fmt: skip

    result = applied(tmp_path, "stylization_all", words.get(look, look), CAT, strength=1.0)

    assert difference(result, CAT) > 3
    assert abs(likeness(result, CAT)) > (0.1 if look in {"neon", "line"} else 0.45)


def test_looks_differ_from_each_other(tmp_path: Path) -> None:
    prompts = ("oil painting", "watercolor", "pixel art", "pencil drawing", "ukiyo-e", "neon")
    results = [
        applied(tmp_path, "stylization_all", prompt, CAT, strength=1.0) for prompt in prompts
    ]

    for index, first in enumerate(results):
        for second in results[index + 1 :]:
            assert difference(first, second) > 5


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("转换成法国绘本风格", "picture_book"), ("转换成金箔艺术风格", "gold_foil"),
        ("アニメ風にして", "cartoon"), ("french picture book style", "picture_book"),
        ("3d cartoon", "toy"), ("", ""),
    ],
)  # fmt: skip
def test_looks_are_found_in_three_languages(text: str, look: str) -> None:
    assert find_look(text, "") == look


@pytest.mark.parametrize(
    ("text", "stuff"),
    [
        ("把房子变成木板风格", "wood"), ("青花瓷", "porcelain"), ("毛线", "knitted"),
        ("an ice sculpture", "ice"), ("木製にして", "wood"), ("fluffy", "plush"), ("", ""),
    ],
)  # fmt: skip
def test_stuffs_are_found_in_three_languages(text: str, stuff: str) -> None:
    assert find_stuff(text) == stuff


def test_strength_says_how_much_of_the_picture_is_left(tmp_path: Path) -> None:
    weak, usual, strong = (
        applied(tmp_path, "stylization_all", "pencil drawing", CAT, strength=strength)
        for strength in (0.0, 0.5, 1.0)
    )

    assert difference(weak, CAT) < difference(usual, CAT) < difference(strong, CAT)
    assert difference(weak, CAT) < 6


@pytest.mark.parametrize("stuff", sorted(STUFFS))
def test_a_stuff_changes_the_thing_and_not_the_rest(tmp_path: Path, stuff: str) -> None:
    words = {"wood": "wooden", "plush": "fluffy", "cloud": "cloud"}

    result = applied(
        tmp_path, "stylization_local", f"turn the car into {words.get(stuff, stuff)}", CAR
    )

    assert difference(result[170:220, 110:260], CAR[170:220, 110:260]) > 12
    assert np.array_equal(result[:90], CAR[:90])


def test_an_edit_by_description_follows_its_strength(tmp_path: Path) -> None:
    none, half, whole = (
        applied(tmp_path, "description_edit", "make it night", CAT, strength=strength)
        for strength in (0.0, 0.25, 1.0)
    )

    assert np.array_equal(none, CAT)
    assert brightness(whole) < brightness(half) < brightness(CAT)


@pytest.mark.parametrize(
    "prompt",
    ["a black dog", "make it blue", "夜にして", "换成一片森林", "remove it", "qwertz", "ice"],
)
def test_an_edit_with_a_mask_changes_inside_and_not_one_bit_outside(
    tmp_path: Path, prompt: str
) -> None:
    mask = box_mask(CAT, 0.25, 0.25, 0.75, 0.85)

    result = applied(tmp_path, "description_edit_with_mask", prompt, CAT, mask=mask)

    inside = mask > 0
    assert np.array_equal(result[~inside], CAT[~inside])
    assert difference(result[inside], CAT[inside]) > 3


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="are not the same") as refusal:
        applied(
            tmp_path, "description_edit_with_mask", "a dog", CAT, mask=box_mask(CAR, 0, 0, 1, 1)
        )

    assert refusal.value.code == "InvalidParameter"


def test_a_missing_mask_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="mask"):
        applied(tmp_path, "description_edit_with_mask", "a dog", CAT)


def test_an_unknown_function_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no_such"):
        applied(tmp_path, "no_such", "a dog", CAT)


@pytest.mark.parametrize(
    ("prompt", "corner"),
    [
        ("a lighthouse by the sea at sunset", "lower left"),
        ("a garden with flowers", "lower left"),
        ("calm", "upper left"),
        ("a city at night", "upper left"),
    ],
)
def test_a_mark_goes_and_what_was_under_it_comes_back(
    tmp_path: Path, prompt: str, corner: str
) -> None:
    clean = painted(prompt, width=640, height=480)
    over = written_over(clean, "www.sample.com", size=30, corner=corner)

    result = applied(tmp_path, "remove_watermark", "", over)

    written = np.abs(over.astype(int) - clean).sum(axis=2) > 24
    assert difference(result[written], clean[written]) < 0.25 * difference(
        over[written], clean[written]
    )
    far = np.s_[120:360]
    assert np.array_equal(result[far], clean[far])


@pytest.mark.parametrize("prompt", ["a cat in a meadow", "a lighthouse by the sea at sunset"])
def test_the_engines_own_mark_goes_with_its_plate(tmp_path: Path, prompt: str) -> None:
    clean = painted(prompt, width=640, height=480)
    over = marked(clean, "AI Generated")

    result = applied(tmp_path, "remove_watermark", "去除水印", over)

    covered = np.abs(over.astype(int) - clean).sum(axis=2) > 24
    assert difference(result[covered], clean[covered]) < 0.25 * difference(
        over[covered], clean[covered]
    )


@pytest.mark.parametrize("prompt", ["a cat in a meadow", "calm", "a sailing boat on a lake"])
def test_a_picture_without_a_mark_stays_as_it_is(tmp_path: Path, prompt: str) -> None:
    clean = painted(prompt, width=640, height=480)

    assert np.array_equal(applied(tmp_path, "remove_watermark", "", clean), clean)


def test_an_expanded_picture_keeps_the_original_in_its_middle(tmp_path: Path) -> None:
    result = applied(
        tmp_path, "expand", "a meadow with a tree", CAT,
        top_scale=1.25, bottom_scale=1.0, left_scale=1.5, right_scale=1.1,
    )  # fmt: skip

    assert result.shape == (400, 512, 3)
    assert np.array_equal(result[80:, 160:480], CAT)


def test_what_is_added_continues_sky_and_ground(tmp_path: Path) -> None:
    result = applied(tmp_path, "expand", "", CAT, left_scale=1.4, right_scale=1.4)

    left = result[:, :128]
    assert np.abs(left[:60].mean(axis=(0, 1)) - CAT[:60].mean(axis=(0, 1))).max() < 40
    assert np.abs(left[-60:].mean(axis=(0, 1)) - CAT[-60:].mean(axis=(0, 1))).max() < 40
    seam = np.abs(result[:, 127].astype(int) - result[:, 128]).mean()
    assert seam < 12


@pytest.mark.parametrize("factor", [1, 2, 3, 4])
def test_a_picture_grows_by_exactly_its_factor_and_is_sharper_than_bicubic(
    tmp_path: Path, factor: int
) -> None:
    base = painted("a village", width=120, height=90)

    result = applied(tmp_path, "super_resolution", "", base, upscale_factor=factor)

    height, width = result.shape[:2]
    assert (width, height) == (120 * factor, 90 * factor)
    bicubic = np.array(Image.fromarray(base).resize((width, height), Image.Resampling.BICUBIC))
    assert sharpness(result) > sharpness(bicubic) * (1.0 if factor == 1 else 1.1)


def test_an_enlarged_picture_shrinks_back_to_the_given_one(tmp_path: Path) -> None:
    base = painted("a village", width=160, height=120)

    result = applied(tmp_path, "super_resolution", "", base, upscale_factor=4)

    back = np.array(Image.fromarray(result).resize((160, 120), Image.Resampling.BOX))
    assert difference(back, base) < 4


def test_strips_of_a_large_picture_leave_no_seam() -> None:
    from kaiga.engines.sketch.edits import enlarging  # noqa: PLC0415 - its strips are made small

    base = painted("a village", width=96, height=400)
    whole = enlarging.enlarged(base, 2)

    parts = [enlarging.enlarged(base[start : start + 120], 2) for start in (0, 100, 200, 280)]

    assert difference(parts[1][40:200], whole[240:400]) < 0.5


@pytest.mark.parametrize("prompt", ["", "a cat in a meadow", "草地上的猫"])
def test_a_grey_picture_gets_colours_and_keeps_its_light(tmp_path: Path, prompt: str) -> None:
    result = applied(tmp_path, "colorization", prompt, GREY)

    assert colourfulness(GREY) == 0
    assert colourfulness(result) > 25
    assert likeness(result, GREY) > 0.97


def test_sky_is_blue_above_and_ground_is_not(tmp_path: Path) -> None:
    result = applied(tmp_path, "colorization", "", GREY)

    sky = result[:40].reshape(-1, 3).astype(int).mean(axis=0)
    ground = result[-40:].reshape(-1, 3).astype(int).mean(axis=0)
    assert sky[2] > sky[0] + 15
    assert ground[2] < max(ground[0], ground[1])


@pytest.mark.parametrize(
    ("prompt", "holds"), [("a red cat", is_red), ("蓝色的猫", is_blue), ("青い猫", is_blue)]
)
def test_the_prompts_colour_wins(tmp_path: Path, prompt: str, holds: object) -> None:
    result = applied(tmp_path, "colorization", prompt, GREY)

    cat = result[90:260, 100:220].reshape(-1, 3).astype(int).mean(axis=0)
    if holds is is_red:
        assert cat[0] > cat[2] + 15
    else:
        assert cat[2] > cat[0] + 15


def drawing() -> Pixels:
    """Give a line drawing of a box in a frame, of closed lines."""
    lines = np.full((240, 320, 3), 255, dtype=np.uint8)
    for inset in (0, 30):
        top, bottom, left, right = 60 + inset, 200 - inset, 90 + inset, 230 - inset
        for row in (top, bottom):
            lines[row - 2 : row + 2, left:right] = 0
        for column in (left, right):
            lines[top:bottom, column - 2 : column + 2] = 0
    return lines


@pytest.mark.parametrize("prompt", ["a red house", "红色的房子", "赤い家"])
def test_a_doodle_becomes_a_coloured_picture_along_its_lines(tmp_path: Path, prompt: str) -> None:
    lines = drawing()

    result = applied(tmp_path, "doodle", prompt, lines, is_sketch=True)

    assert colourfulness(result) > 25
    assert brightness(result[lines[..., 0] == 0]) < 60
    assert share_of(result[65:195, 95:225], is_red(result[65:195, 95:225])) > 0.15
    inner, around = result[100:160, 130:190], result[5:40]
    assert np.abs(inner.mean(axis=(0, 1)) - around.mean(axis=(0, 1))).max() > 30


def test_a_picture_that_is_no_sketch_is_followed_by_its_outlines(tmp_path: Path) -> None:
    result = applied(tmp_path, "doodle", "a cat", CAT, is_sketch=False)

    assert difference(result, CAT) > 15
    cat_edge = result[130:260, 95:115].mean(axis=2).min(axis=1)
    assert (cat_edge < 110).mean() > 0.4


@pytest.mark.parametrize("prompt", ["a cat on a beach wearing a red hat", "海滩上戴着红色帽子的猫"])
def test_a_figure_is_kept_in_a_new_scene_with_its_new_feature(tmp_path: Path, prompt: str) -> None:
    result = applied(tmp_path, "control_cartoon_feature", prompt, CAT)

    figure, corner = np.s_[180:240, 130:190], np.s_[280:, :60]
    assert difference(result[figure], CAT[figure]) < 25
    assert difference(result[corner], CAT[corner]) > 20
    assert share_of(result[:130], is_red(result[:130])) > 0.02


def test_a_watermark_is_drawn_where_asked(tmp_path: Path) -> None:
    plain = applied(tmp_path, "description_edit", "make it night", CAT)
    over = applied(tmp_path, "description_edit", "make it night", CAT, watermark="AI Generated")

    rows, columns = np.nonzero((plain != over).any(axis=2))
    assert rows.min() > 280
    assert columns.min() > 150
