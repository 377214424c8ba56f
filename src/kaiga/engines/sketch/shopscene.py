"""A whole picture of a shop: its front, the house above it, its neighbours and the pavement."""

import math
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import pairwise

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.backdrops.heavens import draw_cloud, paint_sky
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import blooms, shopfront
from kaiga.engines.sketch.motifs.wares import ALL_KINDS, Stock
from kaiga.engines.sketch.scene import Mention
from kaiga.engines.sketch.stage import Setting, Stage

WARES_OF = {
    "flower_shop": "flowers",
    "bakery": "bread",
    "cake_shop": "cakes",
    "bookshop": "books",
    "cafe": "cafe",
    "toy_shop": "toys",
    "shop": "goods",
}
WALLS = ("#e9d3b0", "#e6bfa3", "#d9c7b4", "#cfd6c4", "#e8cfc0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontage:
    """Where the shop stands: the middle of its foot and pixels per unit."""

    x: float
    y: float
    scale: float

    @property
    def top(self) -> float:
        """The upper edge of the ground floor."""
        return self.y - (shopfront.HEIGHT + 14) * self.scale

    @property
    def left(self) -> float:
        """The left edge of the house."""
        return self.x - 500 * self.scale

    @property
    def right(self) -> float:
        """The right edge of the house."""
        return self.x + 500 * self.scale


def paint_shop(stage: Stage, mention: Mention) -> Setting:
    """Fill the picture with the shop of `mention`; things may then stand on the pavement."""
    front = _place_front(stage)
    look = Look(rng=stage.rng, colours=mention.colours, lit=True, season=stage.season)
    if front.top > 0.1 * stage.height or front.left > 0.02 * stage.width:
        paint_sky(stage, front.y)
    _neighbours(stage, front)
    _storeys(stage, front)
    _pavement(stage, front)
    shop = shopfront.make_shop(
        look,
        stock=_stock(stage, WARES_OF[mention.motif]),
        door=_colour_of(stage, "door"),
        trim=_colour_of(stage, "window"),
    )
    dark = stage.scene.time in {"night", "dusk"}
    with (
        stage.canvas.hazed("#f0a860", 0.1 if dark else 0.0),
        stage.canvas.at(front.x, front.y, front.scale),
    ):
        shopfront.draw_front(stage.canvas, look, shop)
    _light_pools(stage, front)
    with (
        stage.canvas.lamplit() if dark else nullcontext(),
        stage.canvas.hazed("#3a2850", 0.34 if dark else 0.0),
        stage.canvas.at(front.x, front.y, front.scale),
    ):
        shopfront.draw_pavement_display(stage.canvas, look, shop)
    pavement = stage.height - front.y
    return Setting(
        horizon=front.y,
        back=front.y + pavement * 0.42,
        front=front.y + pavement * 0.86,
        sky_bottom=front.top,
    )


def _place_front(stage: Stage) -> Frontage:
    scale = min(
        stage.width * 0.955 / shopfront.WIDTH, stage.height * 0.83 / (shopfront.HEIGHT + 14)
    )
    spare = stage.height - (shopfront.HEIGHT + 14) * scale
    pavement = min(spare * 0.62, max(spare * 0.34, stage.height * 0.125))
    return Frontage(x=round(stage.width / 2), y=round(stage.height - pavement), scale=scale)


def _colour_of(stage: Stage, part: str) -> str:
    mention = stage.mention(part)
    if mention is None or not mention.colours:
        return ""
    return mention.colours[0]


def _stock(stage: Stage, wares: str) -> Stock:
    mentioned = [m for m in stage.scene.mentions if m.motif in blooms.BLOOMS]
    general = stage.mention("flowers") or stage.mention("bouquet")
    colours = tuple(colour for m in mentioned for colour in m.colours)
    if general and general.colours:
        colours += tuple(
            colour for asked in general.colours for colour in (asked, lighter(asked, 0.25))
        )
    kinds = tuple(m.motif for m in mentioned)
    return Stock(wares=wares, kinds=kinds or ALL_KINDS, colours=colours)


def _neighbours(stage: Stage, front: Frontage) -> None:
    """Fill what is left and right of the house with the next houses of the street."""
    canvas = stage.canvas
    width = 1000 * front.scale
    for side in (-1, 1):
        edge = front.left if side < 0 else front.right
        step = 0
        while 0 < edge < stage.width and step < 4:
            if abs(edge - (0 if side < 0 else stage.width)) < width * 0.12:
                if front.top < 700 * front.scale:
                    _plain_wall(stage, front, side)
                break
            middle = edge + side * width / 2
            look = Look(rng=stage.rng, lit=True, season=stage.season)
            wares = look.pick(("bread", "books", "cafe", "toys", "goods"))
            shop = shopfront.make_shop(look, stock=Stock(wares=wares), door="", trim="")
            neighbour = Frontage(x=middle, y=front.y, scale=front.scale)
            with canvas.hazed(stage.light.haze, 0.16):
                _storeys(stage, neighbour)
                with canvas.at(middle, front.y, front.scale, flip=side < 0):
                    shopfront.draw_front(canvas, look, shop)
            edge += side * width
            step += 1


def _plain_wall(stage: Stage, front: Frontage, side: int) -> None:
    """Continue the house's own wall to the picture's edge."""
    wall = "#c9a78a"
    left = 0.0 if side < 0 else front.right - 2
    width = (front.left if side < 0 else stage.width - front.right) + 4
    stage.canvas.rect(left, 0, width, front.y, wall, outline=False)
    _bricks(stage, left, 0, width, front.y, darker(wall, 0.08))


def _bricks(
    stage: Stage, left: float, top: float, width: float, height: float, colour: str
) -> None:
    """Draw scattered bricks in one path."""
    unit = stage.unit
    data = ""
    rows = max(1, round(height / (unit * 2.4)))
    for row in range(rows):
        for _ in range(max(1, round(width / (unit * 16)))):
            long = min(unit * 3.6, width)
            x = left + stage.rng.uniform(0, width - long)
            data += shapes.box(x, top + (row + 0.2) * unit * 2.4, long, unit * 1.3)
    stage.canvas.shape(data, colour, outline=False)


def _storeys(stage: Stage, front: Frontage) -> None:
    """Draw the floors above the shop, up to the picture's edge or a roof."""
    canvas, scale = stage.canvas, front.scale
    tall = 430 * scale
    room = front.top
    if room <= 0:
        return
    floors = max(1, math.floor((room - 330 * scale) / tall)) if room > 700 * scale else 1
    floors = min(floors, 3)
    wall = stage.rng.choice(WALLS)
    top = front.top - floors * tall
    canvas.rect(
        front.left, max(0.0, top), front.right - front.left, front.top - max(0.0, top) + 1, wall
    )
    _bricks(stage, front.left, max(0.0, top), front.right - front.left, front.top - max(0.0, top),
            darker(wall, 0.09))  # fmt: skip
    shutters = stage.rng.choice(("#5b7f78", "#6d84a3", "#a8665c", "#75855a"))
    for floor in range(floors):
        for x in (-320, 0, 320):
            base = front.top - floor * tall - 52 * scale
            with canvas.at(front.x + x * scale, base, scale):
                _upper_window(canvas, stage, shutters)
    if top > 0:
        _roof(stage, front, top)


def _upper_window(canvas: Canvas, stage: Stage, shutters: str) -> None:
    """Draw a window with shutters and a flower box; its sill is at y = 0."""
    lit = stage.light.lit and stage.rng.random() < 0.7
    canvas.rect(-66, -258, 132, 262, "#fbf3e4")
    canvas.rect(-54, -246, 108, 240, "#ffdf94" if lit else "#8fb3c4", light=lit)
    canvas.polygon([(-54, -246), (10, -246), (-54, -120)], "#ffffff", opacity=0.25)
    canvas.rect(-4, -246, 8, 240, "#fbf3e4", outline=False)
    canvas.rect(-54, -140, 108, 8, "#fbf3e4", outline=False)
    for x in (-128, 70):
        canvas.rect(x, -256, 58, 256, shutters)
        slats = "".join(shapes.box(x + 9, -244 + row * 24, 40, 10) for row in range(10))
        canvas.shape(slats, darker(shutters, 0.2), outline=False)
    blooms.bunch(canvas, stage.rng, -40, 6, 104, 74, kinds=("rose", "daisy"), heads=6)
    blooms.bunch(canvas, stage.rng, 42, 6, 104, 74, kinds=("rose", "peony"), heads=6)
    canvas.rect(-92, 0, 184, 34, "#9a6a42", round_by=4)
    canvas.rect(-92, 22, 184, 12, "#7d5433", outline=False)


def _roof(stage: Stage, front: Frontage, top: float) -> None:
    canvas, scale = stage.canvas, front.scale
    tile = stage.rng.choice(("#a4574a", "#6f6a86", "#8a6150"))
    tall = min(top * 0.7, 230 * scale)
    left, right = front.left - 20 * scale, front.right + 20 * scale
    canvas.polygon(
        [
            (left, top),
            (right, top),
            (right - 90 * scale, top - tall),
            (left + 90 * scale, top - tall),
        ],
        tile,
    )
    rows = "".join(
        shapes.box(
            left + (row + 0.4) * 15 * scale,
            top - tall * (row + 1) / 6,
            right - left - (row + 0.4) * 30 * scale,
            4 * scale,
        )
        for row in range(5)
    )
    canvas.shape(rows, darker(tile, 0.18), outline=False)
    canvas.rect(left, top - 8 * scale, right - left, 26 * scale, "#f5ead6")
    chimney = front.x + 250 * scale
    canvas.rect(chimney, top - tall - 70 * scale, 80 * scale, 110 * scale, "#a8694f")
    canvas.rect(chimney - 8 * scale, top - tall - 84 * scale, 96 * scale, 20 * scale, "#8a5440")
    draw_cloud(
        canvas,
        stage.rng,
        chimney + 70 * scale,
        top - tall - 140 * scale,
        130 * scale,
        "#ffffff",
        opacity=0.6,
    )


def _pavement(stage: Stage, front: Frontage) -> None:
    """Draw paving that runs towards the eye, and a road where there is room for one."""
    canvas, rng = stage.canvas, stage.rng
    depth = stage.height - front.y
    road = depth > stage.height * 0.2
    floor = front.y + depth * (0.62 if road else 1.0)
    stone = rng.choice(("#d8c7b4", "#cfc4ba", "#d9cbb9"))
    canvas.bands(
        0, front.y, stage.width, floor - front.y,
        ((0.0, darker(stone, 0.16)), (0.3, stone), (1.0, lighter(stone, 0.2))), steps=24,
    )  # fmt: skip
    _slabs(stage, front.y, floor, darker(stone, 0.13))
    if road:
        kerb = depth * 0.05
        canvas.rect(0, floor, stage.width, stage.height - floor, "#7b7684", outline=False)
        canvas.rect(0, floor, stage.width, kerb, "#ece2d4", outline=False)
        canvas.rect(0, floor + kerb, stage.width, kerb * 0.7, "#5f5a6b", outline=False)
        dashes = "".join(
            shapes.box(
                stage.width * (i + 0.15) / 5,
                floor + depth * 0.23,
                stage.width * 0.12,
                depth * 0.025,
            )
            for i in range(5)
        )
        canvas.shape(dashes, "#f3ead6", outline=False)


def _slabs(stage: Stage, top: float, floor: float, colour: str) -> None:
    """Draw the joints of the paving in perspective, as one path of slender strips."""
    rows = [0.0, 0.16, 0.36, 0.62, 1.0]
    thick = max(1.0, stage.unit * 0.13)
    data = "".join(
        shapes.box(0, top + (floor - top) * share, stage.width, thick * (0.6 + share))
        for share in rows[1:-1]
    )
    middle = stage.width / 2
    for index, (start, end) in enumerate(pairwise(rows)):
        y0, y1 = top + (floor - top) * start, top + (floor - top) * end
        step = stage.unit * 11
        count = math.ceil(stage.width / step) + 2
        for column in range(-count, count + 1):
            near = middle + (column + 0.5 * (index % 2)) * step
            x0 = middle + (near - middle) * (0.9 + 0.35 * start)
            x1 = middle + (near - middle) * (0.9 + 0.35 * end)
            if -step < x0 < stage.width + step:
                data += shapes.polygon([(x0, y0), (x0 + thick, y0), (x1 + thick, y1), (x1, y1)])
    stage.canvas.shape(data, colour, outline=False)


def _light_pools(stage: Stage, front: Frontage) -> None:
    """Let the light of the door and the window fall on the pavement."""
    canvas, scale = stage.canvas, front.scale
    depth = min(stage.height - front.y, 130 * scale)
    strength = 0.5 if stage.light.lit else 0.3
    for left, right in ((90, 270), (-420, 30)):
        canvas.polygon(
            [
                (front.x + left * scale, front.y + 18 * scale),
                (front.x + right * scale, front.y + 18 * scale),
                (front.x + (right + 40) * scale, front.y + depth),
                (front.x + (left - 40) * scale, front.y + depth),
            ],
            "#ffe6ad",
            opacity=strength * 0.6,
            light=True,
        )
