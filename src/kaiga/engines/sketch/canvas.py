"""A drawing surface that writes SVG.

Every colour passes through the canvas's tone, so that night, haze and style reach each motif
without the motif knowing. No text from outside ever enters the document: the canvas takes only
numbers, colours of our own and path data of our own.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.colours import Rgb, mix, mix_rgb, to_hex, to_rgb
from kaiga.engines.sketch.shapes import Point, number

Tone = Callable[[Rgb, bool], Rgb]
"""Maps a colour to what this picture makes of it; the flag says that the thing gives light."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fade:
    """A fill that goes from one colour to another, downwards or to the right.

    Gradients cost about as much per pixel as 60 plain fills: use them on small things only, and
    `Canvas.bands` for skies.
    """

    start: str
    end: str
    across: bool = False


Fill = str | Fade


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """An outline that a style puts around every opaque shape; `width` is in picture pixels."""

    colour: str
    width: float
    fills: bool = True


Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in picture pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of shapes that can move by itself once the drawing is set in motion.

    `kind` is `thing`, `cloud`, `light` (of the sky), `burst`, `glints`, `forms` (of an abstract
    picture), `weather`, `bolt` (of lightning) or `finish`, `name` a thing's motif. `box` holds
    about all of it. `foot` is how far down a thing stands, and `flipped` tells that it was
    mirrored. The shapes are those from `first` up to, not including, `last`.
    """

    kind: str
    box: Box
    name: str = ""
    foot: float = 0.0
    flipped: bool = False
    first: int = 0
    last: int = 0


class Canvas:
    """Collects shapes in picture pixels and writes them as one SVG document."""

    def __init__(
        self,
        *,
        width: float,
        height: float,
        tone: Tone | None = None,
        pen: Pen | None = None,
        relief: float = 0.0,
    ) -> None:
        self.width = width
        self.height = height
        self._tone = tone
        self._pen = pen
        self._relief = relief
        self._parts: list[str] = []
        self._definitions: list[str] = []
        self._names: dict[str, str] = {}
        self._toned: dict[tuple[str, bool, str, float], str] = {}
        self._scales = [1.0]
        self._haze: list[tuple[str, float]] = [("#ffffff", 0.0)]
        self._lamplit = False
        self._open_groups = 0
        self._pieces: list[Piece] = []

    @property
    def pieces(self) -> Sequence[Piece]:
        """What can move by itself, in the order of drawing."""
        return self._pieces

    @property
    def shape_count(self) -> int:
        """How many shapes there are, each with the group marks around it."""
        return len(self._parts)

    def list_breaks(self, first: int, last: int) -> list[int]:
        """Give the places from `first` to `last` between two shapes where no group is open."""
        open_groups = 0
        breaks = [first]
        for place, part in enumerate(self._parts[first:last], start=first + 1):
            open_groups += part.startswith("<g ") - (part == "</g>")
            if not open_groups:
                breaks.append(place)
        return breaks

    @contextmanager
    def piece(
        self, kind: str, box: Box, *, name: str = "", foot: float = 0.0, flipped: bool = False
    ) -> Generator[None]:
        """Draw something that can move by itself; inside a group, it stays a part of that."""
        first = len(self._parts)
        self._open_groups += 1
        yield
        self._open_groups -= 1
        if not self._open_groups:
            last = len(self._parts)
            piece = Piece(
                kind=kind,
                box=box,
                name=name,
                foot=foot,
                flipped=flipped,
                first=first,
                last=last,
            )
            self._pieces.append(piece)

    def shape(
        self,
        data: str,
        fill: Fill,
        *,
        opacity: float = 1.0,
        light: bool = False,
        outline: bool = True,
        even_odd: bool = False,
    ) -> None:
        """Fill a path. Transparent shapes never get the style's outline."""
        rule = ' fill-rule="evenodd"' if even_odd else ""
        paint = self._paint(fill, opacity=opacity, light=light, outline=outline)
        if self._relief and outline and opacity >= 1:
            away = number(self._relief / self._scales[-1])
            self._parts.append(
                f'<path d="{data}"{rule} fill="#2a2030" fill-opacity="0.2"'
                f' transform="translate({away} {away})"/>'
            )
        self._parts.append(f'<path d="{data}"{rule}{paint}/>')

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: Fill,
        *,
        round_by: float = 0.0,
        opacity: float = 1.0,
        light: bool = False,
        outline: bool = True,
    ) -> None:
        """Fill a rectangle from its upper left corner."""
        corner = f' rx="{number(round_by)}"' if round_by else ""
        paint = self._paint(fill, opacity=opacity, light=light, outline=outline)
        self._parts.append(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(width, 0))}"'
            f' height="{number(max(height, 0))}"{corner}{paint}/>'
        )

    def circle(
        self,
        x: float,
        y: float,
        radius: float,
        fill: Fill,
        *,
        opacity: float = 1.0,
        light: bool = False,
        outline: bool = True,
    ) -> None:
        """Fill a circle around its centre."""
        self.ellipse(x, y, radius, radius, fill, opacity=opacity, light=light, outline=outline)

    def ellipse(
        self,
        x: float,
        y: float,
        radius_x: float,
        radius_y: float,
        fill: Fill,
        *,
        turn: float = 0.0,
        opacity: float = 1.0,
        light: bool = False,
        outline: bool = True,
    ) -> None:
        """Fill an ellipse around its centre; `turn` is in degrees, clockwise."""
        turned = f' transform="rotate({number(turn)} {number(x)} {number(y)})"' if turn else ""
        paint = self._paint(fill, opacity=opacity, light=light, outline=outline)
        self._parts.append(
            f'<ellipse cx="{number(x)}" cy="{number(y)}" rx="{number(radius_x)}"'
            f' ry="{number(radius_y)}"{turned}{paint}/>'
        )

    def polygon(
        self,
        points: Sequence[Point],
        fill: Fill,
        *,
        opacity: float = 1.0,
        light: bool = False,
        outline: bool = True,
    ) -> None:
        """Fill straight lines through `points`."""
        self.shape(shapes.polygon(points), fill, opacity=opacity, light=light, outline=outline)

    def stroke(
        self,
        data: str,
        colour: str,
        width: float,
        *,
        opacity: float = 1.0,
        light: bool = False,
        butt: bool = False,
    ) -> None:
        """Draw along a path with round ends. A stroke costs four times a fill: be sparing."""
        seen = f' stroke-opacity="{number(opacity)}"' if opacity < 1 else ""
        ends = "" if butt else ' stroke-linecap="round" stroke-linejoin="round"'
        self._parts.append(
            f'<path d="{data}" fill="none" stroke="{self.toned(colour, light=light)}"'
            f' stroke-width="{number(width)}"{ends}{seen}/>'
        )

    def line(
        self,
        points: Sequence[Point],
        colour: str,
        width: float,
        *,
        opacity: float = 1.0,
        light: bool = False,
        butt: bool = False,
    ) -> None:
        """Draw straight lines through `points`."""
        self.stroke(shapes.polyline(points), colour, width, opacity=opacity, light=light, butt=butt)

    def bands(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        stops: Sequence[tuple[float, str]],
        *,
        light: bool = False,
        steps: int = 90,
    ) -> None:
        """Fill a rectangle with a fine vertical gradient made of plain strips.

        `stops` go from 0 (top) to 1. Strips are about ten times faster than a real gradient and
        look the same at this many.
        """
        top, bottom = round(y), round(y + height)
        count = max(1, min(steps, bottom - top))
        edges = [top + round((bottom - top) * index / count) for index in range(count + 1)]
        merged: list[tuple[int, int, str]] = []
        for index in range(count):
            colour = self.toned(_at(stops, (index + 0.5) / count), light=light)
            if merged and merged[-1][2] == colour:
                merged[-1] = (merged[-1][0], edges[index + 1], colour)
            else:
                merged.append((edges[index], edges[index + 1], colour))
        self._parts.extend(
            f'<rect x="{number(x)}" y="{start}" width="{number(width)}"'
            f' height="{end - start}" fill="{colour}"/>'
            for start, end, colour in merged
        )

    @contextmanager
    def at(
        self, x: float, y: float, scale: float = 1.0, *, turn: float = 0.0, flip: bool = False
    ) -> Generator[None]:
        """Draw with (x, y) as origin, `scale` pixels per unit, turned in degrees or mirrored."""
        turned = f" rotate({number(turn)})" if turn else ""
        sideways = f"{-scale:.4f} {scale:.4f}" if flip else f"{scale:.4f}"
        self._parts.append(
            f'<g transform="translate({number(x)} {number(y)}){turned} scale({sideways})">'
        )
        self._scales.append(self._scales[-1] * scale)
        self._open_groups += 1
        yield
        self._open_groups -= 1
        self._scales.pop()
        self._parts.append("</g>")

    @contextmanager
    def clipped(self, data: str) -> Generator[None]:
        """Draw only inside a path."""
        name = self._define(
            f'<clipPath id="NAME"><path d="{data}"/></clipPath>', key=f"clip {data}"
        )
        self._parts.append(f'<g clip-path="url(#{name})">')
        self._open_groups += 1
        yield
        self._open_groups -= 1
        self._parts.append("</g>")

    @contextmanager
    def hazed(self, colour: str, share: float) -> Generator[None]:
        """Draw as if seen through `share` of air of this colour."""
        self._haze.append((colour, share))
        yield
        self._haze.pop()

    @contextmanager
    def lamplit(self) -> Generator[None]:
        """Draw as if lamps shone on it: the hour's tint stays off."""
        before, self._lamplit = self._lamplit, True
        yield
        self._lamplit = before

    def toned(self, colour: str, *, light: bool = False) -> str:
        """Give what the picture's tone and air make of a colour."""
        light = light or self._lamplit
        haze, share = self._haze[-1]
        key = (colour, light, haze, share)
        found = self._toned.get(key)
        if found is None:
            rgb = to_rgb(colour)
            if self._tone is not None:
                rgb = self._tone(rgb, light)
                haze = to_hex(self._tone(to_rgb(haze), True))
            found = to_hex(mix_rgb(rgb, to_rgb(haze), share)) if share else to_hex(rgb)
            self._toned[key] = found
        return found

    def write(
        self,
        *,
        pixel_width: int,
        pixel_height: int,
        crisp: bool = False,
        view: Box | None = None,
        runs: Sequence[tuple[int, int]] = (),
    ) -> str:
        """Give the document, to be rendered at the size in pixels.

        With `view` it shows that part of the picture alone; with `runs`, those shapes alone, each
        run from its first shape up to, not including, its last.
        """
        edges = ' shape-rendering="crispEdges"' if crisp else ""
        left, top, right, bottom = view or (0, 0, self.width, self.height)
        shown = [self._parts[first:last] for first, last in runs] if runs else [self._parts]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixel_width}"'
            f' height="{pixel_height}" viewBox="{number(left)} {number(top)}'
            f' {number(right - left)} {number(bottom - top)}"'
            f' preserveAspectRatio="none"{edges}>'
            f"<defs>{''.join(self._definitions)}</defs>{''.join(map(''.join, shown))}</svg>"
        )

    def _paint(self, fill: Fill, *, opacity: float, light: bool, outline: bool) -> str:
        seen = f' fill-opacity="{number(opacity)}"' if opacity < 1 else ""
        pen = self._pen if outline and opacity >= 1 else None
        if isinstance(fill, Fade):
            if self._pen is None:
                return f' fill="{self._gradient(fill, light=light)}"{seen}'
            fill = mix(fill.start, fill.end, 0.5)
        painted = self.toned(fill, light=light)
        if pen is None:
            return f' fill="{painted}"{seen}'
        width = number(pen.width / self._scales[-1])
        return f' fill="{painted}" stroke="{pen.colour}" stroke-width="{width}"{seen}'

    def _gradient(self, fill: Fade, *, light: bool) -> str:
        start, end = self.toned(fill.start, light=light), self.toned(fill.end, light=light)
        direction = 'x2="1" y2="0"' if fill.across else 'x2="0" y2="1"'
        name = self._define(
            f'<linearGradient id="NAME" {direction}><stop stop-color="{start}"/>'
            f'<stop offset="1" stop-color="{end}"/></linearGradient>',
            key=f"fade {start} {end} {fill.across}",
        )
        return f"url(#{name})"

    def _define(self, markup: str, *, key: str) -> str:
        known = self._names.get(key)
        if known is not None:
            return known
        name = f"d{len(self._names)}"
        self._names[key] = name
        self._definitions.append(markup.replace("NAME", name))
        return name


def _at(stops: Sequence[tuple[float, str]], place: float) -> str:
    for (start, first), (end, second) in pairwise(stops):
        if place <= end:
            return mix(first, second, round((place - start) / max(end - start, 1e-6), 3))
    return stops[-1][1]
