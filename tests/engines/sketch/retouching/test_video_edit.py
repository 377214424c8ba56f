"""Clips edited as instructions say, in three languages, alike in every frame, with their sound."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clip_samples import SeenClip, difference, make, save_picture, see_clip, tone
from kaiga.engines.sketch.edits.files import marked
from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.film.encoding import encode_clip
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.makers import MAKERS
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.retouching.video_edit import edit_video
from people_samples import (
    BLUE,
    MAGENTA,
    RATE,
    across,
    block,
    clip_of_block,
    filmed,
    heard_like,
    middle_of,
    near,
    order,
    panning_clip,
)

GREEN = (40, 150, 60)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip_of_block(tmp_path_factory.mktemp("walk") / "walk.mp4")


@pytest.fixture(scope="module")
def before(walk: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Frame]:
    return see_clip(walk.read_bytes(), tmp_path_factory.mktemp("seen") / "seen.mp4").frames


def edited(
    folder: Path, clip: Path, prompt: str, *files: tuple[str, Path], **wishes: object
) -> SeenClip:
    return filmed(
        edit_video, order("video-edit", prompt, ("video", clip), *files, **wishes), folder
    )


def green_where(frame: Frame) -> np.ndarray:
    part = frame.astype(int)
    return (part[..., 1] > part[..., 0] + 40) & (part[..., 1] > part[..., 2] + 30)


def test_the_engine_makes_what_the_catalogue_calls_video_edit() -> None:
    assert MAKERS["video-edit"] is edit_video


def test_size_rate_and_length_are_kept_unless_the_job_says_more(tmp_path: Path, walk: Path) -> None:
    kept = edited(tmp_path, walk, "make it night")
    asked = edited(
        tmp_path, walk, "make it night",
        width_pixels=96, height_pixels=128, duration_seconds=0.5, frames_per_second=24.0,
    )  # fmt: skip

    assert (kept.size, float(kept.rate), len(kept.frames)) == ((192, 112), 12, 12)
    assert (asked.size, float(asked.rate), len(asked.frames)) == ((96, 128), 24, 12)


@pytest.mark.parametrize("prompt", ["make it night", "改成夜晚", "夜にして"])
def test_night_falls_in_every_frame(
    tmp_path: Path, walk: Path, before: list[Frame], prompt: str
) -> None:
    after = edited(tmp_path, walk, prompt).frames

    for old, new in zip(before, after, strict=True):
        assert new.mean() < 0.65 * old.mean()


@pytest.mark.parametrize(
    "prompt", ["make the man's jacket green", "把外套换成绿色", "服を緑にして"]
)
def test_what_moves_gets_the_colour_and_the_scene_keeps_its_own(
    tmp_path: Path, walk: Path, before: list[Frame], prompt: str
) -> None:
    after = edited(tmp_path, walk, prompt).frames

    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        place = near(old, MAGENTA)
        assert green_where(new)[place].mean() > 0.9
        x = across(number / 11)[0]
        far = slice(120, None) if x < 0.5 else slice(0, 70)
        assert difference(new[:, far], old[:, far]) < 4


@pytest.mark.parametrize("prompt", ["remove the man", "去掉那个男人", "男の人を消して"])
def test_what_shall_go_is_gone_from_every_frame(tmp_path: Path, walk: Path, prompt: str) -> None:
    for frame in edited(tmp_path, walk, prompt).frames:
        assert near(frame, MAGENTA).mean() < 0.001


def test_writing_over_the_picture_is_taken_out(tmp_path: Path) -> None:
    form = ClipForm(
        width_pixels=320, height_pixels=192, frames_per_second=RATE, duration_seconds=0.3
    )
    clean = paint_scene("a beach", width=320, height=192, seed=1)
    clip = tmp_path / "written.mp4"
    clip.write_bytes(encode_clip([marked(clean, "AI Generated")], form))

    seen = edited(tmp_path, clip, "remove the watermark")

    corner = (slice(170, None), slice(250, None))
    written = difference(marked(clean, "AI Generated")[corner], clean[corner])
    assert difference(seen.frames[2][corner], clean[corner]) < 0.3 * written


def test_a_reference_takes_the_place_of_what_it_shall_replace(tmp_path: Path, walk: Path) -> None:
    seen = edited(
        tmp_path, walk, "replace the man with image 1",
        ("reference_image", block(tmp_path / "b.png")),
    )  # fmt: skip

    for number, frame in enumerate(seen.frames):
        assert near(frame, MAGENTA).mean() < 0.001
        expected = across(number / 11)[0]
        assert middle_of(near(frame, BLUE))[0] == pytest.approx(expected, abs=0.07)


def test_other_references_come_into_the_clip(tmp_path: Path, walk: Path) -> None:
    files = ("reference_image", block(tmp_path / "b.png"))

    seen = edited(tmp_path, walk, "the person from the picture joins in", files)

    for frame in seen.frames:
        assert near(frame, BLUE).mean() > 0.01
    assert near(seen.frames[0], MAGENTA).mean() > 0.02


def test_added_things_are_there_from_beginning_to_end(
    tmp_path: Path, walk: Path, before: list[Frame]
) -> None:
    after = edited(tmp_path, walk, "add a dog on the right").frames

    apart = [difference(new, old) for old, new in zip(before, after, strict=True)]
    assert min(apart) > 3


def test_another_background_leaves_what_moves(tmp_path: Path, walk: Path) -> None:
    seen = edited(tmp_path, walk, "change the background to a snowy mountain")

    for number, frame in enumerate(seen.frames):
        assert near(frame, MAGENTA).mean() > 0.02
        assert middle_of(near(frame, MAGENTA))[0] == pytest.approx(across(number / 11)[0], abs=0.06)
    assert near(seen.frames[0][-20:], (126, 119, 135), 12).mean() < 0.3


def test_rain_falls(tmp_path: Path, walk: Path, before: list[Frame]) -> None:
    after = edited(tmp_path, walk, "let it rain").frames

    def restless(frames: list[Frame]) -> float:
        tops = [frame[:25].astype(int) for frame in frames]
        return float(np.mean([np.abs(a - b).mean() for a, b in pairwise(tops)]))

    assert restless(after) > restless(before) + 0.8


def test_a_look_is_alike_in_every_frame(tmp_path: Path) -> None:
    still = clip_of_block(tmp_path / "still.mp4", way=lambda _share: (0.5, 0.6))

    frames = edited(tmp_path, still, "as a watercolour painting").frames

    assert max(difference(frame, frames[0]) for frame in frames) < 2.5


def test_each_look_is_another_one(tmp_path: Path, walk: Path) -> None:
    looks = ["watercolour", "ink painting", "pixel art", "film noir", "oil painting", "neon"]

    shown = [
        edited(tmp_path, walk, f"in the style of {look}", duration_seconds=0.2).frames[0]
        for look in looks
    ]

    for place, first in enumerate(shown):
        for second in shown[place + 1 :]:
            assert difference(first, second) > 5


def test_a_text_that_says_nothing_known_changes_the_clip_a_little(
    tmp_path: Path, walk: Path, before: list[Frame]
) -> None:
    after = edited(tmp_path, walk, "qwertz uiop").frames

    assert 2 < difference(after[4], before[4]) < 40


def test_a_picture_whose_style_is_named_lends_its_colours(tmp_path: Path, walk: Path) -> None:
    picture = save_picture(tmp_path / "night.png", "a city at night")

    seen = edited(tmp_path, walk, "in the style of image 1", ("reference_image", picture))

    model = np.asarray(Image.open(picture).convert("RGB"))
    assert seen.frames[3].mean() == pytest.approx(model.mean(), abs=30)


def test_a_clip_in_which_everything_moves_is_edited_too(tmp_path: Path) -> None:
    clip = panning_clip(tmp_path / "pan.mp4", seconds=0.5)

    for prompt in ("remove the flower", "make it red", "replace the tree with a robot"):
        assert len(edited(tmp_path, clip, prompt).frames) == 6


SAID = np.concatenate([tone(0.4), np.zeros((17_640, 2), np.int16), tone(0.2)])


@pytest.mark.parametrize("setting", ["auto", "origin"])
def test_the_clips_own_sound_is_kept(tmp_path: Path, setting: str) -> None:
    clip = clip_of_block(tmp_path / "clip.mp4", sound=SAID)

    seen = edited(tmp_path, clip, "make it night", sound=True, options={"audio_setting": setting})

    assert heard_like(seen, SAID) > 0.95


@pytest.mark.parametrize(
    ("setting", "is_right"),
    [("auto", lambda loud: loud > 0.02), ("origin", lambda loud: loud < 0.005)],
)
def test_a_silent_clip_gets_a_bed_unless_its_own_sound_is_wanted(
    tmp_path: Path, walk: Path, setting: str, is_right: Callable[[float], bool]
) -> None:
    seen = edited(tmp_path, walk, "night", sound=True, options={"audio_setting": setting})

    assert seen.samples is not None
    assert is_right(float(np.abs(seen.samples).max()))


@pytest.mark.parametrize("role", ["video", "reference_image"])
def test_a_broken_file_is_refused(tmp_path: Path, walk: Path, role: str) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"broken" * 100)
    files = {"video": walk} | {role: broken}

    with pytest.raises(Refused, match=role):
        make(edit_video(order("video-edit", "add image 1", *files.items())))


def test_equal_jobs_are_equal_and_other_seeds_are_not(walk: Path) -> None:
    def content(seed: int) -> bytes:
        job = order("video-edit", "add a cat", ("video", walk), seed=seed, duration_seconds=0.3)
        return make(edit_video(job))[0].files[0].content

    assert content(1) == content(1)
    assert content(1) != content(2)
