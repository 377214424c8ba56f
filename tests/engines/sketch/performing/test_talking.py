"""Portraits that talk: with the sound, only with it, and as much as was asked."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from clip_samples import SeenClip, difference, make, tone
from kaiga.engines.sketch.film.sound import measure_loudness
from kaiga.engines.sketch.makers import MAKERS
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.performing.talking import make_talking_portrait
from kaiga.ports.engine import JsonValue
from people_samples import filmed, heard_like, likeness, order, portrait, save_sound, speech

FACE: dict[str, JsonValue] = {"face_bbox": [75, 80, 170, 175]}
"""Where the face is; told, it need not be looked for, which takes longest."""
CALM = FACE | {"head_move_strength": 0, "eye_move_freq": 0, "video_fps": 15}
"""Nothing moves but the mouth."""


@pytest.fixture(scope="module")
def woman(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return portrait(tmp_path_factory.mktemp("people") / "woman.png")


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_sound(tmp_path_factory.mktemp("sounds") / "voice.wav", speech())


def talk(
    folder: Path, woman: Path, voice: Path, options: dict[str, JsonValue], **wishes: object
) -> SeenClip:
    job = order(
        "talking-portrait", "", ("image", woman), ("audio", voice), options=options, **wishes
    )
    return filmed(make_talking_portrait, job, folder)


def mouths(seen: SeenClip) -> list[NDArray[np.uint8]]:
    """The part of each frame around the mouth."""
    return [frame[140:185, 95:155] for frame in seen.frames]


def test_the_engine_makes_what_the_catalogue_calls_talking_portrait() -> None:
    assert MAKERS["talking-portrait"] is make_talking_portrait


def test_a_portrait_keeps_its_size_and_talks_as_long_as_the_sound(
    tmp_path: Path, woman: Path, voice: Path
) -> None:
    seen = talk(tmp_path, woman, voice, {"video_fps": 20}, sound=True)

    assert (seen.codec, seen.pixel_format, seen.size) == ("h264", "yuv420p", (240, 240))
    assert (float(seen.rate), len(seen.frames)) == (20, 30)
    assert (seen.sound_codec, seen.sound_rate, seen.sound_channels) == ("aac", 44100, 2)


def test_the_size_and_rate_of_the_job_win(tmp_path: Path, woman: Path, voice: Path) -> None:
    seen = talk(
        tmp_path, woman, voice, {}, width_pixels=128, height_pixels=160, frames_per_second=12.0
    )

    assert (seen.size, float(seen.rate), len(seen.frames)) == ((128, 160), 12, 18)


def test_the_given_sound_is_heard(tmp_path: Path, woman: Path, voice: Path) -> None:
    seen = talk(tmp_path, woman, voice, CALM, sound=True)

    assert heard_like(seen, speech()) > 0.95


def test_a_silent_job_has_no_sound_and_talks_all_the_same(
    tmp_path: Path, woman: Path, voice: Path
) -> None:
    seen = talk(tmp_path, woman, voice, CALM)

    assert seen.samples is None
    assert difference(mouths(seen)[3], mouths(seen)[11]) > 5


def test_the_mouth_moves_only_while_there_is_sound(
    tmp_path: Path, woman: Path, voice: Path
) -> None:
    seen = talk(tmp_path, woman, voice, CALM)
    rest = np.asarray(Image.open(woman).convert("RGB"))[140:185, 95:155]

    moved = np.array([difference(mouth, rest) for mouth in mouths(seen)])

    loud = measure_loudness(speech(), 15, len(moved)) > 0.05
    assert moved[loud].min() > 3 * moved[~loud].max()


def test_louder_sound_opens_the_mouth_wider(tmp_path: Path, woman: Path) -> None:
    swelling = (tone(1.5, hertz=220) * np.linspace(0, 1, 66150)[:, None]).astype(np.int16)
    sound = save_sound(tmp_path / "swelling.wav", swelling)

    seen = talk(tmp_path, woman, sound, CALM)

    dark = np.array([(mouth.max(axis=2) < 90).sum() for mouth in mouths(seen)], float)
    assert likeness(dark, measure_loudness(swelling, 15, len(dark))) > 0.7


def test_nothing_but_the_face_moves_when_the_head_is_to_stay(
    tmp_path: Path, woman: Path, voice: Path
) -> None:
    seen = talk(tmp_path, woman, voice, CALM)

    hair = [frame[30:80, 80:170] for frame in seen.frames]
    assert max(difference(part, hair[0]) for part in hair) < 1.5


def test_a_mouth_of_no_strength_stays_shut(tmp_path: Path, woman: Path, voice: Path) -> None:
    seen = talk(tmp_path, woman, voice, CALM | {"mouth_move_strength": 0})

    assert max(difference(mouth, mouths(seen)[0]) for mouth in mouths(seen)) < 2


@pytest.mark.parametrize("option", ["template_id", "style_level"])
def test_an_active_speaker_moves_the_head_more_than_a_calm_one(
    tmp_path: Path, woman: Path, voice: Path, option: str
) -> None:
    def restlessness(level: str) -> float:
        seen = talk(tmp_path, woman, voice, FACE | {option: level, "video_fps": 15})
        hair = [frame[40:110, 60:180] for frame in seen.frames]
        return max(difference(part, hair[0]) for part in hair)

    assert restlessness("active") > 1.5 * restlessness("calm")


def test_restless_eyes_blink(tmp_path: Path, woman: Path) -> None:
    sound = save_sound(tmp_path / "long.wav", np.concatenate([speech()] * 3))

    seen = talk(tmp_path, woman, sound, CALM | {"eye_move_freq": 1})

    eyes = [frame[105:125, 90:150] for frame in seen.frames]
    white = [(eye.min(axis=2) > 190).sum() for eye in eyes]
    assert min(white) < 0.3 * max(white)


def test_ext_bbox_chooses_what_is_seen(tmp_path: Path, woman: Path, voice: Path) -> None:
    options: dict[str, JsonValue] = {
        "ext_bbox": [40, 20, 200, 220],
        "face_bbox": [80, 80, 160, 160],
    }

    seen = talk(tmp_path, woman, voice, CALM | options)

    part = np.asarray(Image.open(woman).convert("RGB"))[20:220, 40:200]
    assert seen.size == (160, 200)
    assert difference(seen.frames[10], part) < 4


def test_without_pasting_back_the_head_is_seen_alone(
    tmp_path: Path, woman: Path, voice: Path
) -> None:
    assert talk(tmp_path, woman, voice, CALM | {"paste_back": False}).size == (512, 512)


@pytest.mark.parametrize("box", [[10, 10, 5, 60], [-3, 0, 50, 50], [0, 0, 241, 100], [1, 2, 3]])
def test_a_box_outside_the_picture_is_refused(woman: Path, voice: Path, box: list[int]) -> None:
    job = order(
        "talking-portrait", "", ("image", woman), ("audio", voice), options={"ext_bbox": box}
    )

    with pytest.raises(Refused, match=r"^Invalid ext_bbox\.$") as refusal:
        make(make_talking_portrait(job))
    assert refusal.value.code == "InvalidParameter"


@pytest.mark.parametrize("role", ["image", "audio"])
def test_a_file_that_is_none_of_its_kind_is_refused(
    tmp_path: Path, woman: Path, voice: Path, role: str
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"no such thing" * 40)
    given = {"image": woman, "audio": voice} | {role: broken}
    job = order("talking-portrait", "", *given.items(), options={})

    with pytest.raises(Refused, match=role) as refusal:
        make(make_talking_portrait(job))
    assert refusal.value.code == "InvalidParameter"


def test_equal_jobs_give_equal_bytes_and_other_seeds_other_movements(
    woman: Path, voice: Path
) -> None:
    def clip(seed: int) -> bytes:
        job = order(
            "talking-portrait", "", ("image", woman), ("audio", voice), seed=seed, options=FACE
        )
        return make(make_talking_portrait(job))[0].files[0].content

    assert clip(1) == clip(1)
    assert clip(1) != clip(2)


def test_the_mark_is_seen_and_the_progress_told(tmp_path: Path, woman: Path, voice: Path) -> None:
    plain = talk(tmp_path, woman, voice, CALM)
    marked = talk(tmp_path, woman, voice, CALM, watermark="AI Generated")
    job = order("talking-portrait", "", ("image", woman), ("audio", voice), options=CALM)

    corner = (slice(-14, None), slice(-80, None))
    assert difference(marked.frames[5][corner], plain.frames[5][corner]) > 8
    steps = make(make_talking_portrait(job))[1]
    assert [step.step for step in steps] == list(range(1, 21))
