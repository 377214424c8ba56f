"""Outlines as SVG path data; y grows downwards, angles are in turns (1 is the full circle)."""

import math
from collections.abc import Iterable, Sequence
from random import Random

Point = tuple[float, float]


def number(value: float) -> str:
    """Write a coordinate as shortly as two decimals allow."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def polygon(points: Iterable[Point]) -> str:
    """Close straight lines through `points`."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def polyline(points: Iterable[Point]) -> str:
    """Open straight lines through `points`."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def disc(x: float, y: float, radius: float, radius_y: float | None = None) -> str:
    """Give a circle, or an ellipse when `radius_y` is set."""
    tall = radius if radius_y is None else radius_y
    width, height = number(radius), number(tall)
    reach = number(2 * radius)
    return (
        f"M{number(x - radius)} {number(y)}a{width} {height} 0 1 1 {reach} 0"
        f"a{width} {height} 0 1 1 -{reach} 0Z"
    )


def box(x: float, y: float, width: float, height: float) -> str:
    """Give a rectangle from its upper left corner."""
    return f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}Z"


def smooth(points: Sequence[Point], *, closed: bool = True, tension: float = 1.0) -> str:
    """Give a soft curve through `points` (Catmull-Rom); `tension` 0 makes it straight."""
    count = len(points)
    commands = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for index in range(count if closed else count - 1):
        before, start, end, after = (
            _neighbour(points, index + step, closed=closed) for step in (-1, 0, 1, 2)
        )
        pull = tension / 6
        commands.append(
            f"C{number(start[0] + (end[0] - before[0]) * pull)}"
            f" {number(start[1] + (end[1] - before[1]) * pull)}"
            f" {number(end[0] - (after[0] - start[0]) * pull)}"
            f" {number(end[1] - (after[1] - start[1]) * pull)}"
            f" {number(end[0])} {number(end[1])}"
        )
    return "".join(commands) + ("Z" if closed else "")


def _neighbour(points: Sequence[Point], index: int, *, closed: bool) -> Point:
    if closed:
        return points[index % len(points)]
    return points[min(len(points) - 1, max(0, index))]


def blob(rng: Random, x: float, y: float, width: float, height: float, bumps: int = 9) -> str:
    """Give a soft irregular round shape of about `width` by `height` around a centre."""
    points: list[Point] = []
    for index in range(bumps):
        angle = math.tau * index / bumps
        reach = rng.uniform(0.86, 1.1)
        points.append(
            (x + math.cos(angle) * width / 2 * reach, y + math.sin(angle) * height / 2 * reach)
        )
    return smooth(points)


def petals(
    x: float, y: float, radius: float, count: int, *, width: float = 0.5, turn: float = 0.0
) -> str:
    """Give a ring of petals from one centre; `width` is a petal's half width per its length."""
    commands: list[str] = []
    for index in range(count):
        angle = math.tau * (index / count + turn)
        along = (math.cos(angle) * radius, math.sin(angle) * radius)
        across = (-along[1] * width, along[0] * width)
        commands.append(
            f"M{number(x)} {number(y)}c"
            f"{number(along[0] * 0.3 + across[0])} {number(along[1] * 0.3 + across[1])} "
            f"{number(along[0] + across[0])} {number(along[1] + across[1])} "
            f"{number(along[0])} {number(along[1])}c"
            f"{number(-across[0])} {number(-across[1])} "
            f"{number(-along[0] * 0.7 - across[0])} {number(-along[1] * 0.7 - across[1])} "
            f"{number(-along[0])} {number(-along[1])}Z"
        )
    return "".join(commands)


def leaf(start: Point, end: Point, width: float) -> str:
    """Give a pointed leaf between two points; `width` is its widest, per its length."""
    along = (end[0] - start[0], end[1] - start[1])
    across = (-along[1] * width, along[0] * width)
    middle = (start[0] + along[0] * 0.45, start[1] + along[1] * 0.45)
    return (
        f"M{number(start[0])} {number(start[1])}"
        f"Q{number(middle[0] + across[0])} {number(middle[1] + across[1])}"
        f" {number(end[0])} {number(end[1])}"
        f"Q{number(middle[0] - across[0])} {number(middle[1] - across[1])}"
        f" {number(start[0])} {number(start[1])}Z"
    )


def star(x: float, y: float, radius: float, points: int = 5, inner: float = 0.42) -> str:
    """Give a star standing on two points."""
    corners: list[Point] = []
    for index in range(points * 2):
        angle = math.tau * (index / (points * 2) - 0.25)
        reach = radius if index % 2 == 0 else radius * inner
        corners.append((x + math.cos(angle) * reach, y + math.sin(angle) * reach))
    return polygon(corners)


def heart(x: float, y: float, size: float) -> str:
    """Give a heart of about `size` in width, centred."""
    s = size / 2
    return (
        f"M{number(x)} {number(y + s * 0.95)}"
        f"C{number(x - s * 1.5)} {number(y - s * 0.1)} {number(x - s * 0.9)} {number(y - s * 1.25)}"
        f" {number(x)} {number(y - s * 0.4)}"
        f"C{number(x + s * 0.9)} {number(y - s * 1.25)} {number(x + s * 1.5)} {number(y - s * 0.1)}"
        f" {number(x)} {number(y + s * 0.95)}Z"
    )


def ridge(
    rng: Random,
    left: float,
    right: float,
    base: float,
    height: float,
    *,
    peaks: int,
    rough: float = 0.5,
) -> list[Point]:
    """Give the points of a skyline from left to right, between `base` and `base - height`."""
    points: list[Point] = []
    steps = peaks * 2
    for index in range(steps + 1):
        x = left + (right - left) * index / steps
        level = rng.uniform(1 - rough, 1) if index % 2 else rng.uniform(0, 1 - rough)
        points.append((x, base - height * level))
    return points


def under(points: Sequence[Point], floor: float, *, soft: bool) -> str:
    """Close a skyline down to `floor`, with soft or sharp tops."""
    line = smooth(points, closed=False) if soft else polyline(points)
    return f"{line}L{number(points[-1][0])} {number(floor)}L{number(points[0][0])} {number(floor)}Z"
