"""Writes frames, and sound if there is any, as one MP4 file: H.264 and AAC, by a separate ffmpeg.

The same frames and sound give the same bytes in any process of the same version on the same
platform. Frames are streamed: no more than one is held here.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from kaiga.engines.sketch.film.frames import SAMPLES_PER_SECOND, ClipForm, Frame, Sound
from kaiga.engines.sketch.film.marking import Mark
from kaiga.engines.sketch.film.program import FfmpegRun, working_folder
from kaiga.engines.sketch.film.sound import fit_sound
from kaiga.engines.sketch.making import Step

STEPS = 20
"""How often a clip in the making tells how far it is."""

_QUALITY = "20"
"""x264's rate factor: flat areas and outlines of drawings show no blocks at this."""
_THREADS = "1"
"""With more, x264 looks ahead in a thread of its own, and the bytes depend on how far that got.
It hardly costs time: one encodes as fast as frames are painted."""


def encode_clip(
    frames: Iterable[Frame], form: ClipForm, sound: Sound | None = None, *, watermark: str = ""
) -> bytes:
    """Give the MP4 file of `frames`; see `film`."""
    filming = film(frames, form, sound, watermark=watermark)
    while True:
        try:
            next(filming)
        except StopIteration as end:
            return end.value


def film(
    frames: Iterable[Frame], form: ClipForm, sound: Sound | None = None, *, watermark: str = ""
) -> Generator[Step, None, bytes]:
    """Take `frames` one by one, tell about 20 times how far it is, and give the MP4 file.

    The clip has exactly `form.frame_count` frames: no more are taken, and where fewer come the
    last one stays. `sound` is cut or padded with silence to the clip's length. Each frame bears
    the text of `watermark` at its lower right; empty, none. The file begins with its index
    (`faststart`). Frames are never changed in place.

    H.264 in 4:2:0 has even sides only; an odd side of `form` grows by a line that repeats the
    last one. `even_sides` tells the measures that the file really has.

    Raises:
        ValueError: there is no frame, or one of another size than the form's.
        FfmpegFailed: ffmpeg is missing, broke off or stood still.
    """
    count = form.frame_count
    mark = Mark(watermark, form.width_pixels, form.height_pixels)
    with working_folder() as folder:
        target = folder / "clip.mp4"
        with FfmpegRun(_arguments(form, target, _write_sound(sound, form, folder))) as run:
            for number, frame in enumerate(_exactly(frames, count), start=1):
                _ensure_fits(frame, form)
                _write(run, mark.over(frame), form)
                if number * STEPS // count != (number - 1) * STEPS // count:
                    yield Step(step=number * STEPS // count, steps=STEPS)
            run.close_input()
            run.finish()
        return target.read_bytes()


def even_sides(form: ClipForm) -> tuple[int, int]:
    """Give the width and height in pixels that the file of a clip of this form has."""
    return form.width_pixels + form.width_pixels % 2, form.height_pixels + form.height_pixels % 2


def _exactly(frames: Iterable[Frame], count: int) -> Iterator[Frame]:
    last: Frame | None = None
    given = 0
    for last in frames:
        yield last
        given += 1
        if given == count:
            return
    if last is None:
        raise ValueError("a clip needs a frame")
    while given < count:
        yield last
        given += 1


def _ensure_fits(frame: Frame, form: ClipForm) -> None:
    height, width = form.height_pixels, form.width_pixels
    if frame.shape != (height, width, 3) or frame.dtype != np.uint8:
        raise ValueError(f"a frame is {frame.shape} {frame.dtype}, the clip {width} by {height}")


def _write(run: FfmpegRun, parts: Sequence[Frame], form: ClipForm) -> None:
    """Hand over one frame as strips from top to bottom, and the lines that make its sides even."""
    down, across = form.height_pixels % 2, form.width_pixels % 2
    for place, part in enumerate(parts, start=1):
        more = down if place == len(parts) else 0
        grown = np.pad(part, ((0, more), (0, across), (0, 0)), mode="edge")
        run.write(np.ascontiguousarray(grown if more or across else part).data.cast("B"))


def _write_sound(sound: Sound | None, form: ClipForm, folder: Path) -> Path | None:
    if sound is None:
        return None
    path = folder / "sound.pcm"
    path.write_bytes(fit_sound(sound, form.sample_count).astype("<i2").tobytes())
    return path


def _arguments(form: ClipForm, target: Path, sound: Path | None) -> list[str]:
    width, height = even_sides(form)
    rate = f"{form.rate.numerator}/{form.rate.denominator}"
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", rate]
    heard = ["-f", "s16le", "-ar", str(SAMPLES_PER_SECOND), "-ac", "2", "-i", str(sound)]
    # Rec. 709 is what players take for granted at these sizes; written out, nobody has to guess.
    colours = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
    return [
        *raw, "-i", "pipe:0",
        *(heard if sound else []),
        "-map", "0:v", *(["-map", "1:a"] if sound else []),
        "-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
        "-c:v", "libx264", "-preset", "veryfast", "-crf", _QUALITY, "-threads", _THREADS,
        *colours, "-color_range", "tv",
        *(["-c:a", "aac", "-b:a", "128k"] if sound else []),
        "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
        "-movflags", "+faststart", "-y", str(target),
    ]  # fmt: skip
