"""Clips and sounds are measured by what they play, not by what they are called or claim."""

from pathlib import Path

import pytest
from PIL import Image

from kaiga.domain.media_faults import MediaProblem
from media.clips import H264, make_clip, make_sound, run_ffmpeg
from media.looking import measure, refuse
from media.origins import Origin, answer


def disguised(path: Path) -> Path:
    """Give the file a name that is wrong in every way."""
    return path.rename(path.with_name("cat.png"))


@pytest.mark.parametrize("name", ["mp4", "mov", "avi", "mkv", "webm", "flv", "ts", "mpg", "mxf"])
async def test_a_clip_is_measured_whatever_it_is_called(tmp_path: Path, name: str):
    clip = disguised(make_clip(tmp_path / f"clip.{name}"))

    found = await measure(clip)

    assert found.format == name
    assert (found.width_pixels, found.height_pixels) == (320, 240)
    assert found.duration_seconds == pytest.approx(2.0, abs=0.05)
    assert found.frames_per_second == pytest.approx(25.0, abs=0.1)
    assert found.codec == {"webm": "vp8", "mpg": "mpeg2video", "mxf": "mpeg2video"}.get(
        name, "h264"
    )
    assert found.has_sound
    assert found.size_bytes == clip.stat().st_size


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("wav", "pcm_s16le"),
        ("mp3", "mp3"),
        ("aac", "aac"),
        ("m4a", "aac"),
        ("ogg", "vorbis"),
        ("flac", "flac"),
    ],
)
async def test_a_sound_is_measured_whatever_it_is_called(tmp_path: Path, name: str, codec: str):
    sound = disguised(make_sound(tmp_path / f"sound.{name}", seconds=3.0))

    found = await measure(sound)

    assert (found.format, found.codec) == (name, codec)
    assert found.duration_seconds == pytest.approx(3.0, abs=0.1)
    assert (found.width_pixels, found.frames_per_second) == (0, 0.0)
    assert found.has_sound


async def test_a_silent_clip_has_no_sound(tmp_path: Path):
    found = await measure(make_clip(tmp_path / "clip.mp4", has_sound=False))

    assert not found.has_sound


async def test_a_turned_clip_is_as_wide_as_it_is_shown(tmp_path: Path):
    clip = make_clip(tmp_path / "clip.mp4")
    turned = run_ffmpeg(
        "-display_rotation", "90", "-i", str(clip), "-c", "copy", to=tmp_path / "turned.mp4"
    )

    found = await measure(turned)

    assert (found.width_pixels, found.height_pixels) == (240, 320)


async def test_the_codecs_have_the_contracts_names(tmp_path: Path):
    clip = make_clip(
        tmp_path / "clip.mp4", output=("-c:v", "libx265", "-x265-params", "log-level=none")
    )

    assert (await measure(clip)).codec == "h265"


async def test_a_film_rate_is_told_as_it_is(tmp_path: Path):
    clip = make_clip(tmp_path / "clip.mp4", rate="24000/1001", has_sound=False)

    assert (await measure(clip)).frames_per_second == pytest.approx(23.976, abs=0.01)


async def test_sound_without_bits_per_second_in_its_header_has_its_true_length(tmp_path: Path):
    sound = make_sound(
        tmp_path / "sound.mp3", seconds=20.0, output=("-q:a", "9", "-write_xing", "0")
    )

    assert (await measure(sound)).duration_seconds == pytest.approx(20.0, abs=0.1)


