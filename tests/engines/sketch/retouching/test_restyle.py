"""Clips in the eight styles: each another one, steady, in the sizes and rates that are allowed."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from clip_samples import difference, make, tone
from kaiga.engines.sketch.edits.filters.table import LOOKS
from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.makers import MAKERS
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.retouching.restyle import restyle_video
from kaiga.engines.sketch.retouching.treatments import RESTYLES, TREATMENTS, Treated
from people_samples import clip_of_block, filmed, heard_like, order

SMALL: dict[str, object] = {"width_pixels": 192, "height_pixels": 112, "frames_per_second": 12.0}


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip_of_block(tmp_path_factory.mktemp("walk") / "walk.mp4", seconds=0.5)


def test_the_engine_makes_what_the_catalogue_calls_video_restyle() -> None:
    assert MAKERS["video-restyle"] is restyle_video


def test_there_is_a_treatment_for_every_look_of_pictures_and_every_style() -> None:
    assert set(LOOKS) - set(TREATMENTS) == set()
    assert len(RESTYLES) == 8
    assert set(RESTYLES) <= set(TREATMENTS)


def test_every_treatment_is_another_one_and_keeps_the_picture_recognisable() -> None:
    frame = paint_scene("a dog in a flower garden", width=192, height=112, seed=1)

    shown = {name: Treated(each, 192, 112, 1).apply(frame) for name, each in TREATMENTS.items()}

    for first, second in combinations(shown, 2):
        assert difference(shown[first], shown[second]) > 2, (first, second)
    grey = frame.mean(axis=2).ravel()
    for name, each in shown.items():
        assert abs(np.corrcoef(grey, each.mean(axis=2).ravel())[0, 1]) > 0.35, name


@pytest.mark.parametrize("style", range(8))
def test_a_still_clip_stays_still_in_every_style(style: int) -> None:
    frame = paint_scene("a dog in a flower garden", width=192, height=112, seed=1)
    treated = Treated(TREATMENTS[RESTYLES[style]], 192, 112, 1)

    assert np.array_equal(treated.apply(frame), treated.apply(frame))


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({}, (1234, 720)),
        ({"min_len": 540}, (926, 540)),
        ({"min_len": 540, "use_SR": True}, (1852, 1080)),
    ],
)
def test_the_shorter_side_is_the_one_that_was_asked_for(
    tmp_path: Path, options: dict[str, object], size: tuple[int, int]
) -> None:
    short = clip_of_block(tmp_path / "short.mp4", seconds=0.1)

    seen = filmed(
        restyle_video, order("video-restyle", "", ("video", short), options=options), tmp_path
    )

    assert seen.size == size


@pytest.mark.parametrize(("asked", "rate"), [(None, 15), (20, 20), (60, 25)])
def test_the_rate_is_the_one_that_was_asked_for_within_bounds(
    tmp_path: Path, walk: Path, asked: int | None, rate: int
) -> None:
    options = {} if asked is None else {"video_fps": asked}
    measures = SMALL | {"frames_per_second": 0.0}

    job = order("video-restyle", "", ("video", walk), options=options, **measures)

    assert float(filmed(restyle_video, job, tmp_path).rate) == rate


def test_the_styles_differ_and_the_clip_goes_on_moving(tmp_path: Path, walk: Path) -> None:
    def styled(style: int) -> list[np.ndarray]:
        job = order("video-restyle", "", ("video", walk), options={"style": style}, **SMALL)
        return filmed(restyle_video, job, tmp_path).frames

    clips = [styled(style) for style in range(8)]

    for first, second in combinations(clips, 2):
        assert difference(first[2], second[2]) > 3
    for frames in clips:
        assert difference(frames[0], frames[-1]) > 3


def test_the_sound_is_kept(tmp_path: Path) -> None:
    said = np.concatenate([tone(0.2), np.zeros((8820, 2), np.int16), tone(0.1)])
    clip = clip_of_block(tmp_path / "clip.mp4", seconds=0.5, sound=said)

    job = order("video-restyle", "", ("video", clip), sound=True, **SMALL)

    assert heard_like(filmed(restyle_video, job, tmp_path), said) > 0.9


def test_an_unknown_style_is_refused(walk: Path) -> None:
    with pytest.raises(Refused, match="style must be 0 to 7"):
        make(restyle_video(order("video-restyle", "", ("video", walk), options={"style": 8})))


def test_equal_jobs_are_equal(walk: Path) -> None:
    job = order("video-restyle", "", ("video", walk), options={"style": 5}, **SMALL)

    first, second = (make(restyle_video(job))[0].files[0].content for _ in range(2))

    assert first == second
