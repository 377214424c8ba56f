"""Shows files in the terminal that this process writes to."""

import base64
import binascii
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from PIL import Image
from rich.console import Console

from kaiga.cli.picturing.asking import Way, find_colours, find_way
from kaiga.cli.picturing.half_blocks import HalfBlocks
from kaiga.cli.picturing.opening import open_picture, read_picture
from kaiga.cli.picturing.protocols import write_iterm, write_kitty
from kaiga.cli.picturing.window import Window, measure_window

_WRITERS: dict[Way, Callable[[bytes, int, int], str]] = {
    Way.KITTY: write_kitty,
    Way.ITERM: write_iterm,
}

_PREVIEW_SCALE = 8
"""Previews are small: as many pixels as the latents of a picture have, an eighth of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Shows pictures on standard output, a terminal, as large as its window allows."""

    way: Way
    ffmpeg: str | None

    def show(self, file: Path) -> None:
        """Show a file below what was printed last; one that is no picture is passed over."""
        picture = open_picture(file, self.ffmpeg)
        if picture is None:
            return
        window = measure_window(sys.stdout.fileno())
        columns, rows = window.fit(*picture.size)
        sys.stdout.flush()
        write = _WRITERS.get(self.way)
        if write is None:
            has_all_colours = self.way is Way.ALL_COLOURS
            blocks = HalfBlocks(picture, columns, rows, has_all_colours=has_all_colours)
            colours = "truecolor" if has_all_colours else "256"
            Console(force_terminal=True, color_system=colours).print(blocks, end="")
        else:
            print(write(_encode(picture, window, columns, rows), columns, rows), flush=True)

    def draw_preview(self, data_uri: str) -> HalfBlocks | None:
        """Draw an unfinished picture with characters, which can be drawn over again and again."""
        with suppress(binascii.Error, OSError):
            picture = read_picture(base64.b64decode(data_uri.partition(",")[2]))
            if picture is not None:
                window = measure_window(sys.stdout.fileno())
                low = replace(window, rows=window.rows // 2)
                has_all_colours = find_colours() is Way.ALL_COLOURS
                size = low.fit(picture.width * _PREVIEW_SCALE, picture.height * _PREVIEW_SCALE)
                return HalfBlocks(picture, *size, has_all_colours=has_all_colours)
        return None


def find_screen(ffmpeg: str | None) -> Screen | None:
    """Ask the terminal what it can; None where it shows no pictures.

    `ffmpeg` is what the settings name; it is run for clips alone.
    """
    way = find_way()
    return None if way is None else Screen(way=way, ffmpeg=ffmpeg)


def _encode(picture: Image.Image, window: Window, columns: int, rows: int) -> bytes:
    """Give a PNG of no more pixels than are seen: a terminal far away takes megabytes slowly."""
    seen = (columns * window.cell_width_pixels, rows * window.cell_height_pixels)
    shown = picture if picture.mode in {"RGB", "RGBA"} else picture.convert("RGBA")
    if shown.width > seen[0] or shown.height > seen[1]:
        shown = shown.resize(seen, Image.Resampling.LANCZOS)
    content = BytesIO()
    shown.save(content, "PNG", compress_level=1)
    return content.getvalue()
