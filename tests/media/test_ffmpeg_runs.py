"""A run of ffmpeg ends in time, opens nothing but its file, and knows no secrets."""

import asyncio
import os
from pathlib import Path

import pytest

from kaiga.domain.errors import StartRefused, TryLater
from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.media.inspecting import ContentInspector, find_ffmpeg
from kaiga.media.inspecting.ffmpeg import FfmpegReader
from media.clips import FFMPEG, make_clip
from media.origins import Origin, answer


def make_program(folder: Path, *lines: str) -> str:
    """Write a program that stands in for an ffmpeg that misbehaves."""
    path = folder / "ffmpeg"
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return str(path)


def make_reader(
    program: str, *, timeout_seconds: float = 30.0, most_at_once: int = 2
) -> FfmpegReader:
    return FfmpegReader(
        program,
        timeout_seconds=timeout_seconds,
        most_output_bytes=1_000_000,
        most_at_once=most_at_once,
    )


def has_ended(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text()), 0)
    except ProcessLookupError:
        return True
    return False


async def test_a_run_that_stands_still_is_killed(tmp_path: Path):
    pid_file = tmp_path / "pid"
    program = make_program(tmp_path, f"echo $$ > {pid_file}", "exec sleep 600")

    said = await make_reader(program, timeout_seconds=0.5).read(tmp_path / "a", "mov", ())

    assert not said.is_whole
    assert has_ended(pid_file)


async def test_a_run_that_says_too_much_is_killed(tmp_path: Path):
    pid_file = tmp_path / "pid"
    program = make_program(tmp_path, f"echo $$ > {pid_file}", "exec yes")

    said = await make_reader(program).read(tmp_path / "a", "mov", ())

    assert not said.is_whole
    assert has_ended(pid_file)


async def test_a_cancelled_run_is_killed(tmp_path: Path):
    pid_file, started = tmp_path / "pid", tmp_path / "started"
    os.mkfifo(started)
    program = make_program(tmp_path, f"echo $$ > {pid_file}", f"echo > {started}", "exec sleep 600")
    run = asyncio.create_task(make_reader(program).read(tmp_path / "a", "mov", ()))
    await asyncio.to_thread(started.read_text)

    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run

    assert has_ended(pid_file)


async def test_a_clip_that_can_not_be_read_in_time_is_unreadable(tmp_path: Path):
    clip = make_clip(tmp_path / "clip.mp4")
    inspector = ContentInspector(
        ffmpeg=make_program(tmp_path, "exec sleep 600"), timeout_seconds=0.3
    )

    found = await inspector.inspect(clip)

    assert isinstance(found, MediaTrouble)
    assert found.problem is MediaProblem.UNREADABLE


async def test_a_run_has_nothing_of_our_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("KAIGA_API_KEY", "sk-secret")

    said = await make_reader(make_program(tmp_path, "exec env")).read(tmp_path / "a", "mov", ())

    assert said.is_whole
    assert "sk-secret" not in said.text


async def test_no_more_runs_than_allowed_go_on_together(tmp_path: Path):
    running = tmp_path / "running"
    program = make_program(
        tmp_path,
        f"mkdir {running} || exit 1",  # fails while another one goes on
        "sleep 0.1",
        f"rmdir {running}",
    )
    reader = make_reader(program, most_at_once=1)

    said = await asyncio.gather(*(reader.read(tmp_path / "a", "mov", ()) for _ in range(4)))

    assert all(each.is_whole for each in said)


async def test_a_program_that_can_not_be_started_is_no_fault_of_the_client(tmp_path: Path):
    with pytest.raises(TryLater):
        await make_reader(str(tmp_path / "missing")).read(tmp_path / "a", "mov", ())


async def test_even_a_playlist_reader_reaches_no_network(origin: Origin, tmp_path: Path):
    origin.plays["/clip.ts"] = answer(make_clip(tmp_path / "clip.ts").read_bytes())
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXTINF:2,\n{origin.url('/clip.ts')}\n#EXT-X-ENDLIST\n")

    await make_reader(FFMPEG).read(playlist, "hls", ("-c", "copy", "-f", "framecrc"))

    assert origin.connections == 0


async def test_a_name_that_looks_like_an_option_or_an_address_is_a_file(tmp_path: Path):
    clip = make_clip(tmp_path / "clip.mp4")
    odd = clip.rename(tmp_path / "http:-i -y %03d.mp4")

    found = await ContentInspector(ffmpeg=FFMPEG).inspect(odd)

    assert not isinstance(found, MediaTrouble)


def test_the_ffmpeg_that_a_setting_names_is_taken(tmp_path: Path):
    program = make_program(tmp_path, "exit 0")

    assert find_ffmpeg(program) == program
    assert find_ffmpeg() == FFMPEG


def test_an_ffmpeg_that_does_not_exist_stops_the_start(tmp_path: Path):
    with pytest.raises(StartRefused, match="KAIGA_FFMPEG="):
        find_ffmpeg(str(tmp_path / "missing"))
