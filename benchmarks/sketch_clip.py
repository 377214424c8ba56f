"""Times how long the sketch engine takes to film a clip of 5 seconds of 1280 by 720 at 30 frames.

Run it from the repository root: `python benchmarks/sketch_clip.py`. It needs no server: one process
makes the frames, and a separate ffmpeg encodes them beside it.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image

from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.film.image_to_video import film_picture
from kaiga.engines.sketch.film.text_to_video import film_text
from kaiga.engines.sketch.making import Maker
from kaiga.ports.engine import GenerationJob, JobMedia

WIDTH, HEIGHT, SECONDS, RATE = 1280, 720, 5.0, 30.0
PROMPT = "a boy and a dog walking in the park, spring"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each clip is made")
    rounds = parser.parse_args().rounds
    print(f"{WIDTH} by {HEIGHT}, {SECONDS:g} s at {RATE:g} frames/s, with sound; {rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
        for name, run in _contests(Path(folder)).items():
            _report(name, [_timed(run) for _ in range(rounds)])


def _contests(folder: Path) -> Mapping[str, Callable[[], None]]:
    first, last = folder / "first.png", folder / "last.png"
    for path, prompt in ((first, "a cat in a garden"), (last, "a dog in a garden at sunset")):
        Image.fromarray(paint_scene(prompt, width=WIDTH, height=HEIGHT, seed=1)).save(path)
    return {
        "text-to-video": lambda: _make(film_text, "text-to-video", {}),
        "image-to-video, first frame": lambda: _make(
            film_picture, "image-to-video", {"first_frame": first}
        ),
        "image-to-video, first and last": lambda: _make(
            film_picture, "image-to-video", {"first_frame": first, "last_frame": last}
        ),
    }


def _make(maker: Maker, task: str, files: Mapping[str, Path]) -> None:
    media = tuple(
        JobMedia(role=role, path=str(path), media_type="image/png") for role, path in files.items()
    )
    job = GenerationJob(
        model="any",
        task=task,
        prompt=PROMPT,
        width_pixels=WIDTH,
        height_pixels=HEIGHT,
        duration_seconds=SECONDS,
        frames_per_second=RATE,
        sound=True,
        watermark="AI Generated",
        media=media,
    )
    for _ in maker(job):
        pass


def _timed(run: Callable[[], None]) -> tuple[float, float, float]:
    """Give the wall seconds, and the CPU seconds of this process and of ffmpeg."""
    began, own, other = (
        time.perf_counter(),
        _cpu(resource.RUSAGE_SELF),
        _cpu(resource.RUSAGE_CHILDREN),
    )
    run()
    return (
        time.perf_counter() - began,
        _cpu(resource.RUSAGE_SELF) - own,
        _cpu(resource.RUSAGE_CHILDREN) - other,
    )


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _report(name: str, times: list[tuple[float, float, float]]) -> None:
    wall, own, other = (statistics.median(each) for each in zip(*times, strict=True))
    fastest, slowest = min(each[0] for each in times), max(each[0] for each in times)
    print(
        f"{name:32} {wall:6.2f} s ({fastest:.2f} to {slowest:.2f});"
        f" CPU {own:.2f} s, ffmpeg {other:.2f} s"
    )


if __name__ == "__main__":
    main()
