"""A shop's whole front, the widest and most careful thing the engine draws.

Units: the ground floor is 1000 wide and 800 high, its middle at x = 0, the pavement at y = 0.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas, Fade
from kaiga.engines.sketch.colours import darker, lighter, mix
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import belongings, blooms, food, pets
from kaiga.engines.sketch.motifs.wares import Stock, fill_shelf, fill_stand

WIDTH = 1000.0
HEIGHT = 800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The colours and wares of one shop."""

    stock: Stock
    paint: str
    trim: str
    wood: str
    awning: str
    stripe: str


EMBLEMS: Mapping[str, Callable[[Canvas, Look], None]] = MappingProxyType(
    {
        "bread": food.bread,
        "cakes": food.cake,
        "cafe": food.coffee,
        "books": belongings.book,
        "toys": pets.bear,
        "goods": belongings.gift,
    }
)
PAINTS = (
    ("#2f6b62", "#f3ead6", "#e8677c", "#fff5ea"),
    ("#3c5f86", "#f6efdf", "#f0b24b", "#fff8ea"),
    ("#a2566a", "#fbeee4", "#5d8f6d", "#fdf6ea"),
    ("#5f7f5a", "#f7f0df", "#ef8f6b", "#fff6ea"),
    ("#6a5a8c", "#f5eef2", "#f3a7b5", "#fffaf4"),
    ("#c77f5a", "#fbf1e2", "#4f8583", "#fff7ea"),
)


def make_shop(look: Look, *, stock: Stock, door: str, trim: str) -> Shop:
    """Choose a shop's colours from the wishes in `look`; an empty door or trim is free."""
    paint, own_trim, awning, stripe = look.rng.choice(PAINTS)
    return Shop(
        stock=stock,
        paint=look.colours[0] if look.colours else look.varied(paint),
        trim=trim or own_trim,
        wood=door or look.varied(look.rng.choice(("#9a5f34", "#a86a3a", "#8a5230"))),
        awning=look.colours[1] if len(look.colours) > 1 else awning,
        stripe=stripe,
    )


def draw_front(canvas: Canvas, look: Look, shop: Shop) -> None:
    """Draw the ground floor; `mirror` it by the canvas for the other hand."""
    canvas.rect(-500, -HEIGHT, 1000, HEIGHT, shop.paint)
    _pilasters(canvas, shop)
    _window(canvas, look, shop, left=-440, width=480, columns=4)
    _window(canvas, look, shop, left=318, width=124, columns=1)
    _door(canvas, look, shop, middle=180)
    _sign(canvas, look, shop)
    _awning(canvas, shop)
    _lamps(canvas, look)


def draw_pavement_display(canvas: Canvas, look: Look, shop: Shop) -> None:
    """Draw what stands in front of the shop."""
    canvas.ellipse(-200, 26, 290, 16, "#2a2034", opacity=0.22)
    fill_stand(canvas, look, stock=shop.stock, left=-440, width=470)
    _door_pots(canvas, look, shop)


def _pilasters(canvas: Canvas, shop: Shop) -> None:
    canvas.rect(-500, -60, 1000, 60, darker(shop.paint, 0.28))
    for x in (-498, 52, 282, 452):
        width = 46 if abs(x) > 400 else 26
        canvas.rect(x, -660, width, 600, lighter(shop.paint, 0.1))
        canvas.rect(x + width * 0.3, -520, width * 0.4, 420, darker(shop.paint, 0.1), outline=False)
        canvas.rect(x - 4, -66, width + 8, 66, darker(shop.paint, 0.18))


def _window(
    canvas: Canvas, look: Look, shop: Shop, *, left: float, width: float, columns: int
) -> None:
    top, bottom = -566.0, -172.0
    _panel_below(canvas, shop, left=left, width=width, top=bottom)
    canvas.rect(left - 14, top - 10, width + 28, bottom - top + 22, shop.trim)
    glow = (
        Fade(start="#ffe9b8", end="#e9b672") if look.lit else Fade(start="#6d5a4a", end="#c79a68")
    )
    canvas.rect(left, top, width, bottom - top, glow, light=look.lit)
    with canvas.lamplit():
        _interior(canvas, look, shop, left=left, width=width, top=top, bottom=bottom)
    _reflections(canvas, left=left, top=top + 92, width=width, bottom=bottom)
    _tracery(canvas, look, shop, left=left, top=top, width=width, columns=columns)
    for index in range(1, columns):
        x = left + width * index / columns
        canvas.rect(x - 4, top + 92, 8, bottom - top - 92, shop.trim)
    canvas.rect(left - 24, bottom, width + 48, 18, lighter(shop.trim, 0.3))
    canvas.rect(left - 24, bottom + 18, width + 48, 8, darker(shop.trim, 0.3), outline=False)


