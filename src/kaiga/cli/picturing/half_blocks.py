"""Pictures as characters: each cell is an upper half block, whose two colours are two pixels."""

from functools import cache
from typing import cast

from PIL import Image
from rich.color import Color
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style

_HALF_BLOCK = "▀"
_CUBE_LEVELS = (0, 95, 135, 175, 215, 255)
_GREYS = range(8, 239, 10)
_FIRST_OF_PALETTE = 16
"""The 16 below are the user's own. Source: xterm's 256colres.pl, with cube and greys."""


class HalfBlocks:
    """A picture over so many columns and rows, in 24-bit colours or in those of the 256 palette."""

    def __init__(
        self, picture: Image.Image, columns: int, rows: int, *, has_all_colours: bool
    ) -> None:
        size = (columns, rows * 2)
        pixels = flatten(picture).resize(size, Image.Resampling.LANCZOS)
        if has_all_colours:
            colours = [Color.from_rgb(*pixel) for pixel in _list_pixels(pixels)]
        else:
            # Not dithered: pixels as large as these show the noise, and not what it stands for.
            indexed = pixels.quantize(palette=_make_palette(), dither=Image.Dither.NONE)
            colours = [Color.from_ansi(index + _FIRST_OF_PALETTE) for index in indexed.tobytes()]
        self._lines = [
            colours[start : start + columns] for start in range(0, len(colours), columns)
        ]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it, row by row."""
        for upper, lower in zip(self._lines[::2], self._lines[1::2], strict=True):
            for top, bottom in zip(upper, lower, strict=True):
                yield Segment(_HALF_BLOCK, Style(color=top, bgcolor=bottom))
            yield Segment.line()


def flatten(picture: Image.Image) -> Image.Image:
    """Give a picture without transparency, on black."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "black"), seen).convert("RGB")


def _list_pixels(picture: Image.Image) -> list[tuple[int, int, int]]:
    content = picture.tobytes()
    return cast("list[tuple[int, int, int]]", list(zip(*[iter(content)] * 3, strict=True)))


@cache
def _make_palette() -> Image.Image:
    cube = [(r, g, b) for r in _CUBE_LEVELS for g in _CUBE_LEVELS for b in _CUBE_LEVELS]
    colours = [*cube, *((grey, grey, grey) for grey in _GREYS)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([level for colour in colours for level in colour])
    return palette
