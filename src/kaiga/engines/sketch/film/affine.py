"""Maps of the plane that keep straight lines straight: what moves, turns and scales sprites."""

import math

Affine = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f) takes (x, y) to (a x + b y + c, d x + e y + f), as Pillow writes it."""

STILL: Affine = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
"""Moves nothing."""


def chained(then: Affine, first: Affine) -> Affine:
    """Give the map that does `first` and after it `then`."""
    a, b, c, d, e, f = then
    p, q, r, s, t, u = first
    return (
        a * p + b * s, a * q + b * t, a * r + b * u + c,
        d * p + e * s, d * q + e * t, d * r + e * u + f,
    )  # fmt: skip


def inverted(forward: Affine) -> Affine:
    """Give the way back; a map that squeezes everything onto a line has none.

    Raises:
        ZeroDivisionError: there is no way back.
    """
    a, b, c, d, e, f = forward
    area = a * e - b * d
    return (
        e / area, -b / area, (b * f - c * e) / area,
        -d / area, a / area, (c * d - a * f) / area,
    )  # fmt: skip


def about(
    x: float,
    y: float,
    *,
    move: tuple[float, float] = (0.0, 0.0),
    turn: float = 0.0,
    lean: float = 0.0,
    scale: tuple[float, float] = (1.0, 1.0),
) -> Affine:
    """Scale, lean and turn around (x, y), then move.

    `turn` is in degrees, clockwise. `lean` shifts what stands one pixel above (x, y) to the right
    by so many pixels.
    """
    angle = math.radians(turn)
    cos, sin = math.cos(angle), math.sin(angle)
    wide, tall = scale
    a, b = cos * wide, -cos * lean * tall - sin * tall
    d, e = sin * wide, -sin * lean * tall + cos * tall
    return (a, b, x + move[0] - a * x - b * y, d, e, y + move[1] - d * x - e * y)


def applied(forward: Affine, x: float, y: float) -> tuple[float, float]:
    """Give where a point goes."""
    a, b, c, d, e, f = forward
    return a * x + b * y + c, d * x + e * y + f
