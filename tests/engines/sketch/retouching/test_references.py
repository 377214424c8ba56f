"""References in clips: seen, in motion, from a first frame on, and heard."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clip_samples import SeenClip, difference, make, save_picture, tone
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.retouching.references import film_image_references, film_references
from people_samples import (
    BLUE,
    MAGENTA,
    block,
    clip_of_block,
    filmed,
    heard_like,
    middle_of,
    near,
    order,
    panning_clip,
    portrait,
    save_sound,
    speech,
)

SMALL: dict[str, object] = {
    "width_pixels": 192,
    "height_pixels": 112,
    "frames_per_second": 12.0,
    "duration_seconds": 1.5,
}


def clip(folder: Path, prompt: str, *files: tuple[str, Path], **wishes: object) -> SeenClip:
    job = order("reference-to-video", prompt, *files, **(SMALL | wishes))
    return filmed(film_references, job, folder)


def test_a_reference_stands_in_the_painted_scene_and_moves(tmp_path: Path) -> None:
    seen = clip(tmp_path, "on a beach", ("reference_image", block(tmp_path / "b.png")))

    assert (seen.size, float(seen.rate), len(seen.frames)) == ((192, 112), 12, 18)
    shares = [near(frame, BLUE).mean() for frame in seen.frames]
    assert min(shares) > 0.02
    assert max(shares) < 0.4
    assert min(difference(a, b) for a, b in pairwise(seen.frames)) > 0.05


def test_the_prompt_decides_the_scene_behind(tmp_path: Path) -> None:
    picture = ("reference_image", block(tmp_path / "b.png"))

    snow, night = (
        clip(tmp_path, prompt, picture).frames[0] for prompt in ("in the snow", "a city at night")
    )

    assert snow[:30].mean() > night[:30].mean() + 60


def test_who_is_named_first_stands_to_the_left(tmp_path: Path) -> None:
    files = (
        ("reference_image", block(tmp_path / "a.png", BLUE)),
        ("reference_image", block(tmp_path / "b.png", MAGENTA)),
    )

    for prompt, first, second in (
        ("Image 1 and Image 2 in the desert", BLUE, MAGENTA),
        ("图2和图1在沙漠里", MAGENTA, BLUE),
    ):
        frame = clip(tmp_path, prompt, *files, duration_seconds=0.3).frames[0]
        assert middle_of(near(frame, first))[0] < middle_of(near(frame, second))[0]


def test_a_walking_reference_goes_further_than_a_standing_one(tmp_path: Path) -> None:
    picture = ("reference_image", block(tmp_path / "b.png"))

    def way(prompt: str) -> float:
        frames = clip(tmp_path, prompt, picture).frames
        return float(np.ptp([middle_of(near(frame, BLUE))[0] for frame in frames]))

    assert way("walking on a beach") > 2 * way("on a beach")


def test_the_lead_of_a_reference_clip_is_cut_out_and_goes_on_moving(tmp_path: Path) -> None:
    video = ("reference_video", clip_of_block(tmp_path / "clip.mp4"))

    seen = clip(tmp_path, "in the snow", video)

    street = near(seen.frames[4], (126, 119, 135), 12).mean()
    places = [middle_of(near(frame, MAGENTA))[0] for frame in seen.frames]
    assert street < 0.02
    assert np.ptp(places) > 0.1
    # It is shorter than the clip asked for, and begins anew.
    assert np.diff(places[1:]).min() < -0.05


def test_a_reference_clip_without_a_still_ground_is_seen_as_a_whole(tmp_path: Path) -> None:
    video = panning_clip(tmp_path / "pan.mp4")

    seen = clip(tmp_path, "in the snow", ("reference_video", video))

    green = [(frame[..., 1] > frame[..., 2] + 40).mean() for frame in seen.frames]
    assert min(green) > 0.05


def test_a_first_frame_is_the_first_frame(tmp_path: Path) -> None:
    first = save_picture(tmp_path / "first.png", "a cat in a garden")

    seen = clip(
        tmp_path,
        "Image 1 comes in",
        ("first_frame", first),
        ("reference_image", block(tmp_path / "b.png")),
    )

    assert difference(seen.frames[0], np.asarray(Image.open(first).convert("RGB"))) < 5
    assert near(seen.frames[0], BLUE).mean() < 0.002
    assert near(seen.frames[-1], BLUE).mean() > 0.02


def test_a_voice_is_heard_and_moves_the_mouth(tmp_path: Path) -> None:
    woman = portrait(tmp_path / "woman.png")
    voice = save_sound(tmp_path / "voice.wav", speech())

    seen = clip(
        tmp_path, "in a room", ("reference_image", woman), ("voice", voice),
        sound=True, width_pixels=240, height_pixels=240,
    )  # fmt: skip

    assert heard_like(seen, speech()) > 0.9
    red = [((frame[..., 0] > 100) & (frame[..., 1] < 60)).sum() for frame in seen.frames]
    assert np.mean(red[1:5]) > np.mean(red[8:11])


def test_voices_take_turns(tmp_path: Path) -> None:
    low, high = (
        save_sound(tmp_path / f"{hertz}.wav", tone(0.5, hertz=hertz)) for hertz in (220, 1760)
    )
    files = [("reference_image", block(tmp_path / f"{i}.png")) for i in range(2)]

    seen = clip(tmp_path, "in a room", *files, ("voice", low), ("voice", high), sound=True)

    assert seen.samples is not None

    def strongest(start: float) -> float:
        part = seen.samples[0][int(start * 44100) : int((start + 0.3) * 44100)]
        return float(np.argmax(np.abs(np.fft.rfft(part))) / 0.3)

    assert strongest(0.1) == pytest.approx(220, abs=8)
    assert strongest(0.85) == pytest.approx(1760, abs=8)


def test_without_a_voice_a_reference_clips_own_sound_is_heard(tmp_path: Path) -> None:
    said = np.concatenate([tone(0.4), np.zeros((17_640, 2), np.int16), tone(0.2)])
    video = clip_of_block(tmp_path / "clip.mp4", sound=said)

    seen = clip(tmp_path, "in a room", ("reference_video", video), sound=True, duration_seconds=1.0)

    assert heard_like(seen, said) > 0.9


def test_a_silent_job_has_no_sound(tmp_path: Path) -> None:
    voice = save_sound(tmp_path / "voice.wav", speech())

    seen = clip(
        tmp_path, "in a room", ("reference_image", block(tmp_path / "b.png")), ("voice", voice)
    )

    assert seen.samples is None


def test_several_shots_are_several_views(tmp_path: Path) -> None:
    picture = ("reference_image", block(tmp_path / "b.png"))

    frames = clip(tmp_path, "in the desert", picture, options={"shot_type": "multi"}).frames

    changes = [difference(a, b) for a, b in pairwise(frames)]
    assert max(changes) > 5 * np.median(changes)
    assert near(frames[-1], BLUE).mean() > 1.5 * near(frames[0], BLUE).mean()


def test_without_references_the_job_is_refused() -> None:
    with pytest.raises(Refused, match="reference_image"):
        make(film_references(order("reference-to-video", "a cat")))


def test_objects_stand_before_the_given_background(tmp_path: Path) -> None:
    ground = save_picture(tmp_path / "ground.png", "a cat in the snow")
    files = (
        ("reference_image", block(tmp_path / "b.png")),
        ("reference_image", ground),
    )
    job = order("vace", "zzz", *files, options={"obj_or_bg": ["obj", "bg"]}, **SMALL)

    seen = filmed(film_image_references, job, tmp_path)

    whole = np.asarray(Image.open(ground).convert("RGB"))
    assert near(seen.frames[5], BLUE).mean() > 0.02
    assert difference(seen.frames[0][:20], whole[:20]) < 8


def test_kinds_must_be_as_many_as_pictures(tmp_path: Path) -> None:
    files = [("reference_image", block(tmp_path / f"{i}.png")) for i in range(2)]
    job = order("vace", "zzz", *files, options={"obj_or_bg": ["obj"]}, **SMALL)

    with pytest.raises(Refused) as refusal:
        make(film_image_references(job))
    assert refusal.value.message == "ref_images_url and obj_or_bg must be the same length."


def test_equal_jobs_are_equal_and_other_seeds_are_not(tmp_path: Path) -> None:
    picture = ("reference_image", block(tmp_path / "b.png"))

    def content(seed: int) -> bytes:
        job = order("reference-to-video", "a beach", picture, seed=seed, **SMALL)
        return make(film_references(job))[0].files[0].content

    assert content(1) == content(1)
    assert content(1) != content(2)
