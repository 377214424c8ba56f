"""What shops show: on the shelves behind the glass and on the pavement."""

from collections.abc import Callable
from dataclasses import dataclass

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import blooms

ALL_KINDS = ("rose", "peony", "tulip", "daisy", "hydrangea", "lily", "lavender", "sunflower")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What a shop sells, with the kinds and colours of its flowers (empty colours: natural)."""

    wares: str
    kinds: tuple[str, ...] = ALL_KINDS
    colours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where one ware stands: the middle of its foot, and the room it may take."""

    x: float
    y: float
    width: float
    height: float


def _vase(canvas: Canvas, look: Look, spot: Spot, stock: Stock) -> None:
    colour = look.rng.choice(("#e8eef0", "#8fb7c4", "#d98f6a", "#c9d6b8", "#efc7ae", "#7f94b8"))
    tall = spot.height * 0.4
    blooms.bunch(
        canvas, look.rng, spot.x, spot.y - tall * 0.85, spot.width * 0.98, spot.height * 0.72,
        kinds=stock.kinds, colours=stock.colours, heads=look.rng.choice((5, 6, 7)),
    )  # fmt: skip
    half = spot.width * 0.21
    n = shapes.number
    canvas.shape(
        f"M{n(spot.x - half * 0.7)} {n(spot.y - tall)}H{n(spot.x + half * 0.7)}"
        f"Q{n(spot.x + half * 1.9)} {n(spot.y - tall * 0.4)} {n(spot.x + half * 0.8)} {n(spot.y)}"
        f"H{n(spot.x - half * 0.8)}"
        f"Q{n(spot.x - half * 1.9)} {n(spot.y - tall * 0.4)} {n(spot.x - half * 0.7)}"
        f" {n(spot.y - tall)}Z",
        colour,
    )
    canvas.ellipse(
        spot.x - half * 0.5,
        spot.y - tall * 0.5,
        half * 0.22,
        tall * 0.26,
        lighter(colour, 0.6),
        outline=False,
    )


def _bread(canvas: Canvas, look: Look, spot: Spot, _stock: Stock) -> None:
    crust = look.rng.choice(("#c98742", "#b8722f", "#d99a52"))
    height = spot.height * look.rng.uniform(0.36, 0.5)
    width = spot.width * 0.44
    canvas.rect(spot.x - width, spot.y - 8, width * 2, 8, "#8d6a45")
    canvas.shape(
        f"M{spot.x - width:.1f} {spot.y - 8:.1f}q{width * 0.1:.1f} {-height:.1f}"
        f" {width:.1f} {-height:.1f}"
        f"t{width:.1f} {height:.1f}Z",
        crust,
    )
    cuts = "".join(
        shapes.leaf(
            (spot.x + width * share - 6, spot.y - height * 0.45),
            (spot.x + width * share + 8, spot.y - height * 0.9),
            0.26,
        )
        for share in (-0.45, 0.0, 0.45)
    )
    canvas.shape(cuts, lighter(crust, 0.45), outline=False)


def _books(canvas: Canvas, look: Look, spot: Spot, _stock: Stock) -> None:
    x = spot.x - spot.width * 0.46
    while x < spot.x + spot.width * 0.36:
        width = look.rng.uniform(9, 17)
        height = spot.height * look.rng.uniform(0.55, 0.86)
        colour = look.varied(
            look.rng.choice(("#b5483f", "#3f6a8a", "#d4a24a", "#5c7f5a", "#e8dcc2", "#6e5086"))
        )
        canvas.rect(x, spot.y - height, width, height, colour)
        canvas.rect(
            x + 2, spot.y - height * 0.84, width - 4, 4, lighter(colour, 0.5), outline=False
        )
        x += width + 1


def _cake(canvas: Canvas, look: Look, spot: Spot, _stock: Stock) -> None:
    half = spot.width * 0.36
    tall = spot.height * 0.4
    icing = look.rng.choice(("#f7c5cf", "#fff3e2", "#c9e2d0", "#8a5a3c", "#f6dc9a"))
    canvas.rect(spot.x - 4, spot.y - 22, 8, 22, "#d8d2cb")
    canvas.rect(spot.x - half * 1.2, spot.y - 26, half * 2.4, 6, "#f4efe8", round_by=3)
    canvas.rect(spot.x - half, spot.y - 26 - tall, half * 2, tall, lighter(icing, 0.2), round_by=5)
    canvas.rect(spot.x - half, spot.y - 26 - tall, half * 2, tall * 0.4, darker(icing, 0.08),
                round_by=5, outline=False)  # fmt: skip
    for index in (-1, 0, 1):
        canvas.circle(spot.x + index * half * 0.6, spot.y - 30 - tall, 6, "#d8394f")


def _jars(canvas: Canvas, look: Look, spot: Spot, _stock: Stock) -> None:
    colour = look.varied(look.rng.choice(("#e0a94a", "#c45a4e", "#7aa06a", "#6f8fb5", "#d98fa8")))
    half, tall = spot.width * 0.26, spot.height * look.rng.uniform(0.45, 0.7)
    canvas.rect(spot.x - half, spot.y - tall, half * 2, tall, lighter(colour, 0.3), round_by=7)
    canvas.rect(spot.x - half, spot.y - tall * 0.66, half * 2, tall * 0.66, colour,
                round_by=7, outline=False)  # fmt: skip
    canvas.rect(spot.x - half * 0.9, spot.y - tall - 10, half * 1.8, 14, "#8a5c38", round_by=3)


