"""Pictures of people, and of none, for tests: all painted by the sketch painter.

`python tests/samples/pictures_of_people.py FOLDER` writes them as PNG files.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from kaiga.engines.sketch.painter import PictureOrder, paint

PROMPTS: Mapping[str, tuple[str, int]] = {
    "light-portrait": ("portrait of a woman", 3),
    "dark-portrait": ("portrait of a woman", 2),
    "man-portrait": ("portrait of a man", 1),
    "oil-portrait": ("portrait of a woman, oil painting", 1),
    "child": ("a girl", 3),
    "standing-woman": ("a woman", 4),
    "couple": ("a couple", 1),
    "two-men": ("two men", 3),
    "mountains": ("mountains", 1),
    "fruit": ("a table with fruit", 1),
    "panda": ("a panda", 1),
}
"""Prompt and seed by name; the seeds are ones that the cascades see well."""


def picture(name: str, *, width: int = 640, height: int = 640) -> bytes:
    """Give one of them as a PNG."""
    prompt, seed = PROMPTS[name]
    return paint(
        PictureOrder(
            prompt=prompt,
            negative_prompt="",
            width_pixels=width,
            height_pixels=height,
            seed=seed,
            watermark="",
        )
    )


if __name__ == "__main__":
    for each in PROMPTS:
        (Path(sys.argv[1]) / f"{each}.png").write_bytes(picture(each))
