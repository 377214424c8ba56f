"""Single flower heads and bunches of them; the flower shop, gardens and pots are made of these."""

import math
from collections.abc import Callable, Sequence
from random import Random

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter, mix

FLOWER_COLOURS = (
    "#e8577e", "#f28ba8", "#f7b7c5", "#d83a56", "#f5a04c", "#f8c95a",
    "#fff6ea", "#b88ad8", "#8c6cc9", "#7d9be0", "#ef7f5f", "#fbd5dd",
)  # fmt: skip
GREENS = ("#4f8a4e", "#5f9a55", "#3f7550", "#79a85a")

Bloom = Callable[[Canvas, float, float, float, str], None]


def rose(canvas: Canvas, x: float, y: float, radius: float, colour: str) -> None:
    """Draw a full rose from above."""
    ring = "".join(
        shapes.disc(
            x + math.cos(math.tau * i / 5) * radius * 0.45,
            y + math.sin(math.tau * i / 5) * radius * 0.45,
            radius * 0.58,
        )
        for i in range(5)
    )
    canvas.shape(ring, darker(colour, 0.08))
    inner = shapes.disc(x - radius * 0.06, y - radius * 0.08, radius * 0.62)
    canvas.shape(inner, lighter(colour, 0.16), outline=False)
    swirl = (
        f"M{shapes.number(x - radius * 0.42)} {shapes.number(y - radius * 0.1)}"
        f"q{shapes.number(radius * 0.4)} {shapes.number(-radius * 0.6)}"
        f" {shapes.number(radius * 0.78)} {shapes.number(radius * 0.05)}"
        f"q{shapes.number(-radius * 0.1)} {shapes.number(radius * 0.55)}"
        f" {shapes.number(-radius * 0.55)} {shapes.number(radius * 0.3)}"
        f"q{shapes.number(radius * 0.34)} {shapes.number(radius * 0.02)}"
        f" {shapes.number(radius * 0.34)} {shapes.number(-radius * 0.26)}"
        f"q{shapes.number(-radius * 0.28)} {shapes.number(-radius * 0.3)}"
        f" {shapes.number(-radius * 0.57)} {shapes.number(-radius * 0.09)}Z"
    )
    canvas.shape(swirl, darker(colour, 0.2), outline=False)


def peony(canvas: Canvas, x: float, y: float, radius: float, colour: str) -> None:
    """Draw a round, ruffled flower."""
    for reach, count, size, tint in (
        (0.58, 6, 0.46, 0.0),
        (0.32, 5, 0.34, 0.22),
        (0.0, 1, 0.3, 0.4),
    ):
        ring = "".join(
            shapes.disc(
                x + math.cos(math.tau * (i + reach) / count) * radius * reach,
                y + math.sin(math.tau * (i + reach) / count) * radius * reach,
                radius * size,
            )
            for i in range(count)
        )
        canvas.shape(ring, lighter(colour, tint), outline=reach > 0.5)


def daisy(canvas: Canvas, x: float, y: float, radius: float, colour: str) -> None:
    """Draw an open flower with narrow petals and a yellow heart."""
    canvas.shape(shapes.petals(x, y, radius, 10, width=0.27, turn=0.03), colour)
    canvas.circle(x, y, radius * 0.33, "#f4b93a", outline=False)


def sunflower(canvas: Canvas, x: float, y: float, radius: float, colour: str) -> None:
    """Draw a sunflower's head."""
    canvas.shape(shapes.petals(x, y, radius, 15, width=0.2), darker(colour, 0.12))
    canvas.shape(shapes.petals(x, y, radius * 0.92, 15, width=0.2, turn=0.033), colour)
    canvas.circle(x, y, radius * 0.46, "#6b4226")
    canvas.circle(x, y, radius * 0.3, "#8a5a2e", outline=False)


def tulip(canvas: Canvas, x: float, y: float, radius: float, colour: str) -> None:
    """Draw a tulip's cup from the side."""
    n = shapes.number
    r = radius
    canvas.shape(
        f"M{n(x - r * 0.72)} {n(y - r)}Q{n(x - r * 0.95)} {n(y + r * 0.95)} {n(x)} {n(y + r)}"
        f"Q{n(x + r * 0.95)} {n(y + r * 0.95)} {n(x + r * 0.72)} {n(y - r)}"
        f"L{n(x + r * 0.3)} {n(y - r * 0.3)}L{n(x - r * 0.3)} {n(y - r * 0.3)}Z",
        darker(colour, 0.1),
    )
    canvas.shape(shapes.leaf((x, y + r), (x, y - r * 1.12), 0.42), lighter(colour, 0.14))


def lily(canvas: Canvas, x: float, y: float, radius: float, colour: str) -> None:
    """Draw a star-shaped flower."""
    canvas.shape(shapes.petals(x, y, radius, 6, width=0.34, turn=0.08), colour)
    canvas.shape(
        shapes.petals(x, y, radius * 0.55, 6, width=0.12, turn=0.08),
        mix(colour, "#d9822b", 0.5),
        outline=False,
    )
    canvas.circle(x, y, radius * 0.14, "#fbe28a", outline=False)


