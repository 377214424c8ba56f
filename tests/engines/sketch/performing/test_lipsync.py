"""Clips whose speaker says another sound: how long, where they change, and what is heard."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clip_samples import SeenClip, difference, make, save_clip, see_clip, tone
from kaiga.engines.sketch.film.encoding import encode_clip
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.performing.lipsync import make_lip_sync
from kaiga.ports.engine import JsonValue
from people_samples import filmed, heard_like, order, portrait, save_sound, speech

SIDE = 240


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of a portrait that drifts sideways, 1.5 s."""
    folder = tmp_path_factory.mktemp("speaker")
    picture = Image.open(portrait(folder / "woman.png")).convert("RGB")
    form = ClipForm(
        width_pixels=SIDE, height_pixels=SIDE, frames_per_second=15, duration_seconds=1.5
    )

    def drifting() -> Iterator[Frame]:
        for number in range(form.frame_count):
            yield np.roll(np.asarray(picture), number, axis=1)

    path = folder / "speaker.mp4"
    path.write_bytes(encode_clip(drifting(), form))
    return path


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_sound(tmp_path_factory.mktemp("sounds") / "voice.wav", speech())


def spoken(
    folder: Path, clip: Path, voice: Path, options: dict[str, JsonValue], **wishes: object
) -> SeenClip:
    job = order("lip-sync", "", ("video", clip), ("audio", voice), options=options, **wishes)
    return filmed(make_lip_sync, job, folder)


def test_the_clip_keeps_size_and_rate_and_says_the_sound(
    tmp_path: Path, speaker: Path, voice: Path
) -> None:
    seen = spoken(tmp_path, speaker, voice, {}, sound=True)

    assert (seen.size, float(seen.rate), len(seen.frames)) == ((SIDE, SIDE), 15, 22)
    assert heard_like(seen, speech()) > 0.95


def test_only_the_mouth_changes_and_only_while_there_is_sound(
    tmp_path: Path, speaker: Path, voice: Path
) -> None:
    source = see_clip(speaker.read_bytes(), tmp_path / "source.mp4").frames

    seen = spoken(tmp_path, speaker, voice, {}).frames

    def mouth(frame: Frame, number: int) -> Frame:
        return np.roll(frame, -number, axis=1)[140:185, 95:155]

    moved = [
        difference(mouth(seen[number], number), mouth(source[number], number))
        for number in range(22)
    ]
    assert min(moved[1:7]) > 3 * max(moved[9:14])
    for number in (3, 11, 18):
        assert difference(seen[number][:80], source[number][:80]) < 2.5


def test_a_shorter_sound_ends_the_clip(tmp_path: Path, speaker: Path) -> None:
    short = save_sound(tmp_path / "short.wav", tone(0.8))

    assert len(spoken(tmp_path, speaker, short, {}).frames) == 12


@pytest.mark.parametrize(("longer", "frames"), [(False, 10), (True, 26)])
def test_a_longer_sound_lengthens_the_clip_only_if_asked_to(
    tmp_path: Path, longer: bool, frames: int
) -> None:
    clip = save_clip(tmp_path / "bars.mp4")
    sound = save_sound(tmp_path / "long.wav", tone(2.6))

    seen = spoken(tmp_path, clip, sound, {"video_extension": longer})

    assert len(seen.frames) == frames


def test_a_lengthened_clip_runs_backwards_and_forwards(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "bars.mp4")
    sound = save_sound(tmp_path / "long.wav", np.zeros((114_660, 2), np.int16) + 1)

    seen = spoken(tmp_path, clip, sound, {"video_extension": True})

    light = [float(frame.mean()) for frame in seen.frames]
    assert light[10:20] == pytest.approx(light[9::-1], abs=2)
    assert light[20:26] == pytest.approx(light[:6], abs=2)


def test_a_reference_picture_chooses_who_speaks(tmp_path: Path) -> None:
    """Two heads side by side; the smaller, second one is named by its picture."""
    large = portrait(tmp_path / "large.png", side=200, seed=1)
    small = portrait(tmp_path / "small.png", side=170, seed=4)
    both = Image.new("RGB", (380, 200), "#d8c8a0")
    both.paste(Image.open(large), (0, 0))
    both.paste(Image.open(small), (206, 30))
    form = ClipForm(width_pixels=380, height_pixels=200, frames_per_second=10, duration_seconds=0.6)
    clip = tmp_path / "both.mp4"
    clip.write_bytes(encode_clip([np.asarray(both)], form))
    sound = save_sound(tmp_path / "sound.wav", tone(0.6))

    def changed(*reference: tuple[str, Path]) -> tuple[float, float]:
        job = order("lip-sync", "", ("video", clip), ("audio", sound), *reference, options={})
        frame = filmed(make_lip_sync, job, tmp_path).frames[3]
        still = np.asarray(both)
        return difference(frame[:, :200], still[:, :200]), difference(
            frame[:, 206:], still[:, 206:]
        )

    first, second = changed()
    assert first > second
    first, second = changed(("image", small))
    assert second > first


def test_a_clip_that_is_none_is_refused(tmp_path: Path, voice: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"nothing to see")

    with pytest.raises(Refused, match="video"):
        make(make_lip_sync(order("lip-sync", "", ("video", broken), ("audio", voice))))
