"""Jobs of the tools for tests, and the small pictures that they take."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.sketch.edits.edit_samples import made_by, painted, saved
from kaiga.engines.sketch.makers import MAKERS
from kaiga.engines.sketch.making import Made
from kaiga.ports.engine import GenerationJob, JobMedia, JsonValue
from samples.products import SHIRT, SHOE, TROUSERS, product

Pixels = NDArray[np.uint8]


def job(
    task: str,
    *media: JobMedia,
    prompt: str = "",
    seed: int = 1,
    watermark: str = "",
    width: int = 0,
    height: int = 0,
    **options: JsonValue,
) -> GenerationJob:
    return GenerationJob(
        model="m",
        task=task,
        prompt=prompt,
        seed=seed,
        watermark=watermark,
        width_pixels=width,
        height_pixels=height,
        media=media,
        options=options,
    )


def made(asked: GenerationJob) -> Made:
    return made_by(MAKERS[asked.task], asked)


def with_seed(asked: GenerationJob, seed: int) -> GenerationJob:
    return GenerationJob(
        model=asked.model, task=asked.task, prompt=asked.prompt, seed=seed, media=asked.media,
        watermark=asked.watermark, options=asked.options,
        width_pixels=asked.width_pixels, height_pixels=asked.height_pixels,
    )  # fmt: skip


def cut_out_thing(side: int = 320) -> Pixels:
    """A red disc with a soft rim, on nothing, that stands in the lower middle."""
    rows, columns = np.indices((side, side))
    away = np.hypot(rows - side * 0.6, columns - side * 0.5)
    layer = np.zeros((side, side, 4), dtype=np.uint8)
    layer[..., :3] = (210, 40, 50)
    layer[..., 3] = np.clip((side * 0.2 - away) * 64, 0, 255)
    return layer


def person(*, width: int = 400, height: int = 560) -> Pixels:
    return painted("a man in a red shirt in a meadow", width=width, height=height, seed=3)


def standing_woman() -> Pixels:
    return painted("a woman", width=480, height=640, seed=4)


def portrait() -> Pixels:
    return painted("portrait of a woman", width=320, height=400, seed=3)


def shirt(main: str = "#2050d0") -> Pixels:
    return product(SHIRT, main, "#f0d040")


def trousers(main: str = "#206030") -> Pixels:
    return product(TROUSERS, main, "#102018")


def shoe(main: str = "#e040c0") -> Pixels:
    return product(SHOE, main, "#803070", height=300)


JOBS: dict[str, Callable[[Path], GenerationJob]] = {
    "word-art-texture": lambda _folder: job(
        "word-art-texture", prompt="flowers", text={"text_content": "Hi"}, image_short_size=512
    ),
    "word-art-semantic": lambda _folder: job(
        "word-art-semantic", prompt="cats in a garden", text="Hi", width=640, height=360
    ),
    "poster": lambda _folder: job(
        "poster", prompt="a beach", title="Summer Sale", wh_ratios="竖版", width=320, height=480
    ),
    "captioned-image": lambda _folder: job(
        "captioned-image", prompt="a cat", text="A cat", width=320, height=320
    ),
    "background-generation": lambda folder: job(
        "background-generation", saved(folder, cut_out_thing()), prompt="a garden"
    ),
    "portrait-album": lambda folder: job(
        "portrait-album", saved(folder, portrait()), width=320, height=320
    ),
    "cosplay": lambda folder: job("cosplay", saved(folder, portrait()), width=320, height=320),
    "shoe-model": lambda folder: job(
        "shoe-model",
        saved(folder, standing_woman(), "template"),
        saved(folder, shoe(), "shoe"),
        scale=6.0,
    ),
    "virtual-model": lambda folder: job(
        "virtual-model",
        saved(folder, shirt()),
        saved(folder, shirt_mask(), "mask"),
        prompt="a garden",
        face_prompt="a woman",
    ),
    "style-repaint": lambda folder: job("style-repaint", saved(folder, portrait()), style_index=15),
    "segmentation": lambda folder: job("segmentation", saved(folder, standing_woman())),
    "garment-parsing": lambda folder: job("garment-parsing", saved(folder, standing_woman())),
    "try-on": lambda folder: job(
        "try-on", saved(folder, standing_woman(), "person"), saved(folder, shirt(), "garment_top")
    ),
    "try-on-refinement": lambda folder: job(
        "try-on-refinement",
        saved(folder, standing_woman(), "person"),
        saved(folder, shirt(), "garment_top"),
        saved(folder, standing_woman(), "coarse"),
        gender="woman",
    ),
    "image-translation": lambda folder: job(
        "image-translation", saved(folder, portrait()), source_lang="en", target_lang="zh"
    ),
}
"""A small job of every tool."""

CHANCELESS = {
    "segmentation", "garment-parsing", "try-on", "try-on-refinement", "image-translation",
}  # fmt: skip
"""Tools whose result follows from the input alone, whatever the seed."""


def shirt_mask() -> Pixels:
    mask = (shirt() < 250).any(axis=2)
    return np.repeat((mask * np.uint8(255))[..., None], 3, axis=2)