def _panel_below(canvas: Canvas, shop: Shop, *, left: float, width: float, top: float) -> None:
    count = max(1, round(width / 130))
    step = width / count
    for index in range(count):
        x = left + step * index + 8
        canvas.rect(x, top + 36, step - 16, 70, darker(shop.paint, 0.16))
        canvas.rect(x + 8, top + 44, step - 32, 54, lighter(shop.paint, 0.06), outline=False)


def _interior(
    canvas: Canvas, look: Look, shop: Shop, *, left: float, width: float, top: float, bottom: float
) -> None:
    hidden = shop.stock.wares == "flowers" and width > 200
    for level, share in ((0.56, 0.9), (0.985, 1.0)):
        y = top + (bottom - top) * level
        if hidden and level > 0.9:
            continue
        fill_shelf(
            canvas, look, stock=shop.stock,
            left=left, width=width, y=y, height=112 * share,
        )  # fmt: skip
        canvas.rect(left, y, width, 9, "#8a5c38")
        canvas.rect(left, y + 9, width, 5, "#5d3c25", outline=False)


def _reflections(canvas: Canvas, *, left: float, top: float, width: float, bottom: float) -> None:
    slant = min((bottom - top) * 0.5, width * 0.34)
    data = ""
    for start, share in ((0.05, 0.09), (0.18, 0.03), (0.47, 0.11), (0.61, 0.035)):
        x, wide = left + width * start, width * share
        data += shapes.polygon(
            [(x + slant, top), (x + slant + wide, top), (x + wide, bottom), (x, bottom)]
        )
    canvas.shape(data, "#ffffff", opacity=0.15, light=True)


def _tracery(
    canvas: Canvas, look: Look, shop: Shop, *, left: float, top: float, width: float, columns: int
) -> None:
    """Draw the leaded panes over a window: a fan of coloured glass in each."""
    glass = ("#f6c6cf", "#cfe6d4", "#f8e0a6", "#c9dcf2")
    step = width / columns
    for index in range(columns):
        middle = left + step * (index + 0.5)
        reach = step / 2 - 5
        canvas.rect(middle - step / 2, top, step, 92, lighter(shop.paint, 0.05), outline=False)
        for part in range(4):
            start, end = math.pi * part / 4, math.pi * (part + 1) / 4
            canvas.shape(
                f"M{middle:.1f} {top + 86:.1f}"
                f"L{middle - math.cos(start) * reach:.1f} {top + 86 - math.sin(start) * 78:.1f}"
                f"A{reach:.1f} 78 0 0 1 {middle - math.cos(end) * reach:.1f}"
                f" {top + 86 - math.sin(end) * 78:.1f}Z",
                glass[(part + index) % 4]
                if look.lit
                else mix(glass[(part + index) % 4], "#6f8794", 0.3),
                light=look.lit,
                outline=False,
            )
        for part in range(1, 4):
            angle = math.pi * part / 4
            canvas.line(
                [
                    (middle, top + 86),
                    (middle - math.cos(angle) * reach, top + 86 - math.sin(angle) * 78),
                ],
                shop.trim,
                4,
            )
        blooms.BLOOMS["daisy"](canvas, middle, top + 84, min(20, reach * 0.34), "#fff7e8")
        canvas.rect(middle - step / 2, top + 86, step, 9, shop.trim)
        canvas.rect(middle - step / 2 - 4, top, 8, 92, shop.trim, outline=False)


def _door(canvas: Canvas, look: Look, shop: Shop, *, middle: float) -> None:
    left, width, top = middle - 94, 188.0, -556.0
    wood = shop.wood
    canvas.rect(left - 10, -640, width + 20, 640, shop.trim)
    canvas.rect(left, top, width, 556, wood)
    _grain(canvas, look, wood, left=left, top=top, width=width, height=556)
    canvas.rect(left, top, 18, 556, darker(wood, 0.14), outline=False)
    canvas.rect(left + width - 18, top, 18, 556, darker(wood, 0.14), outline=False)
    _door_glass(canvas, look, shop, middle=middle, top=top + 34)
    for x in (left + 30, left + width / 2 + 6):
        canvas.rect(x, -214, width / 2 - 36, 176, darker(wood, 0.26))
        canvas.rect(x + 8, -206, width / 2 - 52, 160, lighter(wood, 0.1), outline=False)
        canvas.rect(x + 14, -200, width / 2 - 64, 148, wood, outline=False)
    canvas.rect(left + 18, -24, width - 36, 14, "#d8aa4e")
    _handle(canvas, left + width - 32, -270)
    canvas.rect(left - 34, -12, width + 68, 14, "#d9cfc2")
    canvas.rect(left - 46, 2, width + 92, 16, "#bfb3a6")


