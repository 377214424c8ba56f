"""Movements handed from a clip to a picture's person, and persons handed into a clip."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clip_samples import difference, make, tone
from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.makers import MAKERS
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.performing.animating import animate_character, replace_character
from people_samples import (
    BLUE,
    MAGENTA,
    across,
    block,
    clip_of_block,
    filmed,
    heard_like,
    likeness,
    middle_of,
    near,
    order,
)

MAKERS_OF_PEOPLE = [animate_character, replace_character]


def block_on_ground(path: Path) -> Path:
    """The block before a plain ground, 120 by 160."""
    picture = np.full((160, 120, 3), (226, 220, 206), np.uint8)
    picture[50:130, 45:75] = BLUE
    Image.fromarray(picture).save(path)
    return path


def bouncing(share: float) -> tuple[float, float]:
    return 0.5, 0.6 - 0.1 * abs(np.sin(3 * np.pi * share))


def test_the_engine_makes_both_under_the_catalogues_names() -> None:
    assert MAKERS["character-animate"] is animate_character
    assert MAKERS["character-replace"] is replace_character


def test_the_person_goes_where_the_lead_goes(tmp_path: Path) -> None:
    picture = block_on_ground(tmp_path / "person.png")
    clip = clip_of_block(tmp_path / "clip.mp4")
    job = order("character-animate", "", ("image", picture), ("video", clip))

    seen = filmed(animate_character, job, tmp_path)

    places = np.array([middle_of(near(frame, BLUE))[0] for frame in seen.frames])
    expected = np.array([across(share)[0] for share in np.linspace(0, 1, len(places))])
    assert seen.size == (120, 160)
    assert likeness(places, expected) > 0.97
    assert np.ptp(places) > 0.2


def test_the_person_leaps_when_the_lead_leaps(tmp_path: Path) -> None:
    picture = block_on_ground(tmp_path / "person.png")
    clip = clip_of_block(tmp_path / "clip.mp4", way=bouncing, seconds=1.5)
    job = order("character-animate", "", ("image", picture), ("video", clip))

    seen = filmed(animate_character, job, tmp_path)

    heights = np.array([middle_of(near(frame, BLUE))[1] for frame in seen.frames])
    expected = np.array([bouncing(share)[1] for share in np.linspace(0, 1, len(heights))])
    assert likeness(heights, expected) > 0.8


def test_a_lead_that_stands_still_leaves_the_picture_as_it_is(tmp_path: Path) -> None:
    picture = block_on_ground(tmp_path / "person.png")
    clip = clip_of_block(tmp_path / "clip.mp4", way=lambda _share: (0.5, 0.6))
    job = order("character-animate", "", ("image", picture), ("video", clip))

    seen = filmed(animate_character, job, tmp_path)

    places = [middle_of(near(frame, BLUE)) for frame in seen.frames]
    assert np.ptp(np.array(places), axis=0).max() < 0.02


def test_the_newcomer_takes_the_leads_place_in_every_frame(tmp_path: Path) -> None:
    clip = clip_of_block(tmp_path / "clip.mp4")
    job = order("character-replace", "", ("image", block(tmp_path / "b.png")), ("video", clip))

    seen = filmed(replace_character, job, tmp_path)

    assert seen.size == (192, 112)
    for number, frame in enumerate(seen.frames):
        assert near(frame, MAGENTA).mean() < 0.001
        expected = across(number / (len(seen.frames) - 1))
        assert middle_of(near(frame, BLUE)) == pytest.approx(expected, abs=0.06)


def test_the_scene_around_the_newcomer_stays(tmp_path: Path) -> None:
    clip = clip_of_block(tmp_path / "clip.mp4", way=lambda share: (0.2 + 0.1 * share, 0.6))
    job = order("character-replace", "", ("image", block(tmp_path / "b.png")), ("video", clip))

    seen = filmed(replace_character, job, tmp_path)

    street = paint_scene("a street in a city", width=192, height=112, seed=5)
    for frame in seen.frames:
        assert difference(frame[:, 96:], street[:, 96:]) < 7


@pytest.mark.parametrize("maker", MAKERS_OF_PEOPLE)
def test_rate_length_and_sound_are_those_of_the_clip(tmp_path: Path, maker: object) -> None:
    said = np.concatenate([tone(0.4), np.zeros((17_640, 2), np.int16), tone(0.2)])
    clip = clip_of_block(tmp_path / "clip.mp4", sound=said)
    job = order("character", "", ("image", block(tmp_path / "b.png")), ("video", clip), sound=True)

    seen = filmed(maker, job, tmp_path)  # type: ignore[arg-type]

    assert (float(seen.rate), len(seen.frames)) == (12, 12)
    assert heard_like(seen, said) > 0.95


@pytest.mark.parametrize("maker", MAKERS_OF_PEOPLE)
def test_the_jobs_own_measures_win(tmp_path: Path, maker: object) -> None:
    clip = clip_of_block(tmp_path / "clip.mp4")
    job = order(
        "character", "", ("image", block(tmp_path / "b.png")), ("video", clip),
        width_pixels=96, height_pixels=128, frames_per_second=15.0, sound=True,
    )  # fmt: skip

    seen = filmed(maker, job, tmp_path)  # type: ignore[arg-type]

    assert (seen.size, float(seen.rate), len(seen.frames)) == ((96, 128), 15, 15)
    assert seen.samples is not None
    assert np.abs(seen.samples).max() < 0.01


@pytest.mark.parametrize("maker", MAKERS_OF_PEOPLE)
@pytest.mark.parametrize("role", ["image", "video"])
def test_a_broken_file_is_refused(tmp_path: Path, maker: object, role: str) -> None:
    given = {
        "image": block(tmp_path / "b.png"),
        "video": clip_of_block(tmp_path / "clip.mp4", seconds=0.3),
    }
    given[role].write_bytes(b"broken" * 100)

    with pytest.raises(Refused, match=role):
        make(maker(order("character", "", *given.items())))  # type: ignore[operator]


def test_equal_jobs_give_equal_bytes(tmp_path: Path) -> None:
    clip = clip_of_block(tmp_path / "clip.mp4", seconds=0.5)
    job = order("character-replace", "", ("image", block(tmp_path / "b.png")), ("video", clip))

    first, second = (make(replace_character(job))[0].files[0].content for _ in range(2))

    assert first == second
