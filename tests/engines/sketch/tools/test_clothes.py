"""Clothes: found on people, laid over them, and nothing else of the picture changed."""

from pathlib import Path

import numpy as np
import pytest

from engines.sketch.edits.edit_samples import decoded, difference, painted, saved
from engines.sketch.tools.tool_jobs import (
    Pixels,
    job,
    made,
    person,
    shirt,
    shirt_mask,
    shoe,
    standing_woman,
    trousers,
)
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.tools.cutting import find_thing
from kaiga.engines.sketch.tools.garments import laid_on
from samples.products import SHIRT, product

BLUE = np.array([32, 80, 208])


def dressed(
    folder: Path,
    wearer: Pixels,
    *,
    top: Pixels | None = None,
    bottom: Pixels | None = None,
    **options: object,
) -> Pixels:
    media = [saved(folder, wearer, "person")]
    if top is not None:
        media.append(saved(folder, top, "garment_top"))
    if bottom is not None:
        media.append(saved(folder, bottom, "garment_bottom"))
    return decoded(made(job("try-on", *media, **options)).files[0])


def near(pixels: Pixels, colour: np.ndarray, reach: int = 60) -> np.ndarray:
    return np.abs(pixels.astype(int) - colour).max(axis=2) < reach


def mask_of(folder: Path, pixels: Pixels, clothes: str) -> np.ndarray:
    asked = job("garment-parsing", saved(folder, pixels), clothes_type=[clothes])
    mask = decoded(made(asked).files[0])
    assert set(np.unique(mask).tolist()) <= {0, 255}
    assert mask.shape == pixels.shape[:2]
    return mask == 255