def _grain(
    canvas: Canvas, look: Look, wood: str, *, left: float, top: float, width: float, height: float
) -> None:
    """Draw long soft lines of wood in one path."""
    data = ""
    for index in range(15):
        x = left + width * (index + 0.5) / 15 + look.rng.uniform(-3, 3)
        bend = look.rng.uniform(-7, 7)
        start = top + look.rng.uniform(0, height * 0.3)
        end = top + height - look.rng.uniform(0, height * 0.2)
        half = (start + end) / 2
        data += (
            f"M{x:.1f} {start:.1f}Q{x + bend:.1f} {half:.1f} {x:.1f} {end:.1f}"
            f"Q{x + bend + 2.6:.1f} {half:.1f} {x:.1f} {start:.1f}Z"
        )
    canvas.shape(data, darker(wood, 0.22), outline=False)
    knots = "".join(
        shapes.disc(left + width * look.rng.uniform(0.15, 0.85), top + height * share, 3, 6)
        for share in (0.12, 0.55, 0.9)
    )
    canvas.shape(knots, darker(wood, 0.34), outline=False)


def _door_glass(canvas: Canvas, look: Look, shop: Shop, *, middle: float, top: float) -> None:
    """Draw the arched pane with its wreath and glazing bars."""
    half, bottom = 62.0, -244.0
    arch = f"M{middle - half} {bottom}V{top + half}a{half} {half} 0 0 1 {half * 2} 0V{bottom}Z"
    rim = half + 9
    canvas.shape(
        f"M{middle - rim} {bottom + 9}V{top + half}a{rim} {rim} 0 0 1 {rim * 2} 0V{bottom + 9}Z",
        darker(shop.wood, 0.24),
    )
    pane = (
        Fade(start="#ffeabc", end="#e8b169") if look.lit else Fade(start="#87a2a6", end="#b8a98e")
    )
    canvas.shape(arch, pane, light=look.lit, outline=False)
    with canvas.clipped(arch):
        canvas.polygon(
            [(middle - 10, top), (middle + 26, top), (middle - 30, bottom), (middle - 66, bottom)],
            "#ffffff", opacity=0.2, light=True,
        )  # fmt: skip
    canvas.rect(middle - 3, top, 6, bottom - top, shop.wood, outline=False)
    canvas.rect(middle - half, top + half - 3, half * 2, 6, shop.wood, outline=False)
    canvas.rect(middle - half, (top + bottom) / 2 + 50, half * 2, 6, shop.wood, outline=False)
    _wreath(canvas, look, shop, middle, (top + bottom) / 2 + 2)


def _wreath(canvas: Canvas, look: Look, shop: Shop, x: float, y: float) -> None:
    ring = ""
    for index in range(18):
        angle = math.tau * index / 18
        ring += shapes.leaf(
            (x + math.cos(angle) * 34, y + math.sin(angle) * 34),
            (x + math.cos(angle + 0.5) * 52, y + math.sin(angle + 0.5) * 52),
            0.4,
        )
    canvas.shape(ring, "#4d8552")
    for index in range(7):
        angle = math.tau * (index + 0.3) / 7
        colour = blooms.colour_of("rose", look.rng, shop.stock.colours)
        blooms.rose(canvas, x + math.cos(angle) * 38, y + math.sin(angle) * 38, 12, colour)


