"""The visible mark on the frames of a clip, made ready once and laid over each frame cheaply."""

from collections.abc import Sequence

import numpy as np

from kaiga.engines.sketch.edits.files import marked
from kaiga.engines.sketch.film.frames import Frame


class Mark:
    """The mark of one text for frames of one size; an empty text leaves them as they are."""

    def __init__(self, text: str, width_pixels: int, height_pixels: int) -> None:
        self._rows = slice(height_pixels, height_pixels)
        if not text:
            return
        # What black and white become under the mark tells all about it: what it adds, and what
        # it lets through.
        black = np.zeros((height_pixels, width_pixels, 3), np.uint8)
        added = marked(black, text)
        through = marked(~black, text) - added
        rows = np.flatnonzero((through != 255).any(axis=(1, 2)))
        columns = np.flatnonzero((through != 255).any(axis=(0, 2)))
        self._rows = slice(int(rows[0]), int(rows[-1]) + 1)
        self._columns = slice(int(columns[0]), int(columns[-1]) + 1)
        self._added = added[self._rows, self._columns].astype(np.uint16)
        self._through = through[self._rows, self._columns].astype(np.uint16)

    def over(self, frame: Frame) -> Sequence[Frame]:
        """Give the marked frame as strips from top to bottom; only the marked strip is a copy."""
        if self._rows.start == self._rows.stop:
            return [frame]
        strip = frame[self._rows].copy()
        under = strip[:, self._columns]
        under[:] = self._added + (under * self._through + 127) // 255
        return [
            part
            for part in (frame[: self._rows.start], strip, frame[self._rows.stop :])
            if len(part)
        ]
