"""Jobs and inputs for an engine on the CPU, and what it makes of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from kaiga.engines.diffusers.engine import DiffusersEngine
from kaiga.engines.diffusers.options import DiffusersOptions, ModelOptions
from kaiga.ports.engine import EngineEvent, GenerationJob, JobMedia, MadeFile, ResultMade

WIDTH, HEIGHT = 96, 64
MODEL = "a-model"


def build_engine(folder: str, *, previews: bool = False, **options: object) -> DiffusersEngine:
    model = ModelOptions(weights=folder, **{"steps": 2, **options})
    return DiffusersEngine(DiffusersOptions(device="cpu", previews=previews, models={MODEL: model}))


def order(task: str = "text-to-image", **wishes: object) -> GenerationJob:
    sizes = {"width_pixels": 64, "height_pixels": 64} if "media" not in wishes else {}
    return GenerationJob(
        model=MODEL, task=task, **{**sizes, "prompt": "a red boat", "seed": 1, **wishes}
    )


def clip_order(task: str, **wishes: object) -> GenerationJob:
    return order(task, **{"duration_seconds": 0.5, "frames_per_second": 24.0, **wishes})


def make(engine: DiffusersEngine, batch: Sequence[GenerationJob]) -> list[EngineEvent]:
    list(engine.load(MODEL))
    return list(engine.generate(batch))


def files_of(events: Sequence[EngineEvent]) -> list[MadeFile]:
    """Give the only file of each job, in the order of the jobs."""
    made = {event.index: event for event in events if isinstance(event, ResultMade)}
    return [made[index].files[0] for index in sorted(made)]


def give(role: str, folder: Path) -> JobMedia:
    """Give a picture, or a mask whose upper half is white."""
    pixels = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    if role == "mask":
        pixels[:] = 0
        pixels[: HEIGHT // 2] = 255
    path = folder / f"{role}.png"
    Image.fromarray(pixels).save(path)
    return JobMedia(
        role=role,
        path=str(path),
        media_type="image/png",
        width_pixels=WIDTH,
        height_pixels=HEIGHT,
    )
