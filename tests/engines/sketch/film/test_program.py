"""The separate ffmpeg: which one is run, and that none of its failures is waited for in vain."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clip_samples import bars
from kaiga.engines.sketch.film.encoding import film
from kaiga.engines.sketch.film.frames import ClipForm
from kaiga.engines.sketch.film.program import FfmpegFailed, FfmpegRun, find_ffmpeg
from running import wait_until

FORM = ClipForm(width_pixels=320, height_pixels=240, frames_per_second=24, duration_seconds=20)


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_the_packaged_ffmpeg_is_run_where_none_is_named() -> None:
    assert "imageio_ffmpeg" in find_ffmpeg({})


def test_a_named_ffmpeg_is_run_before_any_other() -> None:
    assert find_ffmpeg({"KAIGA_FFMPEG": "/bin/true"}) == "/bin/true"
    assert find_ffmpeg({"KAIGA_FFMPEG": "true"}) == shutil.which("true")


def test_a_named_ffmpeg_that_is_not_there_is_told_of() -> None:
    with pytest.raises(FfmpegFailed, match="KAIGA_FFMPEG names /nowhere/ffmpeg"):
        find_ffmpeg({"KAIGA_FFMPEG": "/nowhere/ffmpeg"})


def test_a_program_that_is_none_fails_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_bytes(b"\x7fELF no program")
    broken.chmod(0o755)
    monkeypatch.setenv("KAIGA_FFMPEG", str(broken))

    with pytest.raises(FfmpegFailed, match="can't be started"):
        FfmpegRun(["-version"])


def test_an_ffmpeg_that_breaks_off_ends_the_clip_with_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "KAIGA_FFMPEG",
        script(tmp_path / "ffmpeg", "head -c 500000 >/dev/null; echo no room >&2; exit 3"),
    )

    with pytest.raises(FfmpegFailed, match="ended with 3: no room"):
        for _ in film(bars(FORM), FORM):
            pass


def test_an_ffmpeg_that_is_killed_midway_ends_the_clip_with_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "pid"
    real = find_ffmpeg({})
    monkeypatch.setenv(
        "KAIGA_FFMPEG", script(tmp_path / "ffmpeg", f'echo $$ > "{told}"; exec "{real}" "$@"')
    )
    filming = film(bars(FORM), FORM)
    next(filming)

    os.kill(int(told.read_text()), signal.SIGKILL)

    with pytest.raises(FfmpegFailed, match="ended with -9"):
        for _ in filming:
            pass


def test_an_ffmpeg_that_gives_nothing_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAIGA_FFMPEG", script(tmp_path / "ffmpeg", "exec sleep 600"))

    with FfmpegRun([], stall_seconds=0.2) as run:
        with pytest.raises(FfmpegFailed, match="stood still"):
            run.read(1)

        assert run.has_stalled


def test_an_ffmpeg_that_takes_nothing_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAIGA_FFMPEG", script(tmp_path / "ffmpeg", "exec sleep 600"))

    with (
        FfmpegRun([], stall_seconds=0.2) as run,
        pytest.raises(FfmpegFailed, match="stood still"),
    ):
        run.write(bytes(1 << 20))


def test_leaving_a_run_ends_its_process() -> None:
    with FfmpegRun(["-f", "lavfi", "-i", "color=red", "-f", "rawvideo", "pipe:1"]) as run:
        running = run.process_id

    with pytest.raises(ProcessLookupError):
        os.kill(running, 0)


def test_ffmpeg_does_not_outlive_a_process_that_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    ffmpeg = script(tmp_path / "ffmpeg", f'echo $$ > "{told}"; exec "{find_ffmpeg({})}" "$@"')
    program = (
        "from clip_samples import bars\n"
        "from kaiga.engines.sketch.film.encoding import film\n"
        "from kaiga.engines.sketch.film.frames import ClipForm\n"
        "form = ClipForm(width_pixels=64, height_pixels=64, frames_per_second=24,"
        " duration_seconds=20)\n"
        "filming = film(bars(form), form)\n"
        "next(filming)\n"
        "print(flush=True)\n"
        "input()\n"
    )
    environment = {"KAIGA_FFMPEG": ffmpeg, "PYTHONPATH": ":".join(sys.path)}

    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment | {"TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as filming:
        assert filming.stdout is not None
        filming.stdout.readline()
        filming.kill()

    wait_until(lambda: not _is_running(int(told.read_text())), "ffmpeg to end")


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process_id}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
