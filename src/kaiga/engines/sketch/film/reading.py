"""Reads given clips and sounds: their measures, frames and samples, by a separate ffmpeg.

Files come from strangers. Each is read as one of the formats listed here and as nothing else, so
that no playlist can have further files read, and none but itself is opened.
"""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from kaiga.engines.sketch.film.frames import (
    SAMPLES_PER_SECOND,
    Frame,
    Sound,
    make_rate,
)
from kaiga.engines.sketch.film.program import FfmpegFailed, FfmpegRun
from kaiga.engines.sketch.making import Refused
from kaiga.ports.engine import JobMedia

CONTAINERS = (
    "mov", "matroska", "avi", "flv", "asf", "mpegts", "mpeg", "mxf", "gif",
    "wav", "mp3", "aac", "ogg", "flac", "aiff", "amr",
)  # fmt: skip
"""What is read, in ffmpeg's names; `mov` is MP4 and its kin, `matroska` is WebM as well."""

MOST_SIDE_PIXELS = 8192
"""Larger frames than any model of the contract takes are not decoded."""

_SIZE = re.compile(rb"P6\s+(\d+)\s+(\d+)\s+255\s")
_LENGTH = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_RATE = re.compile(r"Stream #0:.*Video:.*?([\d.]+(?:k)?) (fps|tbr)")
_USUAL_RATE = 25.0


class Fit(Enum):
    """How a picture comes to a size of another ratio."""

    COVER = "cover"
    """It fills the size, and what stands over is cut off evenly."""
    CONTAIN = "contain"
    """All of it is seen, with black beside or above it."""
    STRETCH = "stretch"
    """Its ratio changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipMeasures:
    """What a clip is: sides in pixels as it is to be shown, frames per second, seconds."""

    width_pixels: int
    height_pixels: int
    frames_per_second: float
    duration_seconds: float
    has_sound: bool

    @property
    def frame_count(self) -> int:
        """About how many frames it has at its own rate."""
        return max(1, round(self.duration_seconds * float(make_rate(self.frames_per_second))))


def measure_clip(media: JobMedia) -> ClipMeasures:
    """Look at a clip: its first frame is decoded, and with that proven to be one.

    Raises:
        Refused: the file is no clip that can be decoded.
        FfmpegFailed: there is no ffmpeg, or it stood still.
    """
    arguments = ["-loglevel", "info", *_input(media), "-map", "0:V:0", "-frames:v", "1"]
    with FfmpegRun([*arguments, "-f", "image2pipe", "-c:v", "ppm", "pipe:1"]) as run:
        run.close_input()
        head = run.read(64)
        while run.read(1 << 20):
            pass
        _ensure_read(run, media)
        said = run.read_complaints()
    size = _SIZE.match(head)
    if size is None:
        raise _undecodable(media)
    return ClipMeasures(
        width_pixels=int(size[1]),
        height_pixels=int(size[2]),
        frames_per_second=_find_rate(said),
        duration_seconds=_find_length(said),
        has_sound=re.search(r"Stream #0:.*Audio:", said) is not None,
    )


def read_frames(
    media: JobMedia,
    *,
    width_pixels: int,
    height_pixels: int,
    frames_per_second: float,
    fit: Fit = Fit.COVER,
    start_seconds: float = 0.0,
    duration_seconds: float | None = None,
) -> Generator[Frame]:
    """Give a clip's frames one by one, at this size and rate, upright as it is to be shown.

    Frames are repeated or left out where the clip's own rate is another. The generator holds one
    frame at a time; closing it ends the decoding. A file that breaks off in its middle gives the
    frames before that.

    Raises:
        Refused: no frame can be decoded.
        FfmpegFailed: there is no ffmpeg, or it stood still.
    """
    rate = make_rate(frames_per_second)
    shape = _shape(fit, width_pixels, height_pixels)
    arguments = [
        *_span(start_seconds, duration_seconds), *_input(media), "-map", "0:V:0",
        "-vf", f"fps={rate.numerator}/{rate.denominator},{shape},setsar=1",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1",
    ]  # fmt: skip
    given = 0
    with FfmpegRun(arguments) as run:
        run.close_input()
        while True:
            frame = np.empty((height_pixels, width_pixels, 3), np.uint8)
            if run.read_into(memoryview(frame).cast("B")) < frame.nbytes:
                break
            given += 1
            yield frame
    if not given:
        raise _undecodable(media)


def read_sound(media: JobMedia, *, most_seconds: float) -> Sound:
    """Give the sound of a clip or sound file as stereo, its first `most_seconds` at most.

    Raises:
        Refused: the file has no sound that can be decoded.
        FfmpegFailed: there is no ffmpeg, or it stood still.
    """
    arguments = [
        *_span(0.0, most_seconds), *_input(media), "-map", "0:a:0",
        "-f", "s16le", "-ar", str(SAMPLES_PER_SECOND), "-ac", "2", "pipe:1",
    ]  # fmt: skip
    parts: list[bytes] = []
    with FfmpegRun(arguments) as run:
        run.close_input()
        while part := run.read(1 << 20):
            parts.append(part)
    samples = b"".join(parts)
    if len(samples) < 4:
        raise _undecodable(media)
    whole = len(samples) // 4 * 4
    return np.frombuffer(samples[:whole], "<i2").reshape(-1, 2).astype(np.int16)


def _input(media: JobMedia) -> Sequence[str]:
    return [
        "-nostdin", "-protocol_whitelist", "file", "-format_whitelist", ",".join(CONTAINERS),
        "-max_pixels", str(MOST_SIDE_PIXELS**2), "-i", f"file:{media.path}",
    ]  # fmt: skip


def _span(start_seconds: float, duration_seconds: float | None) -> list[str]:
    start = ["-ss", f"{start_seconds:.6f}"] if start_seconds > 0 else []
    return start if duration_seconds is None else [*start, "-t", f"{duration_seconds:.6f}"]


def _shape(fit: Fit, width: int, height: int) -> str:
    size = f"{width}:{height}"
    match fit:
        case Fit.COVER:
            return f"scale={size}:force_original_aspect_ratio=increase,crop={size}"
        case Fit.CONTAIN:
            return (
                f"scale={size}:force_original_aspect_ratio=decrease,pad={size}:(ow-iw)/2:(oh-ih)/2"
            )
        case Fit.STRETCH:
            return f"scale={size}"


def _find_rate(said: str) -> float:
    rates = {unit: number for number, unit in _RATE.findall(said)}
    number = rates.get("fps") or rates.get("tbr") or ""
    rate = float(number.rstrip("k") or 0) * (1000 if number.endswith("k") else 1)
    return float(make_rate(rate)) if 0 < rate <= 240 else _USUAL_RATE


def _find_length(said: str) -> float:
    found = _LENGTH.search(said)
    if found is None:
        return 0.0
    hours, minutes, seconds = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _ensure_read(run: FfmpegRun, media: JobMedia) -> None:
    try:
        run.finish()
    except FfmpegFailed as error:
        if run.has_stalled:
            raise
        raise _undecodable(media) from error


def _undecodable(media: JobMedia) -> Refused:
    return Refused(
        "InvalidParameter", f"The file given as {media.role} can't be decoded as media of its kind."
    )
