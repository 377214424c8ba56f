"""Clips are played on beyond their end: again, or backwards and forwards."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from clip_samples import give, save_clip
from kaiga.engines.sketch.film.frames import ClipForm
from kaiga.engines.sketch.footage.replaying import play_over, play_to_and_fro

FORM = ClipForm(width_pixels=96, height_pixels=64, frames_per_second=10, duration_seconds=3)


def lightness(frames: object) -> list[float]:
    return [float(frame.mean()) for frame in islice(frames, 26)]  # type: ignore[call-overload]


def test_a_clip_played_over_begins_anew_at_its_end(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "bars.mp4")

    light = lightness(play_over(give("video", clip), FORM, length_seconds=1.0))

    assert light[10:20] == pytest.approx(light[:10], abs=1)
    assert light[10] < light[9] - 10


@pytest.mark.parametrize("held_frames", [100, 3])
def test_a_clip_played_to_and_fro_turns_at_its_end(tmp_path: Path, held_frames: int) -> None:
    clip = give("video", save_clip(tmp_path / "bars.mp4"))
    held_bytes = held_frames * 96 * 64 * 3

    light = lightness(play_to_and_fro(clip, FORM, length_seconds=1.0, held_bytes=held_bytes))

    assert light[10:20] == pytest.approx(light[9::-1], abs=1)
    assert light[20:26] == pytest.approx(light[:6], abs=1)
    assert np.ptp(light[:10]) > 40
