"""Filmed pictures: they begin and end as given, move between, and go on from clips."""

from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from clip_samples import (
    SeenClip,
    ask,
    difference,
    only_file,
    save_clip,
    save_picture,
    see_clip,
    tone,
)
from kaiga.engines.sketch.film.effects import EFFECTS, film_effect
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.image_to_video import film_picture
from kaiga.engines.sketch.film.morphing import find_flow
from kaiga.engines.sketch.makers import MAKERS
from kaiga.engines.sketch.making import Refused


@pytest.fixture
def cat(tmp_path: Path) -> Path:
    return save_picture(tmp_path / "cat.png", "a cat in a garden")


@pytest.fixture
def dog(tmp_path: Path) -> Path:
    return save_picture(tmp_path / "dog.png", "a dog in the snow at night")


def pixels(path: Path) -> NDArray[np.uint8]:
    return np.asarray(Image.open(path).convert("RGB"))


def filmed(tmp_path: Path, **wishes: object) -> SeenClip:
    file = only_file(film_picture(ask("image-to-video", **wishes)))
    return see_clip(file.content, tmp_path / "made.mp4")


def changes(frames: list[NDArray[np.uint8]]) -> NDArray[np.float64]:
    return np.array([difference(a, b) for a, b in pairwise(frames)])


def test_the_engine_films_what_the_catalogue_calls_image_to_video() -> None:
    assert MAKERS["image-to-video"] is film_picture


def test_a_clip_begins_with_the_picture_that_was_given(tmp_path: Path, cat: Path) -> None:
    seen = filmed(tmp_path, media={"first_frame": cat})

    assert difference(seen.frames[0], pixels(cat)) < 5


def test_a_picture_moves_all_the_time_and_stays_recognisable(tmp_path: Path, cat: Path) -> None:
    seen = filmed(tmp_path, media={"first_frame": cat}, duration_seconds=4.0)

    assert np.median(changes(seen.frames)) > 0.3
    assert 4 < difference(seen.frames[-1], seen.frames[0]) < 60


def test_a_filmed_picture_has_the_measures_that_were_asked_for(tmp_path: Path, cat: Path) -> None:
    seen = filmed(
        tmp_path,
        media={"first_frame": cat},
        width_pixels=160,
        height_pixels=160,
        frames_per_second=16.0,
        duration_seconds=1.5,
        sound=True,
    )

    assert (seen.codec, seen.pixel_format, seen.size) == ("h264", "yuv420p", (160, 160))
    assert len(seen.frames) == 24
    assert seen.rate == 16
    assert seen.sound_seconds == pytest.approx(1.5, abs=0.001)


def test_a_picture_of_another_ratio_is_cropped_around_its_middle(tmp_path: Path, cat: Path) -> None:
    seen = filmed(tmp_path, media={"first_frame": cat}, width_pixels=112, height_pixels=112)

    assert difference(seen.frames[0], pixels(cat)[:, 40:152]) < 5


def test_without_a_size_the_clip_has_that_of_its_picture(tmp_path: Path) -> None:
    odd = save_picture(tmp_path / "odd.png", "a cat", width=131, height=97)

    seen = filmed(tmp_path, media={"first_frame": odd}, width_pixels=0, height_pixels=0)

    assert seen.size == (130, 96)


def test_a_clip_between_two_pictures_begins_with_one_and_ends_with_the_other(
    tmp_path: Path, cat: Path, dog: Path
) -> None:
    seen = filmed(tmp_path, media={"first_frame": cat, "last_frame": dog}, duration_seconds=2.0)

    assert difference(seen.frames[0], pixels(cat)) < 5
    assert difference(seen.frames[-1], pixels(dog)) < 5


