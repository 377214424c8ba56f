"""Given clips and sounds: their measures, their frames, and what is refused."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from clip_samples import bars, difference, give, save_clip, save_picture, tone
from kaiga.engines.sketch.film.frames import SAMPLES_PER_SECOND, ClipForm
from kaiga.engines.sketch.film.program import find_ffmpeg
from kaiga.engines.sketch.film.reading import Fit, measure_clip, read_frames, read_sound
from kaiga.engines.sketch.making import Refused


def convert(source: Path, target: Path, *arguments: str, before: tuple[str, ...] = ()) -> Path:
    command = [find_ffmpeg(), "-v", "error", *before, "-i", str(source), *arguments, str(target)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return target


def test_a_clip_is_measured(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", width=96, height=64, rate=24, seconds=2, sound=tone(2))

    measures = measure_clip(give("video", clip))

    assert (measures.width_pixels, measures.height_pixels) == (96, 64)
    assert measures.frames_per_second == 24
    assert measures.duration_seconds == pytest.approx(2, abs=0.05)
    assert measures.has_sound
    assert measures.frame_count == 48


def test_a_television_rate_is_measured_exactly(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", rate=29.97)

    measures = measure_clip(give("video", clip))

    assert measures.frames_per_second == pytest.approx(30_000 / 1001)
    assert not measures.has_sound


def test_a_clip_that_is_to_be_shown_turned_is_measured_and_read_upright(tmp_path: Path) -> None:
    flat = save_clip(tmp_path / "a.mp4", width=96, height=64)
    turned = convert(flat, tmp_path / "b.mp4", "-c", "copy", before=("-display_rotation", "90"))
    media = give("video", turned)

    measures = measure_clip(media)
    frame = next(read_frames(media, width_pixels=64, height_pixels=96, frames_per_second=10))

    assert (measures.width_pixels, measures.height_pixels) == (64, 96)
    assert frame[-8:].mean() > frame[:40].mean() + 40  # the bar at the left lies at the bottom


def test_frames_come_in_their_order_and_as_they_were_written(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", width=96, height=64, rate=10, seconds=1)
    form = ClipForm(width_pixels=96, height_pixels=64, frames_per_second=10, duration_seconds=1)

    frames = list(
        read_frames(give("video", clip), width_pixels=96, height_pixels=64, frames_per_second=10)
    )

    assert max(difference(a, b) for a, b in zip(frames, bars(form), strict=True)) < 8


@pytest.mark.parametrize(("rate", "count"), [(5, 10), (10, 20), (30, 60)])
def test_another_rate_repeats_or_leaves_out_frames_and_keeps_the_time(
    tmp_path: Path, rate: float, count: int
) -> None:
    clip = save_clip(tmp_path / "a.mp4", rate=10, seconds=2)

    frames = list(
        read_frames(give("video", clip), width_pixels=96, height_pixels=64, frames_per_second=rate)
    )

    assert len(frames) == pytest.approx(count, abs=1)


def test_a_part_of_a_clip_is_read(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", rate=10, seconds=2)
    media = give("video", clip)
    size = {"width_pixels": 96, "height_pixels": 64, "frames_per_second": 10.0}

    whole = list(read_frames(media, **size))
    part = list(read_frames(media, **size, start_seconds=1.0, duration_seconds=0.5))

    assert len(part) == 5
    assert difference(part[0], whole[10]) < 2


def test_covering_cuts_the_sides_off_and_containing_keeps_them(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", width=128, height=64)
    media = give("video", clip)

    def first(fit: Fit) -> np.ndarray:
        return next(
            read_frames(media, width_pixels=64, height_pixels=64, frames_per_second=10, fit=fit)
        )

    covered, contained, stretched = first(Fit.COVER), first(Fit.CONTAIN), first(Fit.STRETCH)
    assert covered[:, :8].mean() < 40  # the bar at the left edge is cut off
    assert contained[:14].max() < 24  # black above
    assert contained[32, 1].mean() > 80  # and the bar below it
    assert stretched[2, 1].mean() > 80


def test_a_webm_and_a_gif_are_read_like_an_mp4(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", rate=10, seconds=1)
    for name, arguments in (
        ("b.webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime")),
        ("c.gif", ()),
        ("d.avi", ("-c:v", "mjpeg")),
    ):
        media = give("video", convert(clip, tmp_path / name, *arguments))

        assert measure_clip(media).width_pixels == 96
        frames = read_frames(media, width_pixels=96, height_pixels=64, frames_per_second=10)
        assert len(list(frames)) == pytest.approx(10, abs=1)


def test_a_clip_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", width=320, height=240, rate=10, seconds=3)
    broken = tmp_path / "b.mp4"
    broken.write_bytes(clip.read_bytes()[: clip.stat().st_size * 2 // 3])

    frames = list(
        read_frames(
            give("video", broken), width_pixels=320, height_pixels=240, frames_per_second=10
        )
    )

    assert 3 < len(frames) < 30


def test_giving_up_on_a_clip_ends_its_decoder(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", width=640, height=480, rate=10, seconds=3)
    frames = read_frames(
        give("video", clip), width_pixels=640, height_pixels=480, frames_per_second=10
    )
    next(frames)

    frames.close()

    assert list(frames) == []


def test_sound_is_read_as_stereo_from_clips_and_sound_files(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", seconds=2, sound=tone(2))
    mono = convert(clip, tmp_path / "b.mp3", "-vn", "-ac", "1", "-ar", "22050")

    for file in (clip, mono):
        sound = read_sound(give("audio", file), most_seconds=10)

        assert sound.shape[1] == 2
        assert len(sound) / SAMPLES_PER_SECOND == pytest.approx(2, abs=0.1)
        assert 5000 < np.abs(sound[20_000:60_000].astype(int)).mean() < 16_000


def test_no_more_sound_is_read_than_wanted(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "a.mp4", seconds=3, sound=tone(3))

    sound = read_sound(give("audio", clip), most_seconds=1)

    assert len(sound) / SAMPLES_PER_SECOND == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    "content",
    [b"", b"no clip at all", b"\x00\x00\x00\x18ftypmp42" + bytes(200), b"\x1aE\xdf\xa3" * 9],
    ids=["empty", "text", "only the head of an MP4", "only the head of a Matroska"],
)
def test_what_is_no_clip_is_refused_by_its_role(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(content)
    media = give("first_clip", file)

    for attempt in (
        lambda: measure_clip(media),
        lambda: next(read_frames(media, width_pixels=32, height_pixels=32, frames_per_second=10)),
        lambda: read_sound(media, most_seconds=1),
    ):
        with pytest.raises(Refused, match="first_clip") as refusal:
            attempt()
        assert refusal.value.code == "InvalidParameter"
        assert str(tmp_path) not in refusal.value.message


def test_a_sound_file_is_no_clip_and_a_silent_clip_no_sound(tmp_path: Path) -> None:
    silent = save_clip(tmp_path / "a.mp4")
    sound = convert(save_clip(tmp_path / "b.mp4", sound=tone(1)), tmp_path / "b.wav", "-vn")

    with pytest.raises(Refused):
        measure_clip(give("video", sound))
    with pytest.raises(Refused):
        read_sound(give("audio", silent), most_seconds=1)


@pytest.mark.parametrize(
    ("name", "playlist"),
    [
        ("a.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.ts\n#EXT-X-ENDLIST\n"),
        ("a.ffconcat", "ffconcat version 1.0\nfile secret.ts\n"),
    ],
    ids=["hls", "concat"],
)
def test_a_playlist_can_not_have_another_file_read(
    tmp_path: Path, name: str, playlist: str
) -> None:
    convert(save_clip(tmp_path / "b.mp4"), tmp_path / "secret.ts", "-c", "copy")
    lure = tmp_path / name
    lure.write_text(playlist)

    with pytest.raises(Refused):
        measure_clip(give("video", lure))
    with pytest.raises(Refused):
        next(
            read_frames(
                give("video", lure), width_pixels=32, height_pixels=32, frames_per_second=10
            )
        )


def test_a_name_that_looks_like_an_address_is_still_a_file(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "http:%2d odd 名前 #1.mp4")

    assert measure_clip(give("video", clip)).width_pixels == 96


def test_a_still_picture_is_no_clip(tmp_path: Path) -> None:
    picture = save_picture(tmp_path / "a.png", "a cat")

    with pytest.raises(Refused):
        measure_clip(give("video", picture))
