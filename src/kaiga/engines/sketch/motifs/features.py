"""Parts that many motifs share: eyes, symmetrical outlines, legs, stripes."""

from collections.abc import Sequence

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.shapes import Point

INK = "#2c2433"


def symmetrical(points: Sequence[Point], *, tension: float = 1.0) -> str:
    """Give a soft outline from its right half, from top to bottom; the left half is mirrored."""
    left = [(-x, y) for x, y in reversed(points) if abs(x) > 0.01]
    return shapes.smooth([*points, *left], tension=tension)


def twice(data_of_side: Sequence[Point], *, soft: bool = False) -> str:
    """Give a shape and its mirror image."""
    mirrored = [(-x, y) for x, y in data_of_side]
    if soft:
        return shapes.smooth(data_of_side) + shapes.smooth(mirrored)
    return shapes.polygon(data_of_side) + shapes.polygon(mirrored)


def discs_twice(x: float, y: float, radius: float, radius_y: float | None = None) -> str:
    """Give two circles at (-x, y) and (x, y)."""
    return shapes.disc(-x, y, radius, radius_y) + shapes.disc(x, y, radius, radius_y)


def eyes(canvas: Canvas, x: float, y: float, gap: float, radius: float, colour: str = INK) -> None:
    """Draw two round eyes with a light in each, `gap` apart, around (x, y)."""
    pair = shapes.disc(x - gap / 2, y, radius, radius * 1.15)
    pair += shapes.disc(x + gap / 2, y, radius, radius * 1.15)
    canvas.shape(pair, colour, outline=False)
    spark = shapes.disc(x - gap / 2 + radius * 0.3, y - radius * 0.4, radius * 0.34)
    spark += shapes.disc(x + gap / 2 + radius * 0.3, y - radius * 0.4, radius * 0.34)
    canvas.shape(spark, "#ffffff", outline=False)


def eye(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """Draw one eye seen from the side."""
    canvas.circle(x, y, radius, INK, outline=False)
    canvas.circle(x + radius * 0.3, y - radius * 0.35, radius * 0.36, "#ffffff", outline=False)


def smile(canvas: Canvas, x: float, y: float, width: float, *, thick: float = 1.2) -> None:
    """Draw a small curved mouth."""
    half = width / 2
    canvas.shape(
        f"M{x - half:.2f} {y:.2f}Q{x:.2f} {y + half * 1.1:.2f} {x + half:.2f} {y:.2f}"
        f"Q{x:.2f} {y + half * 1.1 + thick * 1.6:.2f} {x - half:.2f} {y:.2f}Z",
        INK,
        outline=False,
    )


def blush(canvas: Canvas, x: float, y: float, gap: float, radius: float) -> None:
    """Draw two rosy cheeks."""
    cheeks = shapes.disc(x - gap / 2, y, radius, radius * 0.65)
    cheeks += shapes.disc(x + gap / 2, y, radius, radius * 0.65)
    canvas.shape(cheeks, "#f28b8b", opacity=0.45)


def legs(canvas: Canvas, places: Sequence[float], top: float, width: float, colour: str) -> None:
    """Draw straight legs with rounded feet down to y = 0, in one path."""
    data = "".join(
        f"M{x - width / 2:.2f} {top:.2f}h{width:.2f}l{-width * 0.08:.2f} {-top - width * 0.3:.2f}"
        f"q0 {width * 0.3:.2f} {-width * 0.3:.2f} {width * 0.3:.2f}h{-width * 0.3:.2f}"
        f"q{-width * 0.24:.2f} 0 {-width * 0.24:.2f} {-width * 0.3:.2f}Z"
        for x in places
    )
    canvas.shape(data, colour)
