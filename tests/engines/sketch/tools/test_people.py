"""People in pictures: their masks, portraits in styles, albums and costumes."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.sketch.edits.edit_samples import decoded, difference, painted, saved
from engines.sketch.tools.tool_jobs import Pixels, cut_out_thing, job, made, person, portrait
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.tools.people import find_people
from kaiga.engines.sketch.tools.portrait_looks import PORTRAIT_LOOKS
from samples.pictures_of_people import picture


def sample(name: str) -> Pixels:
    return np.array(Image.open(io.BytesIO(picture(name))).convert("RGB"))


def masks(folder: Path, pixels: Pixels) -> tuple[Pixels, Pixels]:
    result = made(job("segmentation", saved(folder, pixels)))
    assert [file.part for file in result.files] == ["", "visible_mask"]
    return decoded(result.files[0]), decoded(result.files[1])


def test_one_person_is_1_and_all_else_0(tmp_path: Path) -> None:
    mask, _ = masks(tmp_path, sample("light-portrait"))

    assert mask.ndim == 2
    assert np.unique(mask).tolist() == [0, 1]
    assert mask[300, 320] == 1
    assert (mask[:20] == 0).all()
    assert 0.15 < mask.mean() < 0.7


@pytest.mark.parametrize("name", ["couple", "two-men"])
def test_two_people_are_1_and_2_from_the_left(tmp_path: Path, name: str) -> None:
    mask, _ = masks(tmp_path, sample(name))

    assert np.unique(mask).tolist() == [0, 1, 2]
    first, second = (np.nonzero(mask == k)[1].mean() for k in (1, 2))
    assert first + 60 < second


def test_a_figure_is_covered_from_head_to_clothes(tmp_path: Path) -> None:
    alone = painted("a woman in a red dress on a beach", width=480, height=480, seed=2)
    bare = painted("a beach", width=480, height=480, seed=2)
    mask, _ = masks(tmp_path, alone)

    # What is red belongs to the dress.
    red = (alone[..., 0] > 180) & (alone[..., 1] < 80) & (alone[..., 2] < 90)
    assert bare.shape == alone.shape
    assert red.sum() > 1500
    assert mask[red].mean() > 0.9


def test_the_visible_mask_tints_the_people_and_nothing_else(tmp_path: Path) -> None:
    pixels = sample("light-portrait")
    mask, shown = masks(tmp_path, pixels)

    away = np.abs(shown.astype(int) - pixels).max(axis=2)
    assert away[mask == 1].mean() > 20
    assert away[mask == 0].max() == 0


def test_a_picture_of_one_colour_has_nobody_in_it(tmp_path: Path) -> None:
    mask, shown = masks(tmp_path, np.full((300, 300, 3), 120, dtype=np.uint8))

    assert not mask.any()
    assert (shown == 120).all()


def test_what_is_cut_out_counts_where_no_face_is_seen(tmp_path: Path) -> None:
    thing = cut_out_thing()
    white = np.where(thing[..., 3:] > 127, thing[..., :3], 255).astype(np.uint8)

    mask, _ = masks(tmp_path, white)

    assert ((mask == 1) == (thing[..., 3] > 127)).mean() > 0.99


def test_a_person_knows_their_face() -> None:
    people = find_people(sample("light-portrait"))

    assert len(people) == 1
    assert people[0].seen
    assert people[0].box.shared_area(people[0].face) > 0.9 * people[0].face.area


@pytest.mark.parametrize(("width", "height"), [(320, 400), (500, 320)])
def test_a_repainted_portrait_is_a_jpeg_with_a_short_side_of_1536(
    tmp_path: Path, width: int, height: int
) -> None:
    given = painted("portrait of a man", width=width, height=height)

    file = made(job("style-repaint", saved(tmp_path, given), style_index=0)).files[0]

    assert file.content.startswith(b"\xff\xd8")
    assert min(file.width_pixels, file.height_pixels) == 1536
    assert file.width_pixels / file.height_pixels == pytest.approx(width / height, rel=0.01)


def test_every_style_gives_another_picture(tmp_path: Path) -> None:
    given = saved(tmp_path, painted("portrait of a woman", width=256, height=256, seed=3))

    small = {}
    for index in PORTRAIT_LOOKS:
        repainted = decoded(made(job("style-repaint", given, style_index=index)).files[0])
        small[index] = np.array(Image.fromarray(repainted).resize((96, 96)))

    assert set(small) == {*range(10), 14, 15, *range(30, 41)}
    for index, first in small.items():
        for other, second in small.items():
            assert index == other or difference(first, second) > 3, (index, other)


def test_the_portrait_is_still_there_in_its_style(tmp_path: Path) -> None:
    given = portrait()

    repainted = decoded(made(job("style-repaint", saved(tmp_path, given), style_index=2)).files[0])

    small = np.array(Image.fromarray(repainted).resize((320, 400)).convert("L")).astype(float)
    grey = np.array(Image.fromarray(given).convert("L")).astype(float)
    middle = np.s_[100:300, 90:230]
    assert np.corrcoef(small[middle].ravel(), grey[middle].ravel())[0, 1] > 0.8


def test_a_style_of_the_clients_own_gives_its_colours(tmp_path: Path) -> None:
    blue = np.full((100, 100, 3), (20, 40, 160), dtype=np.uint8)
    blue[::3] = (60, 110, 230)
    media = saved(tmp_path, portrait()), saved(tmp_path, blue, "reference")

    repainted = decoded(made(job("style-repaint", *media, style_index=-1)).files[0])

    assert repainted[..., 2].mean() > repainted[..., 0].mean() + 30


@pytest.mark.parametrize(("index", "text"), [(-1, "style_ref_url"), (12, "style_index")])
def test_a_style_that_is_not_there_is_refused(tmp_path: Path, index: int, text: str) -> None:
    with pytest.raises(Refused, match=text):
        made(job("style-repaint", saved(tmp_path, portrait()), style_index=index))


@pytest.mark.parametrize("task", ["portrait-album", "cosplay"])
def test_a_portrait_is_made_with_and_without_a_picture(tmp_path: Path, task: str) -> None:
    alone = decoded(made(job(task, prompt="a castle")).files[0])
    given = decoded(made(job(task, saved(tmp_path, person()), prompt="a castle")).files[0])

    assert alone.shape == given.shape == (1024, 1024, 3)
    assert difference(alone, given) > 5


def test_the_album_shows_the_given_person(tmp_path: Path) -> None:
    shown = decoded(made(job("portrait-album", saved(tmp_path, sample("light-portrait")))).files[0])

    people = find_people(shown)
    assert people[0].seen
    assert people[0].face.height > 150


def test_nobody_can_be_put_into_an_album_from_a_blank_picture(tmp_path: Path) -> None:
    blank = np.full((300, 300, 3), 10, dtype=np.uint8)

    with pytest.raises(Refused) as refusal:
        made(job("portrait-album", saved(tmp_path, blank)))

    assert refusal.value.code == "InvalidImage.NoHumanFace"
