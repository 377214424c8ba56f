"""Figures are cut out of their pictures: by transparency or a plain ground, and whole."""

from pathlib import Path

import numpy as np
from PIL import Image

from clip_samples import give
from kaiga.engines.sketch.footage.cutouts import cut_out, find_figure, open_cutout
from people_samples import BLUE, block, figure, portrait


def layer_of(path: Path) -> np.ndarray:
    return np.array(Image.open(path).convert("RGBA"))


def test_transparency_says_what_the_figure_is(tmp_path: Path) -> None:
    cutout = cut_out(layer_of(block(tmp_path / "block.png")))

    assert (cutout.place.left, cutout.place.top) == (20, 20)
    assert cutout.image.size == (40, 120)
    assert np.all(np.asarray(cutout.image)[..., 3] == 255)


def test_a_figure_before_a_plain_ground_is_found_to_a_pixel_or_two() -> None:
    pixels = np.full((200, 160, 3), (60, 110, 165), np.uint8)
    pixels[40:170, 50:110] = BLUE
    truth = np.zeros((200, 160), np.bool_)
    truth[40:170, 50:110] = True

    found = find_figure(pixels) > 127

    assert (found != truth).mean() < 0.03


def test_the_ground_does_not_cling_to_the_rim_of_a_figure(tmp_path: Path) -> None:
    cutout = cut_out(layer_of(figure(tmp_path / "girl.png", ground="#00ff00")))

    part = np.asarray(cutout.image).astype(int)
    green = (part[..., 1] > 1.6 * part[..., 0]) & (part[..., 1] > 1.6 * part[..., 2])
    assert (green & (part[..., 3] > 60)).mean() < 0.01


def test_a_close_portrait_is_cut_out_with_its_shoulders(tmp_path: Path) -> None:
    cutout = cut_out(layer_of(portrait(tmp_path / "woman.png")))

    assert cutout.grounded
    low = np.asarray(cutout.image)[-6, :, 3] > 127
    assert low.mean() > 0.3


def test_a_whole_figure_stands_on_its_own_feet(tmp_path: Path) -> None:
    assert not cut_out(layer_of(figure(tmp_path / "girl.png"))).grounded


def test_a_huge_picture_is_cut_out_at_the_size_that_frames_show(tmp_path: Path) -> None:
    small = Image.open(figure(tmp_path / "girl.png"))
    huge = tmp_path / "huge.png"
    small.resize((3000, 4800)).save(huge)

    cutout = open_cutout(give("image", huge))

    assert 800 < cutout.image.height <= 1600
    assert cutout.aspect < 0.8
