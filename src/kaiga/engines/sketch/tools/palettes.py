"""Tells which few colours a picture is made of, for grounds and titles that suit it."""

import numpy as np

from kaiga.engines.sketch.edits.hues import clusters, from_lab, to_lab
from kaiga.engines.sketch.edits.pictures import Pixels

_SAMPLES = 20_000
"""So many pixels tell the colours of any picture."""


def main_colours(pixels: Pixels, count: int) -> Pixels:
    """Give the `count` colours that stand for a picture best, one a row, the commonest first."""
    flat = pixels.reshape(-1, 3)
    chosen = flat[:: max(1, len(flat) // _SAMPLES)]
    centres, group = clusters(to_lab(chosen[None])[0], count, "main colours")
    sizes = np.bincount(group.ravel(), minlength=count)
    ordered = centres[np.argsort(-sizes, kind="stable")]
    return from_lab(ordered[None].astype(np.float32))[0]
