"""Filmed prompts: what the clip is, that its scene is the prompt's, and that it moves."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from clip_samples import ask, difference, make, only_file, save_clip, see_clip, tone
from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.engine import SketchEngine
from kaiga.engines.sketch.film.camera import WORDS
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.painted import SceneOrder, film_scene
from kaiga.engines.sketch.film.text_to_video import film_text
from kaiga.engines.sketch.makers import MAKERS
from kaiga.ports.engine import JobFailed, ResultMade, StepDone

SCENES = (
    "a cat in a garden",
    "a lighthouse by the sea at sunset",
    "two boats on the lake",
    "a cabin in the forest, winter, snow",
    "a castle on a hill, storm",
    "an astronaut on the moon",
    "五匹の魚 水中",
    "一碗拉面",
    "a flower shop",
    "calm",
    "angry",
    "a castle, pixel art",
    "a sailing boat, watercolor",
    "fireworks over the city at night",
)


def filmed(
    prompt: str, *, seed: int = 1, seconds: float = 2.0, rate: float = 5.0, several: bool = False
) -> list[Frame]:
    form = ClipForm(
        width_pixels=192, height_pixels=112, frames_per_second=rate, duration_seconds=seconds
    )
    order = SceneOrder(prompt=prompt, seed=seed, several_shots=several)
    return list(film_scene(order, form))


def changes(frames: list[Frame]) -> NDArray[np.float64]:
    return np.array([difference(a, b) for a, b in pairwise(frames)])


def colours(frame: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The shares of 64 rough colours: what a picture shows, wherever it is."""
    rough = (frame // 64).astype(int) @ np.array([16, 4, 1])
    return np.bincount(rough.ravel(), minlength=64) / rough.size


def test_a_filmed_prompt_has_the_measures_that_were_asked_for(tmp_path: Path) -> None:
    job = ask("text-to-video", "a cat", frames_per_second=15.0, duration_seconds=2.0, sound=True)

    file = only_file(film_text(job))

    seen = see_clip(file.content, tmp_path / "clip.mp4")
    assert (seen.codec, seen.pixel_format, seen.size) == ("h264", "yuv420p", (192, 112))
    assert len(seen.frames) == 30
    assert seen.rate == 15
    assert (seen.sound_codec, seen.sound_rate, seen.sound_channels) == ("aac", 44_100, 2)
    assert seen.sound_seconds == pytest.approx(2.0, abs=0.001)
    assert (file.width_pixels, file.height_pixels) == (192, 112)
    assert (file.duration_seconds, file.frames_per_second) == (2.0, 15.0)


def test_a_job_without_sound_gives_a_silent_clip(tmp_path: Path) -> None:
    file = only_file(film_text(ask("text-to-video", "a cat", sound=False)))

    assert see_clip(file.content, tmp_path / "clip.mp4").sound_codec == ""


def test_the_engine_films_what_the_catalogue_calls_text_to_video() -> None:
    job = ask("text-to-video", "a cat")

    events = list(SketchEngine(0.0).generate([job]))

    steps = [event.step for event in events if isinstance(event, StepDone)]
    assert steps == sorted(steps)
    assert steps[-1] == 20
    assert sum(isinstance(event, ResultMade) for event in events) == 1
    assert MAKERS["text-to-video"] is film_text


@pytest.mark.parametrize("prompt", SCENES)
def test_the_clip_shows_the_painted_scene_of_its_prompt(prompt: str) -> None:
    still = colours(paint_scene(prompt, width=192, height=112, seed=1))

    shared = [np.minimum(colours(frame), still).sum() for frame in filmed(prompt)]
    assert np.median(shared) > 0.62


@pytest.mark.parametrize("prompt", SCENES)
def test_every_scene_moves_all_the_time(prompt: str) -> None:
    moved = changes(filmed(prompt, seconds=3.0))

    assert moved.min() > 0.05
    assert moved.mean() > 0.2


@pytest.mark.parametrize("prompt", SCENES)
@pytest.mark.parametrize("move", ["pull back", "pan left"])
def test_no_camera_ever_looks_past_what_was_painted(prompt: str, move: str) -> None:
    for frame in filmed(f"{prompt}, {move}", rate=2.0, seconds=4.0):
        unpainted = (frame == 0).all(axis=2)

        assert unpainted.mean() < 0.001


def test_the_same_job_gives_the_same_bytes() -> None:
    job = ask("text-to-video", "a dog in the rain", sound=True, watermark="AI Generated")

    assert only_file(film_text(job)).content == only_file(film_text(job)).content


def test_another_process_with_another_hash_seed_gives_the_same_frames() -> None:
    program = (
        "import hashlib, sys\n"
        "from kaiga.engines.sketch.film.frames import ClipForm\n"
        "from kaiga.engines.sketch.film.painted import SceneOrder, film_scene\n"
        "form = ClipForm(width_pixels=192, height_pixels=112, frames_per_second=5,"
        " duration_seconds=1)\n"
        "digest = hashlib.sha256()\n"
        "for frame in film_scene(SceneOrder(prompt=sys.argv[1], seed=7), form):\n"
        "    digest.update(frame.tobytes())\n"
        "print(digest.hexdigest())\n"
    )

    said = {
        subprocess.run(
            [sys.executable, "-c", program, "a bird over the sea, snow"],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(said) == 1


def test_another_seed_gives_another_clip() -> None:
    first, second = filmed("a cat", seed=1), filmed("a cat", seed=2)

    assert min(difference(a, b) for a, b in zip(first, second, strict=True)) > 5


def test_the_negative_prompt_takes_things_out_of_the_scene() -> None:
    form = ClipForm(width_pixels=192, height_pixels=112, frames_per_second=4, duration_seconds=1)

    def last(negative: str) -> Frame:
        order = SceneOrder(prompt="a red car and a tree", negative_prompt=negative, seed=1)
        return list(film_scene(order, form))[-1]

    def reds(frame: Frame) -> int:
        red, green, blue = (frame[..., place].astype(int) for place in range(3))
        return int(((red > green + 60) & (red > blue + 60)).sum())

    assert reds(last("")) > 4 * reds(last("car"))


def test_a_camera_that_is_to_stand_still_does() -> None:
    still = changes(filmed("a mountain, static camera", seconds=3.0)).mean()
    moving = changes(filmed("a mountain, pan left", seconds=3.0)).mean()

    assert still < moving / 3


@pytest.mark.parametrize(
    ("word", "same"), [("zoom in", "推进"), ("pan left", "左にパン"), ("固定镜头", "static camera")]
)
def test_camera_moves_are_understood_in_three_languages(word: str, same: str) -> None:
    moves = [next(move for move, words in WORDS.items() if each in words) for each in (word, same)]

    assert moves[0] == moves[1]


def test_panning_right_lets_the_scene_pass_to_the_left() -> None:
    frames = filmed("a house in a meadow, pan right", seconds=4.0)
    first, last = frames[0].astype(float), frames[-1].astype(float)

    def misfit(shift: int) -> float:
        return float(np.abs(first[60:100, 40 + shift : 150 + shift] - last[60:100, 40:150]).mean())

    assert misfit(12) < misfit(-12)


def test_several_shots_are_cut_and_one_shot_is_not() -> None:
    one = changes(filmed("a cat in a garden", seconds=4.0))
    several = changes(filmed("a cat in a garden", seconds=4.0, several=True))

    cut = int(several.argmax())
    assert cut == len(several) // 2
    assert several[cut] > 4 * np.median(several)
    assert one.max() < 3 * np.median(one)


def test_a_long_clip_of_several_shots_has_three() -> None:
    moved = changes(filmed("a cat in a garden", seconds=9.0, several=True))

    cuts = [14, 29]
    assert sorted(np.argsort(moved)[-2:]) == cuts
    for cut in cuts:
        assert moved[cut] > 2 * max(moved[cut - 1], moved[cut + 1])


def test_several_shots_are_made_only_while_the_prompt_may_be_extended() -> None:
    def content(**options: object) -> bytes:
        return only_file(film_text(ask("text-to-video", "a cat", options=options))).content

    single = content(shot_type="single")
    assert content(shot_type="multi") != single
    assert content(shot_type="multi", prompt_extend=False) == single


def test_falling_rain_is_seen_to_fall() -> None:
    dry = filmed("a street, static camera", rate=10.0, seconds=1.0)
    wet = filmed("a street in the rain, static camera", rate=10.0, seconds=1.0)

    assert changes(wet).min() > 4 * changes(dry).max()


def test_lightning_lights_up_some_frames_and_not_the_others() -> None:
    levels = np.array([frame.mean() for frame in filmed("storm at sea", rate=12.0, seconds=3.0)])

    assert levels.max() > 1.3 * np.median(levels)
    assert (levels < 1.1 * np.median(levels)).mean() > 0.6


def test_audio_that_was_given_is_heard_in_place_of_a_bed(tmp_path: Path) -> None:
    audio = save_clip(tmp_path / "a.mp4", seconds=1, sound=tone(1, hertz=1000))
    job = ask("text-to-video", "rain", sound=True, duration_seconds=2.0, media={"audio": audio})

    seen = see_clip(only_file(film_text(job)).content, tmp_path / "clip.mp4")

    assert seen.samples is not None
    power = np.abs(np.fft.rfft(seen.samples[0, 4410:39_690]))
    assert np.fft.rfftfreq(35_280, 1 / 44_100)[power.argmax()] == pytest.approx(1000, abs=10)
    assert np.abs(seen.samples[:, 50_000:80_000]).mean() < 0.002


def test_audio_that_is_none_is_refused(tmp_path: Path) -> None:
    audio = tmp_path / "a.mp3"
    audio.write_bytes(b"no sound")
    job = ask("text-to-video", "rain", sound=True, media={"audio": audio})

    (failed,) = [e for e in SketchEngine(0.0).generate([job]) if isinstance(e, JobFailed)]

    assert failed.code == "InvalidParameter"
    assert "audio" in failed.message


def test_frames_are_streamed_and_never_held_together() -> None:
    program = (
        "import resource, sys\n"
        "from kaiga.engines.sketch.film.frames import ClipForm\n"
        "from kaiga.engines.sketch.film.painted import SceneOrder, film_scene\n"
        "form = ClipForm(width_pixels=480, height_pixels=272, frames_per_second=8,"
        " duration_seconds=float(sys.argv[1]))\n"
        "for frame in film_scene(SceneOrder(prompt='a cat'), form): pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )

    short, long = (
        int(subprocess.check_output([sys.executable, "-c", program, seconds]))
        for seconds in ("1", "15")
    )

    frame_kib = 480 * 272 * 3 / 1024
    assert long - short < 112 * frame_kib / 3


@pytest.mark.parametrize("size", [(16, 16), (48, 400), (400, 48), (101, 75)])
def test_a_scene_is_filmed_at_any_size(size: tuple[int, int], tmp_path: Path) -> None:
    job = ask("text-to-video", "a boat, snow", width_pixels=size[0], height_pixels=size[1])

    seen = see_clip(only_file(film_text(job)).content, tmp_path / "clip.mp4")

    assert seen.size == (size[0] + size[0] % 2, size[1] + size[1] % 2)


def test_a_prompt_of_anything_is_filmed() -> None:
    for prompt in ("", "\0\ud800 <svg>", "x" * 5000, "🐈" * 40):
        made, _ = make(film_text(ask("text-to-video", prompt, duration_seconds=0.2)))

        assert made.files[0].content[4:8] == b"ftyp"
