"""Written clips, looked at with other eyes: what they are, how long, and what they say."""

import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from clip_samples import bars, difference, see_clip, tone
from kaiga.engines.sketch.film.encoding import STEPS, encode_clip, even_sides, film
from kaiga.engines.sketch.film.frames import ClipForm
from kaiga.engines.sketch.film.program import FfmpegFailed


def form(width: int = 96, height: int = 64, rate: float = 24.0, seconds: float = 1.0) -> ClipForm:
    return ClipForm(
        width_pixels=width,
        height_pixels=height,
        frames_per_second=rate,
        duration_seconds=seconds,
    )


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which temporary files come to be."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize(
    ("rate", "seconds", "count", "exact"),
    [
        (24.0, 1.0, 24, Fraction(24)),
        (30.0, 0.5, 15, Fraction(30)),
        (16.0, 1.31, 21, Fraction(16)),
        (29.97, 1.0, 30, Fraction(30_000, 1001)),
        (12.5, 0.8, 10, Fraction(25, 2)),
    ],
)
def test_a_clip_has_the_rate_and_the_number_of_frames_that_were_asked_for(
    tmp_path: Path, rate: float, seconds: float, count: int, exact: Fraction
) -> None:
    asked = form(rate=rate, seconds=seconds)

    seen = see_clip(encode_clip(bars(asked), asked), tmp_path / "clip.mp4")

    assert len(seen.frames) == count
    assert seen.rate == exact
    assert seen.seconds == pytest.approx(count / float(exact), abs=0.001)


def test_a_clip_is_h264_in_the_format_that_every_player_reads(tmp_path: Path) -> None:
    asked = form()

    content = encode_clip(bars(asked), asked)

    seen = see_clip(content, tmp_path / "clip.mp4")
    assert (seen.codec, seen.pixel_format, seen.size) == ("h264", "yuv420p", (96, 64))
    assert content.index(b"moov") < content.index(b"mdat")


def test_frames_keep_their_order_and_their_colours(tmp_path: Path) -> None:
    asked = form()

    seen = see_clip(encode_clip(bars(asked), asked), tmp_path / "clip.mp4")

    assert max(difference(a, b) for a, b in zip(seen.frames, bars(asked), strict=True)) < 6


def test_an_odd_side_grows_by_one_line_that_repeats_the_last(tmp_path: Path) -> None:
    asked = form(width=65, height=47)

    seen = see_clip(encode_clip(bars(asked), asked), tmp_path / "clip.mp4")

    assert seen.size == even_sides(asked) == (66, 48)
    assert difference(seen.frames[0][47], seen.frames[0][46]) < 3


def test_the_same_frames_and_sound_give_the_same_bytes() -> None:
    asked = form()
    sound = tone(1.0)

    assert encode_clip(bars(asked), asked, sound) == encode_clip(bars(asked), asked, sound)


def test_one_thread_encodes_since_more_make_the_bytes_a_matter_of_luck() -> None:
    asked = form()

    assert b" threads=1 lookahead_threads=1 " in encode_clip(bars(asked), asked)


def test_surplus_frames_are_not_even_asked_for() -> None:
    asked = form(seconds=0.5)
    frames = bars(form(seconds=2.0))

    encode_clip(frames, asked)

    assert sum(1 for _ in frames) == 48 - 12


def test_the_last_frame_stays_where_frames_are_missing(tmp_path: Path) -> None:
    asked = form(seconds=1.0)
    few = list(bars(asked))[:6]

    seen = see_clip(encode_clip(few, asked), tmp_path / "clip.mp4")

    assert len(seen.frames) == 24
    assert difference(seen.frames[-1], few[-1]) < 6


def test_no_frame_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs a frame"):
        encode_clip([], form())


def test_a_frame_of_another_size_is_an_error() -> None:
    with pytest.raises(ValueError, match="the clip 96 by 64"):
        encode_clip([np.zeros((64, 64, 3), np.uint8)], form())


@pytest.mark.parametrize("heard_seconds", [0.3, 1.0, 4.0])
def test_sound_is_as_long_as_the_clip_however_long_it_was(
    tmp_path: Path, heard_seconds: float
) -> None:
    asked = form(rate=24.0, seconds=1.5)

    content = encode_clip(bars(asked), asked, tone(heard_seconds))

    seen = see_clip(content, tmp_path / "clip.mp4")
    assert (seen.sound_codec, seen.sound_rate, seen.sound_channels) == ("aac", 44_100, 2)
    assert seen.sound_seconds == pytest.approx(1.5, abs=0.001)


def test_sound_that_ends_early_is_followed_by_silence(tmp_path: Path) -> None:
    asked = form(seconds=1.5)

    seen = see_clip(encode_clip(bars(asked), asked, tone(0.5)), tmp_path / "clip.mp4")

    assert seen.samples is not None
    assert np.abs(seen.samples[:, 4410:17640]).mean() > 0.2
    assert np.abs(seen.samples[:, 30_000:60_000]).mean() < 0.002


def test_a_clip_without_sound_has_no_sound_track(tmp_path: Path) -> None:
    asked = form()

    assert see_clip(encode_clip(bars(asked), asked), tmp_path / "clip.mp4").sound_codec == ""


def test_the_mark_stands_at_the_lower_right_of_every_frame_and_nowhere_else(
    tmp_path: Path,
) -> None:
    asked = form(width=320, height=180)

    plain = see_clip(encode_clip(bars(asked), asked), tmp_path / "plain.mp4")
    marked = see_clip(
        encode_clip(bars(asked), asked, watermark="AI Generated"), tmp_path / "marked.mp4"
    )

    for before, after in zip(plain.frames, marked.frames, strict=True):
        assert difference(before[160:, 200:], after[160:, 200:]) > 8
        assert difference(before[:150], after[:150]) < 1


def test_marking_changes_no_frame_in_place() -> None:
    asked = form(width=320, height=180)
    frame = np.full((180, 320, 3), 90, np.uint8)

    encode_clip([frame] * 3, asked, watermark="AI Generated")

    assert (frame == 90).all()


@pytest.mark.parametrize("seconds", [0.2, 1.0, 5.0])
def test_progress_is_told_in_order_and_ends_with_the_last_step(seconds: float) -> None:
    asked = form(width=32, height=32, seconds=seconds)

    steps = [each.step for each in film(bars(asked), asked)]

    assert steps == sorted(set(steps))
    assert steps[-1] == STEPS
    assert len(steps) == min(STEPS, asked.frame_count)


def test_nothing_is_left_behind_by_a_clip_that_was_made(scratch: Path) -> None:
    asked = form()

    encode_clip(bars(asked), asked, tone(1.0))

    assert list(scratch.iterdir()) == []


def test_nothing_is_left_behind_by_a_clip_that_was_given_up(scratch: Path) -> None:
    asked = form(seconds=5.0)
    filming = film(bars(asked), asked, tone(1.0))
    next(filming)

    filming.close()

    assert list(scratch.iterdir()) == []


def test_nothing_is_left_behind_by_frames_that_fail(scratch: Path) -> None:
    asked = form(seconds=5.0)
    frames = [*list(bars(asked))[:5], np.zeros((2, 2, 3), np.uint8)]

    with pytest.raises(ValueError, match="a frame is"):
        encode_clip(frames, asked)

    assert list(scratch.iterdir()) == []


def test_nothing_is_left_behind_where_ffmpeg_fails(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = form()
    monkeypatch.setenv("KAIGA_FFMPEG", "/bin/false")

    with pytest.raises(FfmpegFailed):
        encode_clip(bars(asked), asked)

    assert list(scratch.iterdir()) == []
