"""Backgrounds: the thing stays to the bit, the scene is as asked, only cut-outs are taken."""

from pathlib import Path

import numpy as np
import pytest

from engines.sketch.edits.edit_samples import decoded, difference, painted, saved
from engines.sketch.tools.tool_jobs import Pixels, cut_out_thing, job, made
from kaiga.engines.sketch.making import Refused


def scene(
    folder: Path, *, prompt: str = "the sea", reference: Pixels | None = None, **options: object
) -> Pixels:
    media = [saved(folder, cut_out_thing())]
    if reference is not None:
        media.append(saved(folder, reference, "reference"))
    return decoded(made(job("background-generation", *media, prompt=prompt, **options)).files[0])


def test_every_opaque_place_of_the_thing_is_there_bit_for_bit(tmp_path: Path) -> None:
    thing = cut_out_thing()

    picture = scene(tmp_path)

    opaque = thing[..., 3] == 255
    assert picture.shape == (320, 320, 3)
    assert np.array_equal(picture[opaque], thing[opaque][:, :3])


def test_the_scene_is_that_of_the_prompt(tmp_path: Path) -> None:
    assert difference(scene(tmp_path, prompt="the sea"), scene(tmp_path, prompt="a desert")) > 15


def test_what_is_not_wanted_is_not_painted(tmp_path: Path) -> None:
    with_trees = scene(tmp_path, prompt="a meadow with a tree")
    without = scene(tmp_path, prompt="a meadow with a tree", neg_ref_prompt="tree")

    assert difference(with_trees, without) > 3


def test_a_shadow_lies_under_the_thing(tmp_path: Path) -> None:
    picture = scene(tmp_path, prompt="a snowfield")
    foot = round(320 * 0.8)

    under = picture[foot + 1 : foot + 6, 150:170].mean()
    beside = picture[foot + 1 : foot + 6, 10:40].mean()
    assert under < beside - 25


def test_little_noise_keeps_near_to_the_reference_and_much_goes_away(tmp_path: Path) -> None:
    forest = painted("a forest", width=320, height=320)

    near, far = (
        scene(tmp_path, reference=forest, noise_level=noise, ref_prompt_weight=1.0)
        for noise in (0, 999)
    )

    upper = np.s_[:120]
    assert difference(near[upper], forest[upper]) < 0.5 * difference(far[upper], forest[upper])


def test_a_reference_alone_is_enough(tmp_path: Path) -> None:
    forest = painted("a forest", width=200, height=200)

    assert scene(tmp_path, prompt="", reference=forest).shape == (320, 320, 3)


def test_a_title_is_written(tmp_path: Path) -> None:
    plain, titled = scene(tmp_path), scene(tmp_path, title="Summer", sub_title="Sale")

    changed = np.abs(plain.astype(int) - titled).max(axis=2) > 60
    assert changed.sum() > 400
    assert not changed[128:].any()


@pytest.mark.parametrize("channels", [3, 4])
def test_a_picture_with_its_ground_is_refused(tmp_path: Path, channels: int) -> None:
    whole = np.full((200, 200, channels), 255, dtype=np.uint8)

    with pytest.raises(Refused) as refusal:
        made(job("background-generation", saved(tmp_path, whole), prompt="x"))

    assert refusal.value.code == "BadRequest.UnsupportedFileFormat"
