"""The terminal's window, in cells and pixels, and what of it a picture may take."""

import fcntl
import os
import struct
import termios
from dataclasses import dataclass

_ROWS_LEFT_FREE = 3
"""For the line with the file's name, and for the prompt that comes after it."""
_USUAL_CELL = (8, 16)
"""In pixels, where the terminal does not tell: letters are about twice as high as wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How many cells a terminal has, and how large one of them is."""

    columns: int
    rows: int
    cell_width_pixels: int = _USUAL_CELL[0]
    cell_height_pixels: int = _USUAL_CELL[1]

    def fit(self, width_pixels: int, height_pixels: int) -> tuple[int, int]:
        """Give the columns and rows of a picture that keeps its ratio and leaves the prompt room.

        It is never larger than it is, so that an icon stays one.
        """
        columns = width_pixels / self.cell_width_pixels
        rows = height_pixels / self.cell_height_pixels
        most_rows = max(1, self.rows - _ROWS_LEFT_FREE)
        scale = min(1.0, self.columns / columns, most_rows / rows)
        return max(1, int(columns * scale + 1e-6)), max(1, int(rows * scale + 1e-6))


def measure_window(descriptor: int) -> Window:
    """Ask a terminal for its window.

    Raises:
        OSError: it is no terminal.
    """
    size = os.get_terminal_size(descriptor)
    told = fcntl.ioctl(descriptor, termios.TIOCGWINSZ, bytes(8))
    rows, columns, width, height = struct.unpack("HHHH", told)
    usual_width, usual_height = _USUAL_CELL
    return Window(
        columns=size.columns or 80,
        rows=size.lines or 24,
        cell_width_pixels=width // columns if width and columns else usual_width,
        cell_height_pixels=height // rows if height and rows else usual_height,
    )