def test_the_mask_of_a_red_shirt_is_where_it_is_red(tmp_path: Path) -> None:
    wearer = person()
    red = (wearer[..., 0] > 150) & (wearer[..., 1] < 90) & (wearer[..., 2] < 100)
    red[: wearer.shape[0] // 3] = False

    mask = mask_of(tmp_path, wearer, "upper")

    assert red.sum() > 1000
    assert mask[red].mean() > 0.8
    assert red[mask].mean() > 0.6


def test_upper_and_lower_clothes_are_apart(tmp_path: Path) -> None:
    upper, lower = (mask_of(tmp_path, person(), part) for part in ("upper", "lower"))

    assert not (upper & lower).any()
    assert np.nonzero(upper)[0].mean() < np.nonzero(lower)[0].mean()


def test_a_garment_that_nobody_wears_is_masked_whole(tmp_path: Path) -> None:
    mask = mask_of(tmp_path, shirt(), "upper")

    assert (mask == (shirt() < 250).any(axis=2)).mean() > 0.985


def test_a_shirt_is_put_on_and_the_rest_stays(tmp_path: Path) -> None:
    wearer = standing_woman()

    result = dressed(tmp_path, wearer, top=shirt())

    changed = np.abs(result.astype(int) - wearer).max(axis=2) > 12
    mask = mask_of(tmp_path, wearer, "upper")
    assert near(result, BLUE)[mask].mean() > 0.4
    rows, columns = np.nonzero(changed)
    around = np.zeros_like(changed)
    around[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
    assert around.mean() < 0.15
    assert (result[~around] == wearer[~around]).all()


def test_the_face_is_untouched(tmp_path: Path) -> None:
    wearer = standing_woman()

    result = dressed(tmp_path, wearer, top=shirt(), bottom=trousers())

    assert difference(result[60:150, 200:280], wearer[60:150, 200:280]) == 0


def test_a_garment_is_bent_to_the_body_and_not_pasted(tmp_path: Path) -> None:
    result = dressed(tmp_path, standing_woman(), top=product(SHIRT, "#2050d0", "#2050d0"))

    blue = near(result, BLUE, 70)
    rows = np.flatnonzero(blue.any(axis=1))
    widths = [int(blue[row].sum()) for row in rows]
    # A rectangle would be equally wide in all its rows; shoulders, waist and hips are not.
    assert len(rows) > 60
    assert max(widths) > 1.25 * np.median(widths[: len(widths) // 4])


def test_the_folds_of_what_was_worn_shade_the_garment() -> None:
    worn = np.full((200, 200, 3), 150, dtype=np.uint8)
    worn[:, 95:105] = 120
    place = np.zeros((200, 200), dtype=np.bool_)
    place[40:160, 40:160] = True
    cloth = np.full((50, 50, 4), 255, dtype=np.uint8)
    cloth[..., :3] = (40, 120, 200)

    result = laid_on(worn, place, cloth, np.array([200, 160, 130], dtype=np.uint8))

    assert result[100, 60].tolist() == pytest.approx([40, 120, 200], abs=12)
    assert result[100, 100, 2] < result[100, 60, 2] - 15
    assert (result[:38] == worn[:38]).all()


def test_shirt_and_trousers_are_put_on_together(tmp_path: Path) -> None:
    wearer = person()

    result = dressed(tmp_path, wearer, top=shirt(), bottom=trousers("#d09020"))

    upper, lower = mask_of(tmp_path, wearer, "upper"), mask_of(tmp_path, wearer, "lower")
    assert near(result, BLUE, 70)[upper].mean() > 0.3
    assert near(result, np.array([208, 144, 32]), 70)[lower].mean() > 0.4


@pytest.mark.parametrize(("resolution", "long_side"), [(-1, 640), (1024, 1024), (1280, 1280)])
def test_the_long_side_is_the_resolution(tmp_path: Path, resolution: int, long_side: int) -> None:
    result = dressed(tmp_path, standing_woman(), top=shirt(), resolution=resolution)

    assert max(result.shape[:2]) == long_side
    assert result.shape[1] / result.shape[0] == pytest.approx(480 / 640, abs=0.002)


@pytest.mark.parametrize("blank_role", ["person", "garment_top"])
def test_nobody_and_nothing_are_refused_by_their_own_codes(tmp_path: Path, blank_role: str) -> None:
    blank = np.full((300, 300, 3), 200, dtype=np.uint8)
    wearer, top = (blank, shirt()) if blank_role == "person" else (standing_woman(), blank)

    with pytest.raises(Refused) as refusal:
        dressed(tmp_path, wearer, top=top)

    expected = {"person": "InvalidPerson", "garment_top": "InvalidGarment"}
    assert refusal.value.code == expected[blank_role]


def test_refining_keeps_the_person_and_brings_the_garment_out(tmp_path: Path) -> None:
    wearer = standing_woman()
    coarse = dressed(tmp_path, wearer, top=shirt())
    blurred = np.clip(coarse.astype(int) // 32 * 32, 0, 255).astype(np.uint8)
    media = (
        saved(tmp_path, wearer, "person"),
        saved(tmp_path, shirt(), "garment_top"),
        saved(tmp_path, blurred, "coarse"),
    )

    refined = decoded(made(job("try-on-refinement", *media, gender="woman")).files[0])

    mask = mask_of(tmp_path, wearer, "upper")
    assert refined.shape == wearer.shape
    assert difference(refined[60:150, 200:280], wearer[60:150, 200:280]) == 0
    wanted, seen, rough = (picture[mask].astype(int) for picture in (coarse, refined, blurred))
    assert np.abs(wanted - seen).mean() < np.abs(wanted - rough).mean()


def shod(folder: Path, template: Pixels, *shoes: Pixels, scale: float = 5.0) -> Pixels:
    media = [saved(folder, template, "template"), *(saved(folder, each, "shoe") for each in shoes)]
    return decoded(made(job("shoe-model", *media, scale=scale)).files[0])


PINK = np.array([224, 64, 192])


def legs() -> Pixels:
    picture = np.full((480, 400, 3), 235, dtype=np.uint8)
    picture[:400, 110:160] = picture[:400, 240:290] = (200, 150, 120)
    return picture


def test_a_shoe_stands_under_each_leg(tmp_path: Path) -> None:
    result = shod(tmp_path, legs(), shoe())

    pink = near(result, PINK)
    columns = np.nonzero(pink)[1]
    assert 0.3 < (columns < 200).mean() < 0.7
    assert np.nonzero(pink)[0].min() > 300
    assert (result[:300] == legs()[:300]).all()


def test_a_larger_scale_makes_larger_shoes(tmp_path: Path) -> None:
    small, large = (
        near(shod(tmp_path, legs(), shoe(), scale=scale), PINK).sum() for scale in (3, 7)
    )

    assert large > 2.5 * small


def test_two_shoes_go_onto_one_foot_each(tmp_path: Path) -> None:
    result = shod(tmp_path, legs(), shoe("#e040c0"), shoe("#20a040"))

    left, right = (
        np.nonzero(near(result, np.array(colour)))[1].mean()
        for colour in ((224, 64, 192), (32, 160, 64))
    )
    assert left < 200 < right


def test_a_template_that_shows_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="one colour"):
        shod(tmp_path, np.full((300, 300, 3), 200, dtype=np.uint8), shoe())


def modelled(folder: Path, **options: object) -> Pixels:
    media = [saved(folder, shirt()), saved(folder, shirt_mask(), "mask")]
    background = options.pop("background", None)
    if background is not None:
        media.append(saved(folder, background, "background"))
    asked = {"prompt": "a garden", "face_prompt": "a woman"} | options
    return decoded(made(job("virtual-model", *media, **asked)).files[0])


def test_the_masked_garment_is_kept_bit_for_bit(tmp_path: Path) -> None:
    result = modelled(tmp_path)

    kept = shirt_mask()[..., 0] > 127
    assert result.shape == shirt().shape
    assert (result[kept] == shirt()[kept]).all()
    assert difference(result[~kept][None], shirt()[~kept][None]) > 20


def test_somebody_wears_the_garment(tmp_path: Path) -> None:
    garment = np.full((900, 640, 3), 255, dtype=np.uint8)
    garment[300:780, 120:520] = shirt()
    mask = np.zeros((900, 640, 3), dtype=np.uint8)
    mask[300:780, 120:520] = shirt_mask()
    media = saved(tmp_path, garment), saved(tmp_path, mask, "mask")

    woman, empty = (
        decoded(made(job("virtual-model", *media, prompt="sky", face_prompt=face, seed=4)).files[0])
        for face in ("a woman", "a girl with balloons")
    )

    head = np.s_[60:280, 220:420]
    skin = (woman[head][..., 0] > woman[head][..., 2] + 15).mean()
    assert skin > 0.2
    assert difference(woman, empty) > 3


@pytest.mark.parametrize(("side", "short"), [("512", 512), ("1024", 1024)])
def test_the_short_side_comes_as_a_text_of_digits(tmp_path: Path, side: str, short: int) -> None:
    assert min(modelled(tmp_path, short_side_size=side).shape[:2]) == short


@pytest.mark.parametrize(
    ("ratio", "across", "down"), [("1:1", 1, 1), ("16:9", 16, 9), ("1:2", 1, 2)]
)
def test_the_shape_is_the_aspect_ratio(tmp_path: Path, ratio: str, across: int, down: int) -> None:
    height, width = modelled(tmp_path, aspect_ratio=ratio).shape[:2]

    assert width / height == pytest.approx(across / down, rel=0.01)


def test_a_background_picture_is_the_scene(tmp_path: Path) -> None:
    forest = painted("a forest", width=400, height=480)

    result = modelled(tmp_path, background=forest)

    assert difference(result[:60, :60], forest[:60, :60]) < 4


def test_a_mask_that_marks_nothing_is_refused(tmp_path: Path) -> None:
    media = saved(tmp_path, shirt()), saved(tmp_path, np.zeros_like(shirt()), "mask")

    with pytest.raises(Refused, match="marks nothing"):
        made(job("virtual-model", *media, prompt="x", face_prompt="y"))


def test_a_product_before_a_plain_ground_is_cut_out_to_its_edges() -> None:
    for ground in (255, 128, 0):
        picture = np.where((shirt() < 250).any(axis=2)[..., None], shirt(), ground).astype(np.uint8)

        share = find_thing(picture)

        assert ((share > 0.5) == (shirt() < 250).any(axis=2)).mean() > 0.985
