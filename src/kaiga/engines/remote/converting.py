"""Makes MP4 files of clips in other containers, and marked ones, by a separate ffmpeg."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from pathlib import Path

from kaiga.domain.errors import EngineCrashed

_LONGEST_SECONDS = 300.0
_EVEN_SIDES = "pad=ceil(iw/2)*2:ceil(ih/2)*2,format=yuv420p"
"""H.264 in the form that every player reads has colours for two by two pixels."""
_UNDER_MARK = f"[0:v]{_EVEN_SIDES}[clip];[clip][1:v]overlay=0:main_h-overlay_h,format=yuv420p"
_INPUT = ("-protocol_whitelist", "file", "-i")


@dataclass(frozen=True, slots=True)
class ConvertClip:
    """Implements `Convert`; `program` is an ffmpeg, which never reads anything but the file."""

    program: str

    async def __call__(self, source: Path, target: Path, overlay: Path | None = None) -> None:
        """Write `source` to `target` as an MP4 file, with a picture at its lower left corner.

        Raises:
            EngineCrashed: ffmpeg can't read it, or takes too long.
        """
        inputs = [*_INPUT, str(source)]
        if overlay is None:
            inputs += ["-vf", _EVEN_SIDES]
        else:
            inputs += [*_INPUT, str(overlay), "-filter_complex", _UNDER_MARK]
        process = await asyncio.create_subprocess_exec(
            self.program,
            *("-hide_banner", "-loglevel", "error", "-nostdin", *inputs),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-c:a", "aac"),
            *("-movflags", "+faststart", "-y", str(target)),
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=PIPE,
        )
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                _, said = await process.communicate()
        except TimeoutError as error:
            raise EngineCrashed from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            last = said.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise EngineCrashed from ValueError(f"its clip can't be made an MP4 file: {last}")
