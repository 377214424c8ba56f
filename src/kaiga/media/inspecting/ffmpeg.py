"""Runs ffmpeg on strangers' files: one file in, facts out, and nothing else opened.

ffmpeg is a program of its own and never linked (docs/licences.md).
"""

import asyncio
import contextlib
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from shutil import which

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs]  it has none
import msgspec

from kaiga.domain.errors import StartRefused, TryLater

_MOST_BYTES_AT_ONCE = 256 * 1024 * 1024
"""In one piece of memory; a frame of the largest size that is decoded needs less."""
MOST_PIXELS = 8192 * 8192
"""Larger pictures than any model of the contract takes are not decoded.

Source: contract/image-models.md, 11.
"""
_READ_BYTES = 64 * 1024
_EMPTYING_SECONDS = 1.0


def find_ffmpeg(named: str | None = None) -> str:
    """Give the ffmpeg to run: the one that a setting names, the packaged one, the system's.

    Raises:
        StartRefused: there is none, or the named one can't be run.
    """
    if named:
        found = which(named)
        if found is None:
            raise StartRefused(f"KAIGA_FFMPEG={named} is no program that can be run.")
        return found
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        found = which("ffmpeg")
    if found is None:
        raise StartRefused("There is no ffmpeg. Install one, or name it in KAIGA_FFMPEG.")
    return found


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of ffmpeg wrote to its standard output; it was good only where `is_whole`."""

    text: str
    is_whole: bool


class FfmpegReader:
    """Runs ffmpeg to read files, at most so many at once and each for a limited time."""

    def __init__(
        self, program: str, *, timeout_seconds: float, most_output_bytes: int, most_at_once: int
    ) -> None:
        self._program = program
        self._timeout_seconds = timeout_seconds
        self._most_output_bytes = most_output_bytes
        self._turns = asyncio.Semaphore(most_at_once)

    async def read(
        self, path: Path, demuxer: str, output: Sequence[str], to: Path | None = None
    ) -> Said:
        """Read `path` as `demuxer` and nothing else, with `output` as ffmpeg's output options.

        The demuxer is forced, so that a playlist under another name is never followed. What
        ffmpeg makes is given back, or written to the file `to`. A run that takes too long or
        says too much is killed and not whole; `to` may then hold a part.

        Raises:
            TryLater: ffmpeg can't be started.
        """
        command = [
            self._program, "-hide_banner", "-nostdin", "-y", "-loglevel", "quiet",
            "-max_alloc", str(_MOST_BYTES_AT_ONCE),
            "-protocol_whitelist", "file", "-threads", "1", "-max_pixels", str(MOST_PIXELS),
            *(["-enable_drefs", "0"] if demuxer == "mov" else []),
            "-f", demuxer, "-i", f"file:{path}",
            *output, "pipe:1" if to is None else f"file:{to}",
        ]  # fmt: skip
        async with self._turns:
            process = await _start(command)
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    return await self._listen(process)
            except TimeoutError:
                return Said(text="", is_whole=False)
            finally:
                await _end(process)

    async def _listen(self, process: Process) -> Said:
        if process.stdout is None:
            raise ValueError("ffmpeg was started without a pipe")
        said = bytearray()
        while piece := await process.stdout.read(_READ_BYTES):
            said += piece
            if len(said) > self._most_output_bytes:
                return Said(text="", is_whole=False)
        code = await process.wait()
        return Said(text=said.decode("ascii", "replace"), is_whole=code == 0)


async def _start(command: Sequence[str]) -> Process:
    try:
        # No environment: the program needs nothing of it, and it holds keys.
        return await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, env={}
        )
    except OSError as error:
        raise TryLater from error


async def _end(process: Process) -> None:
    """Kill what still runs, and read what it left in the pipe, which closes only then."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_EMPTYING_SECONDS):
            while process.stdout is not None and await process.stdout.read(_READ_BYTES):
                pass