async def test_a_header_that_claims_another_length_is_not_believed(tmp_path: Path):
    clip = make_clip(tmp_path / "clip.mp4", seconds=3.0)
    content = bytearray(clip.read_bytes())
    header = content.index(b"mvhd")
    ticks = int.from_bytes(content[header + 20 : header + 24])
    content[header + 20 : header + 24] = (ticks // 6).to_bytes(4)
    clip.write_bytes(content)

    assert (await measure(clip)).duration_seconds == pytest.approx(3.0, abs=0.05)


async def test_what_an_edit_list_leaves_out_is_not_counted(tmp_path: Path):
    clip = make_clip(tmp_path / "clip.mp4", seconds=4.0)
    content = bytearray(clip.read_bytes())
    edits = content.index(b"elst")
    ticks = int.from_bytes(content[edits + 12 : edits + 16])
    content[edits + 12 : edits + 16] = (ticks // 2).to_bytes(4)
    clip.write_bytes(content)

    found = await measure(clip)

    assert found.duration_seconds == pytest.approx(2.0, abs=0.05)
    assert found.frames_per_second == pytest.approx(25.0, abs=0.1)


async def test_text_in_a_clip_can_not_pass_for_its_measures(tmp_path: Path):
    forged = "\n#dimensions 0: 8x8\n  Stream #0:0: Video: h264, 8x8, 1 fps\n0, 0, 0, 99999, 1, 0x0"
    clip = make_clip(
        tmp_path / "clip.mkv",
        output=(*H264, "-metadata", f"title={forged}", "-metadata", f"{forged}=x"),
    )

    found = await measure(clip)

    assert (found.width_pixels, found.height_pixels) == (320, 240)
    assert found.duration_seconds == pytest.approx(2.0, abs=0.05)


async def test_a_cover_in_a_sound_makes_no_clip_of_it(tmp_path: Path):
    cover = tmp_path / "cover.png"
    Image.new("RGB", (64, 64), "navy").save(cover)
    sound = make_sound(tmp_path / "plain.mp3")
    covered = run_ffmpeg(
        *("-i", str(sound), "-i", str(cover), "-map", "0", "-map", "1"),
        *("-c", "copy", "-id3v2_version", "3", "-disposition:v", "attached_pic"),
        to=tmp_path / "covered.mp3",
    )

    found = await measure(covered)

    assert (found.format, found.codec) == ("mp3", "mp3")


async def test_mp4_without_pictures_is_a_sound(tmp_path: Path):
    film = make_sound(tmp_path / "sound.mp4")

    assert (await measure(film)).format == "m4a"


async def test_another_film_without_pictures_is_nothing(tmp_path: Path):
    film = make_sound(tmp_path / "sound.mkv")

    assert (await refuse(film)).detail == "it has no picture track"


async def test_a_clip_that_is_cut_before_its_index_is_unreadable(tmp_path: Path):
    clip = make_clip(tmp_path / "clip.mp4")
    clip.write_bytes(clip.read_bytes()[:-2000])

    trouble = await refuse(clip)

    assert trouble.problem is MediaProblem.UNREADABLE


async def test_a_clip_whose_pictures_are_noise_is_unreadable(tmp_path: Path):
    clip = make_clip(tmp_path / "clip.mp4", has_sound=False, output=("-c:v", "mpeg4"))
    content = bytearray(clip.read_bytes())
    pictures = content.index(b"mdat") + 4
    end = content.index(b"moov")
    content[pictures : end - 4] = bytes(end - 4 - pictures)
    clip.write_bytes(content)

    trouble = await refuse(clip)

    assert trouble.problem is MediaProblem.UNREADABLE
    assert trouble.detail == "its first frame can't be decoded"


@pytest.mark.parametrize(
    "head",
    [
        b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2",
        b"RIFF\xff\xff\xff\xffAVI LIST",
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01",
        b"FLV\x01\x05\0\0\0\x09",
        b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01",
        b"RIFF\xff\xff\xff\xffWAVEfmt ",
        b"ID3\x04\0\0\0\0\0\0",
        b"\xff\xfb\x90\x64",
        b"\0\0\x01\xba",
        b"OggS\0\x02",
    ],
)
@pytest.mark.parametrize("rest", [b"", b"\0" * 4000, bytes(range(256)) * 40])
async def test_a_file_that_only_begins_like_a_clip_is_unreadable(
    tmp_path: Path, head: bytes, rest: bytes
):
    path = tmp_path / "input"
    path.write_bytes(head + rest)

    assert (await refuse(path)).problem is MediaProblem.UNREADABLE


PLAYLIST = "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:2,\n{address}\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize("text", [PLAYLIST, "ffconcat version 1.0\nfile '{address}'\n"])
async def test_a_playlist_is_never_followed(origin: Origin, tmp_path: Path, text: str):
    origin.plays["/clip.ts"] = answer(make_clip(tmp_path / "clip.ts").read_bytes())
    playlist = tmp_path / "clip.mp4"

    for address in (origin.url("/clip.ts"), str(tmp_path / "clip.ts")):
        playlist.write_text(text.format(address=address))
        trouble = await refuse(playlist)

        assert trouble.problem is MediaProblem.FORMAT
        assert trouble.detail == "its content is a playlist, which is not followed"
    assert origin.connections == 0


async def test_a_playlist_behind_the_beginning_of_a_clip_is_not_followed_either(
    origin: Origin, tmp_path: Path
):
    origin.plays["/clip.ts"] = answer(make_clip(tmp_path / "clip.ts").read_bytes())
    text = PLAYLIST.format(address=origin.url("/clip.ts")).encode()

    for head in (b"\0\0\0\x10ftypisom\0\0\x02\0", b"ID3\x04\0\0\0\0\0\0", b"FLV\x01\x05\0\0\0\x09"):
        path = tmp_path / "input"
        path.write_bytes(head + text)
        assert (await refuse(path)).problem is MediaProblem.UNREADABLE
    assert origin.connections == 0