def _handle(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(x - 8, y - 46, 16, 92, "#b98a34", round_by=7)
    canvas.rect(x - 5, y - 30, 10, 62, "#f3d27c", round_by=5)
    canvas.circle(x, y - 37, 5, "#8a6524", outline=False)
    canvas.circle(x, y + 38, 4, "#5c431b", outline=False)


def _sign(canvas: Canvas, look: Look, shop: Shop) -> None:
    """Draw the board over the awning: an emblem of flowers and tendrils, and no letters."""
    canvas.rect(-510, -HEIGHT - 14, 1020, 22, lighter(shop.paint, 0.18))
    board = darker(shop.paint, 0.36)
    canvas.rect(-440, -786, 880, 104, "#d8ae58", round_by=12)
    canvas.rect(-433, -779, 866, 90, board, round_by=8, outline=False)
    for side in (-1, 1):
        canvas.stroke(
            f"M{side * 60} -734c{side * 40} -40 {side * 90} -30 {side * 110} 0"
            f"s{side * 70} 34 {side * 110} 0s{side * 60} -24 {side * 74} -6",
            "#e7c474",
            4,
        )
        leaves = "".join(
            shapes.leaf((side * x, -734 + dy * 0.4), (side * (x + 26), -734 + dy * 1.5), 0.36)
            for x, dy in (
                (84, -14),
                (126, -18),
                (170, 14),
                (214, 18),
                (258, 16),
                (300, -14),
                (338, -14),
            )
        )
        canvas.shape(leaves, "#9fc08a", outline=False)
        flower = "#f3a9b8" if side < 0 else "#f8d37a"
        for x in (170, 290):
            blooms.blossom(canvas, side * x, -734 + (18 if x < 200 else -16), 15, flower)
    _emblem(canvas, look, shop)


def _emblem(canvas: Canvas, look: Look, shop: Shop) -> None:
    """Draw what the shop sells in the middle of its board."""
    if shop.stock.wares in EMBLEMS:
        canvas.ellipse(0, -734, 62, 44, shop.trim)
        with canvas.at(0, -704, 0.62):
            EMBLEMS[shop.stock.wares](canvas, Look(rng=look.rng))
        return
    blooms.foliage_ring(canvas, 0, -734, 44)
    blooms.rose(canvas, 0, -734, 32, "#ef7d95")
    for side in (-1, 1):
        blooms.daisy(canvas, side * 42, -728, 19, "#fff8ea")


def _awning(canvas: Canvas, shop: Shop) -> None:
    """Draw the striped, scalloped cloth and the shade under it."""
    canvas.polygon([(-490, -600), (490, -600), (478, -538), (-478, -538)], "#1d1a2a", opacity=0.24)
    count = 13
    top, bottom, lip = -672.0, -592.0, 36.0
    for index in range(count):
        left, right = -455 + 910 * index / count, -455 + 910 * (index + 1) / count
        low_left, low_right = -490 + 980 * index / count, -490 + 980 * (index + 1) / count
        colour = shop.awning if index % 2 == 0 else shop.stripe
        canvas.polygon([(left, top), (right, top), (low_right, bottom), (low_left, bottom)], colour)
        half = (low_right - low_left) / 2
        canvas.shape(
            f"M{low_left:.1f} {bottom:.1f}H{low_right:.1f}v{lip * 0.35:.1f}"
            f"a{half:.1f} {lip * 0.8:.1f} 0 0 1 {-2 * half:.1f} 0Z",
            darker(colour, 0.13),
        )
    canvas.rect(-462, top - 8, 924, 14, darker(shop.awning, 0.3), round_by=6)
    canvas.polygon(
        [(-455, top), (455, top), (462, top + 22), (-462, top + 22)], "#ffffff", opacity=0.14
    )


def _lamps(canvas: Canvas, look: Look) -> None:
    for x in (-475, 475):
        if look.lit:
            canvas.circle(x, -452, 62, "#ffe7a3", opacity=0.22, light=True)
            canvas.circle(x, -452, 34, "#fff1c4", opacity=0.35, light=True)
        canvas.rect(x - 3, -505, 6, 24, "#35302f")
        canvas.polygon([(x - 18, -484), (x + 18, -484), (x + 12, -428), (x - 12, -428)], "#35302f")
        canvas.polygon(
            [(x - 12, -478), (x + 12, -478), (x + 8, -434), (x - 8, -434)],
            "#fff0b8" if look.lit else "#cfd6cf",
            light=look.lit, outline=False,
        )  # fmt: skip


def _door_pots(canvas: Canvas, look: Look, shop: Shop) -> None:
    for x, clay in ((52.0, "#c8704a"), (322.0, "#b9653f")):
        canvas.ellipse(x + 6, 22, 50, 10, "#2a2034", opacity=0.25)
        kind = look.rng.choice(("topiary", "bush"))
        if kind == "topiary":
            canvas.rect(x - 4, -150, 8, 90, "#7a5233")
            canvas.shape(shapes.blob(look.rng, x, -178, 92, 92, 11), "#4d8552")
            canvas.shape(shapes.blob(look.rng, x - 8, -188, 62, 58, 9), "#6aa362", outline=False)
            for index in range(8):
                angle = index * 2.4
                colour = blooms.colour_of("rose", look.rng, shop.stock.colours)
                blooms.rose(canvas, x + math.cos(angle) * 13 * math.sqrt(index),
                            -180 + math.sin(angle) * 13 * math.sqrt(index), 9, colour)  # fmt: skip
        else:
            blooms.bunch(canvas, look.rng, x, -56, 120, 150, kinds=("hydrangea", "peony", "rose"),
                         colours=shop.stock.colours, heads=8)  # fmt: skip
        canvas.polygon([(x - 38, -70), (x + 38, -70), (x + 27, 22), (x - 27, 22)], clay)
        canvas.rect(x - 43, -76, 86, 20, lighter(clay, 0.12), round_by=4)
        canvas.polygon(
            [(x + 14, -56), (x + 35, -56), (x + 27, 22), (x + 12, 22)],
            darker(clay, 0.2),
            outline=False,
        )