def _toys(canvas: Canvas, look: Look, spot: Spot, _stock: Stock) -> None:
    fur = look.varied(look.rng.choice(("#c99862", "#e8c9a0", "#a9a0a8", "#d99a9a")))
    r = spot.width * 0.24
    y = spot.y - r
    canvas.shape(
        shapes.disc(spot.x - r * 0.6, y - r * 2, r * 0.36)
        + shapes.disc(spot.x + r * 0.6, y - r * 2, r * 0.36),
        fur,
    )
    canvas.circle(spot.x, y, r, fur)
    canvas.circle(spot.x, y - r * 1.4, r * 0.8, lighter(fur, 0.1))
    face = shapes.disc(spot.x - r * 0.28, y - r * 1.5, r * 0.1) + shapes.disc(
        spot.x + r * 0.28, y - r * 1.5, r * 0.1
    )
    canvas.shape(face + shapes.disc(spot.x, y - r * 1.2, r * 0.12), "#3a2a26", outline=False)


Ware = Callable[[Canvas, Look, Spot, Stock], None]
WARES: dict[str, tuple[Ware, ...]] = {
    "flowers": (_vase,),
    "bread": (_bread, _bread, _jars),
    "books": (_books,),
    "cakes": (_cake, _cake, _jars),
    "cafe": (_cake, _jars, _bread),
    "toys": (_toys, _books, _toys),
    "goods": (_jars, _vase, _toys, _books),
}


def fill_shelf(
    canvas: Canvas, look: Look, *, stock: Stock,
    left: float, width: float, y: float, height: float,
) -> None:  # fmt: skip
    """Draw a row of wares on a shelf whose upper edge is at `y`."""
    count = max(1, round(width / 92))
    step = width / count
    for index in range(count):
        ware = look.rng.choice(WARES[stock.wares])
        tall = height * look.rng.uniform(0.88, 1.08)
        ware(canvas, look, Spot(x=left + step * (index + 0.5), y=y, width=step, height=tall), stock)


def fill_stand(canvas: Canvas, look: Look, *, stock: Stock, left: float, width: float) -> None:
    """Draw what a shop puts on the pavement: tiers of flower buckets, or crates of its wares."""
    if stock.wares == "flowers":
        _flower_tiers(canvas, look, stock, left=left, width=width)
        return
    for index in range(3):
        x = left + width * (index + 0.5) / 3
        spot = Spot(x=x, y=-52, width=116, height=110)
        look.rng.choice(WARES[stock.wares])(canvas, look, spot, stock)
        _crate(canvas, x, 16, 132, 72)


def _flower_tiers(canvas: Canvas, look: Look, stock: Stock, *, left: float, width: float) -> None:
    kinds = list(stock.kinds)
    look.rng.shuffle(kinds)
    for row, (y, count, tall) in enumerate(((-86.0, 5, 150.0), (20.0, 6, 142.0))):
        if row == 0:
            canvas.rect(left - 6, y - 4, width + 12, 16, "#a87548")
            canvas.rect(left + 10, y + 12, 12, 90, "#7d5433")
            canvas.rect(left + width - 22, y + 12, 12, 90, "#7d5433")
        step = width / count
        for index in range(count):
            x = left + step * (index + 0.5)
            kind = kinds[(index * 2 + row) % len(kinds)]
            blooms.bunch(
                canvas, look.rng, x, y - 56, step * 1.12, tall * look.rng.uniform(0.82, 1.0),
                kinds=(kind,), colours=stock.colours, heads=8 if kind != "sunflower" else 5,
            )  # fmt: skip
            _bucket(canvas, look, x, y, step * 0.36, 74 if row else 66)


def _bucket(canvas: Canvas, look: Look, x: float, y: float, half: float, tall: float) -> None:
    metal = look.rng.choice(("#b9c4c6", "#a9b7ba", "#8fb0a6", "#d9c8a8", "#cf8a66"))
    canvas.polygon(
        [(x - half, y - tall), (x + half, y - tall), (x + half * 0.74, y), (x - half * 0.74, y)],
        metal,
    )
    canvas.polygon(
        [
            (x + half * 0.4, y - tall),
            (x + half, y - tall),
            (x + half * 0.74, y),
            (x + half * 0.3, y),
        ],
        darker(metal, 0.2),
        outline=False,
    )
    canvas.rect(x - half * 1.06, y - tall - 4, half * 2.12, 9, lighter(metal, 0.35), round_by=4)
    canvas.rect(x - half * 0.9, y - tall * 0.55, half * 1.8, 4, darker(metal, 0.16), outline=False)


def _crate(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    canvas.rect(x - width / 2, y - height, width, height, "#7d5433")
    for index in range(3):
        canvas.rect(
            x - width / 2,
            y - height + index * height / 3 + 3,
            width,
            height / 3 - 6,
            "#b98a57",
            outline=False,
        )
    canvas.rect(x - width / 2 + 4, y - height, 9, height, "#a3764a", outline=False)
    canvas.rect(x + width / 2 - 13, y - height, 9, height, "#a3764a", outline=False)