def test_one_picture_turns_into_the_other_bit_by_bit(tmp_path: Path, cat: Path, dog: Path) -> None:
    seen = filmed(tmp_path, media={"first_frame": cat, "last_frame": dog}, duration_seconds=2.0)

    whole = difference(pixels(cat), pixels(dog))
    towards = [difference(frame, pixels(dog)) for frame in seen.frames]
    assert changes(seen.frames).max() < whole / 4
    assert towards[len(towards) // 4] > 0.6 * whole
    assert towards[-len(towards) // 4] < 0.6 * whole


def test_what_moved_between_two_pictures_is_seen_on_its_way() -> None:
    def disc(x: int) -> Frame:
        y, place = np.mgrid[0:96, 0:128]
        inside = ((place - x) ** 2 + (y - 48) ** 2 < 400)[..., None]
        return np.where(inside, (230, 80, 60), (40, 60, 80)).astype(np.uint8)

    right, _ = find_flow(disc(58), disc(68))

    assert right[48, 60] == pytest.approx(10, abs=4)
    assert abs(right[5, 5]) < 4


def test_a_last_picture_alone_is_what_the_clip_ends_with(tmp_path: Path, dog: Path) -> None:
    seen = filmed(tmp_path, media={"last_frame": dog}, duration_seconds=2.0)

    assert difference(seen.frames[-1], pixels(dog)) < 5
    assert difference(seen.frames[0], pixels(dog)) > 5


def test_a_clip_is_continued_after_its_end_within_the_whole_duration(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", width=192, height=112, rate=12, seconds=2)

    seen = filmed(
        tmp_path, media={"first_clip": clip}, duration_seconds=5.0, frames_per_second=12.0
    )

    given = see_clip(clip.read_bytes(), tmp_path / "given.mp4").frames
    assert len(seen.frames) == 60
    assert max(difference(a, b) for a, b in zip(seen.frames, given, strict=False)) < 6
    assert difference(seen.frames[24], seen.frames[23]) < 4
    assert changes(seen.frames[24:]).mean() > 0.1
    assert difference(seen.frames[-1], given[-1]) < 30


def test_a_continued_clip_ends_with_the_last_picture_where_one_is_given(
    tmp_path: Path, dog: Path
) -> None:
    clip = save_clip(tmp_path / "a.mp4", width=192, height=112, rate=12, seconds=2)

    seen = filmed(tmp_path, media={"first_clip": clip, "last_frame": dog}, duration_seconds=4.0)

    assert difference(seen.frames[-1], pixels(dog)) < 5
    assert len(seen.frames) == 48


def test_a_clip_that_is_too_long_is_cut_and_still_reaches_the_last_picture(
    tmp_path: Path, dog: Path
) -> None:
    clip = save_clip(tmp_path / "a.mp4", width=192, height=112, rate=12, seconds=4)

    seen = filmed(tmp_path, media={"first_clip": clip, "last_frame": dog}, duration_seconds=3.0)

    assert len(seen.frames) == 36
    assert difference(seen.frames[-1], pixels(dog)) < 5
    assert changes(seen.frames).max() < 40


def test_without_measures_a_continuation_follows_its_clip(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", width=96, height=64, rate=20, seconds=1)

    seen = filmed(
        tmp_path,
        media={"first_clip": clip},
        width_pixels=0,
        height_pixels=0,
        frames_per_second=0.0,
        duration_seconds=2.0,
    )

    assert (seen.size, seen.rate, len(seen.frames)) == ((96, 64), 20, 40)


def test_a_clips_own_sound_stays_under_its_own_frames(tmp_path: Path) -> None:
    clip = save_clip(
        tmp_path / "a.mp4", width=192, height=112, seconds=1, sound=tone(1, hertz=2500)
    )

    seen = filmed(tmp_path, media={"first_clip": clip}, duration_seconds=3.0, sound=True)

    assert seen.samples is not None

    def share_of_tone(start: float) -> float:
        part = seen.samples[0, int(start * 44_100) : int((start + 0.5) * 44_100)]  # type: ignore[index]
        power = np.abs(np.fft.rfft(part)) ** 2
        hertz = np.fft.rfftfreq(len(part), 1 / 44_100)
        return float(power[(hertz > 2400) & (hertz < 2600)].sum() / power.sum())

    assert share_of_tone(0.1) > 0.9
    assert share_of_tone(2.0) < 0.1


def test_audio_that_was_given_beats_the_clips_own(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", seconds=1, sound=tone(1, hertz=2500))
    audio = save_clip(tmp_path / "b.mp4", seconds=2, sound=tone(2, hertz=600))

    seen = filmed(
        tmp_path, media={"first_clip": clip, "audio": audio}, duration_seconds=2.0, sound=True
    )

    assert seen.samples is not None
    power = np.abs(np.fft.rfft(seen.samples[0, 4410:39_690]))
    assert np.fft.rfftfreq(35_280, 1 / 44_100)[power.argmax()] == pytest.approx(600, abs=10)


def test_what_the_prompt_says_of_the_weather_falls_into_the_picture(
    tmp_path: Path, cat: Path
) -> None:
    dry = filmed(tmp_path, prompt="static camera", media={"first_frame": cat})
    wet = filmed(tmp_path, prompt="rain, static camera", media={"first_frame": cat})

    assert difference(wet.frames[0], pixels(cat)) < 5
    assert changes(wet.frames)[-5:].mean() > 2 * changes(dry.frames)[-5:].mean()


def test_pushing_in_enlarges_the_middle_of_the_picture(tmp_path: Path) -> None:
    y, x = np.mgrid[0:112, 0:192]
    disc = ((x - 96) ** 2 + (y - 56) ** 2 < 900)[..., None]
    picture = tmp_path / "disc.png"
    Image.fromarray(np.where(disc, (240, 90, 40), (30, 60, 110)).astype(np.uint8)).save(picture)

    seen = filmed(tmp_path, prompt="zoom in", media={"first_frame": picture}, duration_seconds=4.0)

    sizes = [int((frame[..., 0] > 135).sum()) for frame in seen.frames]
    assert sizes[-1] > 1.08 * sizes[0]


@pytest.mark.parametrize("template", [*EFFECTS, "an effect of tomorrow"])
def test_every_effect_begins_with_the_picture_and_changes_it(
    tmp_path: Path, cat: Path, template: str
) -> None:
    seen = filmed(
        tmp_path,
        media={"first_frame": cat},
        options={"template": template},
        duration_seconds=3.0,
        frames_per_second=8.0,
    )

    assert difference(seen.frames[0], pixels(cat)) < 5
    assert max(difference(frame, pixels(cat)) for frame in seen.frames) > 5
    assert changes(seen.frames).mean() > 0.3


def test_no_two_effects_look_alike(cat: Path) -> None:
    form = ClipForm(width_pixels=192, height_pixels=112, frames_per_second=3, duration_seconds=3)
    clips = {
        template: list(film_effect(pixels(cat), form, template, seed=1)) for template in EFFECTS
    }

    for first, second in combinations(clips, 2):
        pairs = zip(clips[first], clips[second], strict=True)
        assert max(difference(a, b) for a, b in pairs) > 2.5, (first, second)


def test_a_template_leaves_the_last_frame_aside(cat: Path, dog: Path) -> None:
    options = {"template": "squish"}

    alone = only_file(
        film_picture(ask("image-to-video", media={"first_frame": cat}, options=options))
    )
    both = only_file(
        film_picture(
            ask(
                "image-to-video",
                media={"first_frame": cat, "last_frame": dog},
                options=options,
            )
        )
    )

    assert alone.content == both.content


def test_the_same_job_gives_the_same_bytes(cat: Path, dog: Path) -> None:
    for wishes in (
        {"media": {"first_frame": cat}},
        {"media": {"first_frame": cat, "last_frame": dog}},
        {"media": {"first_frame": cat}, "options": {"template": "dissolve"}},
    ):
        job = ask("image-to-video", "wind", sound=True, **wishes)

        assert only_file(film_picture(job)).content == only_file(film_picture(job)).content


def test_another_seed_moves_the_picture_in_another_way(cat: Path) -> None:
    contents = {
        only_file(
            film_picture(ask("image-to-video", media={"first_frame": cat}, seed=seed))
        ).content
        for seed in range(4)
    }

    assert len(contents) == 4


def test_the_mark_is_seen_in_every_frame(tmp_path: Path, cat: Path) -> None:
    plain = filmed(tmp_path, media={"first_frame": cat})
    marked = filmed(tmp_path, media={"first_frame": cat}, watermark="AI Generated")

    for before, after in zip(plain.frames, marked.frames, strict=True):
        assert difference(before[98:, 110:], after[98:, 110:]) > 4
        assert difference(before[:90], after[:90]) < 2


@pytest.mark.parametrize("role", ["first_frame", "last_frame", "first_clip"])
def test_a_file_that_can_not_be_decoded_is_refused_by_its_role(
    tmp_path: Path, cat: Path, role: str
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(cat.read_bytes()[:200])
    media = {"first_frame": cat, role: broken}

    with pytest.raises(Refused, match=role) as refusal:
        only_file(film_picture(ask("image-to-video", media=media)))

    assert refusal.value.code == "InvalidParameter"


def test_a_job_without_any_picture_is_refused() -> None:
    with pytest.raises(Refused, match="first_frame"):
        only_file(film_picture(ask("image-to-video", "a cat")))
