"""Clips and sounds for these tests, made by the packaged ffmpeg."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast")
MPEG2 = ("-c:v", "mpeg2video")
CODECS = {
    "mpg": (*MPEG2, "-c:a", "mp2"),
    "mxf": (*MPEG2, "-c:a", "pcm_s16le", "-ar", "48000"),
    "webm": ("-c:v", "libvpx", "-c:a", "libopus"),
}


def make_clip(
    path: Path,
    *,
    size: str = "320x240",
    rate: str = "25",
    seconds: float = 2.0,
    has_sound: bool = True,
    output: Sequence[str] | None = None,
) -> Path:
    """Make a clip of a moving test picture in the format of the path's extension."""
    sound = ("-f", "lavfi", "-i", "sine=440") if has_sound else ()
    coded = CODECS.get(path.suffix[1:], (*H264, "-c:a", "aac")) if output is None else output
    picture = ("-f", "lavfi", "-i", f"testsrc=s={size}:r={rate}")
    return run_ffmpeg(*picture, *sound, "-t", str(seconds), *coded, to=path)


def make_sound(path: Path, *, seconds: float = 2.0, output: Sequence[str] = ()) -> Path:
    """Make a tone in the format of the path's extension."""
    return run_ffmpeg("-f", "lavfi", "-i", "sine=440", "-t", str(seconds), *output, to=path)


def run_ffmpeg(*arguments: str, to: Path) -> Path:
    command = [FFMPEG, "-v", "error", "-y", "-nostdin", *arguments, str(to)]
    subprocess.run(command, check=True, timeout=60)
    return to