def hydrangea(canvas: Canvas, x: float, y: float, radius: float, colour: str) -> None:
    """Draw a ball of many small flowers."""
    canvas.circle(x, y, radius * 0.9, darker(colour, 0.16))
    for turn, share in ((0.0, 0.06), (0.5, 0.26)):
        dots = "".join(
            shapes.disc(
                x + math.cos((i + turn) * 2.4) * radius * 0.29 * math.sqrt(i),
                y + math.sin((i + turn) * 2.4) * radius * 0.29 * math.sqrt(i) - radius * 0.05,
                radius * 0.2,
            )
            for i in range(9)
        )
        canvas.shape(dots, lighter(colour, share), outline=False)


def lavender(canvas: Canvas, x: float, y: float, radius: float, colour: str) -> None:
    """Draw a spike of small flowers standing on (x, y + radius)."""
    beads = "".join(
        shapes.disc(
            x + (0.2 if i % 2 else -0.2) * radius * (1 - i / 12),
            y + radius - i * radius * 0.27,
            radius * (0.3 - i * 0.016),
        )
        for i in range(10)
    )
    canvas.shape(beads, colour)


def blossom(canvas: Canvas, x: float, y: float, radius: float, colour: str) -> None:
    """Draw a five-petalled blossom, as of a cherry tree."""
    canvas.shape(shapes.petals(x, y, radius, 5, width=0.55, turn=0.05), colour)
    canvas.shape(
        shapes.petals(x, y, radius * 0.42, 5, width=0.2, turn=0.05), "#d9668c", outline=False
    )


BLOOMS: dict[str, Bloom] = {
    "rose": rose,
    "peony": peony,
    "daisy": daisy,
    "sunflower": sunflower,
    "tulip": tulip,
    "lily": lily,
    "hydrangea": hydrangea,
    "lavender": lavender,
    "blossom": blossom,
}
OWN_COLOURS: dict[str, tuple[str, ...]] = {
    "rose": ("#d83a56", "#e8577e", "#f7b7c5", "#f5a04c", "#fff0e4", "#f8c95a"),
    "peony": ("#f28ba8", "#f7b7c5", "#e8577e", "#fff0f2", "#ef7f5f"),
    "daisy": ("#fffaf2", "#fffaf2", "#fbd5dd", "#f8d76a"),
    "sunflower": ("#f8bd2c", "#f9c846"),
    "tulip": ("#e5484d", "#f2a33c", "#f28ba8", "#b06ad0", "#f8d25c", "#fff3ea"),
    "lily": ("#fff6f0", "#f7b3a0", "#f49ab4", "#f6a545"),
    "hydrangea": ("#7d9be0", "#a58be0", "#e09ac8", "#8fc0e8"),
    "lavender": ("#8c6cc9", "#a07fd8"),
    "blossom": ("#f9c3d3", "#fbd8e2"),
}


def colour_of(kind: str, rng: Random, asked: Sequence[str] = ()) -> str:
    """Choose a colour for a kind of flower: one asked for, or one it has by nature."""
    return rng.choice(tuple(asked) or OWN_COLOURS[kind])


def foliage(
    canvas: Canvas, rng: Random, x: float, y: float, width: float, height: float, leaves: int = 9
) -> None:
    """Draw a fan of leaves rising from (x, y), in two greens."""
    green = rng.choice(GREENS)
    for shade, share in ((darker(green, 0.2), 1.0), (green, 0.86)):
        fan = ""
        for index in range(leaves):
            lean = (index + 0.5) / leaves - 0.5 + rng.uniform(-0.04, 0.04)
            reach = height * share * (1 - abs(lean) * 0.7) * rng.uniform(0.85, 1.05)
            fan += shapes.leaf((x + lean * width * 0.3, y), (x + lean * width, y - reach), 0.2)
        canvas.shape(fan, shade, outline=share == 1.0)


def bunch(
    canvas: Canvas,
    rng: Random,
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    kinds: Sequence[str],
    colours: Sequence[str] = (),
    heads: int = 9,
) -> None:
    """Draw flowers with leaves in a dome of `width` by `height` that rises from (x, y)."""
    foliage(canvas, rng, x, y, width * 1.02, height * 0.98, leaves=max(5, heads))
    size = width / math.sqrt(heads) * 0.42
    kind = rng.choice(tuple(kinds))
    shades = [colour_of(kind, rng, colours) for _ in range(2)]
    spots: list[tuple[float, float]] = []
    for index in range(heads):
        along = ((index * 0.618) % 1) - 0.5
        level = index / max(1, heads - 1)
        top = 1 - (along * 1.7) ** 2 * 0.55
        spots.append(
            (
                x + along * width * 0.86 + rng.uniform(-0.1, 0.1) * size,
                y - height * (0.42 + 0.5 * (1 - level)) * top,
            )
        )
    spots.sort(key=lambda spot: spot[1])
    for spot_x, spot_y in spots:
        BLOOMS[kind](canvas, spot_x, spot_y, size * rng.uniform(0.88, 1.12), rng.choice(shades))


def foliage_ring(canvas: Canvas, x: float, y: float, radius: float, leaves: int = 10) -> None:
    """Draw leaves pointing out all around a centre."""
    ring = "".join(
        shapes.leaf(
            (x, y),
            (
                x + math.cos(math.tau * (i + 0.5) / leaves) * radius,
                y + math.sin(math.tau * (i + 0.5) / leaves) * radius,
            ),
            0.26,
        )
        for i in range(leaves)
    )
    canvas.shape(ring, "#7fae70")
