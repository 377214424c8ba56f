"""What is in the air of a clip: rain, snow, petals, bubbles, hearts and the like, by the dozen.

Each kind is a swarm of small sprites. Where one is at a moment follows from its number and the
time alone, and what leaves the frame on one side comes back on the other.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.edits.painting import render_canvas
from kaiga.engines.sketch.scene import Scene

_TURNS = 12
"""How many angles of a turning sprite are kept ready."""
_LEVELS = 6
"""How many strengths of a glowing sprite are kept ready."""
_Choice = TypeVar("_Choice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Swarm:
    """One kind of thing in the air. Lengths are in units, a hundredth of the frame's size.

    `count` is for a square frame. `speed` is (right, down) in units per second and varies by a
    third from one to the next, `sway` how far it swings to the sides. `turns` is in turns per
    second. `glow` is how often per second it lights up and goes out, 0 for always lit. `tall` is
    its height per its size, `soft` blurs its outlines, and `band` is the part of the frame's
    height that it keeps to.
    """

    draw: Callable[[Canvas, float], None]
    size: tuple[float, float]
    count: int
    speed: tuple[float, float]
    sway: float = 0.0
    turns: float = 0.0
    glow: float = 0.0
    tall: float = 1.0
    soft: bool = False
    band: tuple[float, float] = (0.0, 1.0)


class Flight:
    """A swarm over frames of one size; made ready once, drawn into each frame."""

    def __init__(self, swarm: Swarm, chance: Random, width: int, height: int) -> None:
        self._swarm = swarm
        self._unit = (width * height) ** 0.5 / 100
        self._width, self._height = width, height
        self._count = max(1, round(swarm.count * _crowding(width, height)))
        noise = np.random.Generator(np.random.PCG64(chance.getrandbits(64)))
        self._place = noise.random((self._count, 2))
        self._own = noise.random((self._count, 4))
        self._sprites = _paint_sprites(swarm, self._unit)

    def draw(self, frame: Image.Image, seconds: float, *, share: float = 1.0) -> None:
        """Draw the swarm, or the first `share` of it, into an RGB frame."""
        swarm, unit = self._swarm, self._unit
        pace = 0.67 + 0.66 * self._own[:, 0]
        margin = swarm.size[1] * unit * max(1.0, swarm.tall)
        room_x, room_y = self._width + 2 * margin, self._height + 2 * margin
        swing = np.sin(math.tau * (seconds * (0.2 + 0.2 * self._own[:, 1]) + self._own[:, 2]))
        x = self._place[:, 0] * room_x + swarm.speed[0] * unit * pace * seconds
        x = (x + swing * swarm.sway * unit) % room_x - margin
        top, bottom = swarm.band
        y = self._place[:, 1] * room_y + swarm.speed[1] * unit * pace * seconds
        y = (y % room_y) * (bottom - top) + top * room_y - margin
        turn = (self._own[:, 2] + swarm.turns * pace * seconds) % 1
        light = _light(self._own[:, 3], swarm.glow, seconds)
        drawn = round(self._count * share)
        for each in np.stack([x, y, self._own[:, 1], turn, light], axis=1)[:drawn].tolist():
            if each[4] > 0:
                sprite = _pick(_pick(_pick(self._sprites, each[2]), each[3]), each[4])
                place = (round(each[0] - sprite.width / 2), round(each[1] - sprite.height / 2))
                frame.paste(sprite, place, sprite)


def _pick(choices: Sequence[_Choice], share: float) -> _Choice:
    """Give the choice that lies `share` of the way through."""
    return choices[min(len(choices) - 1, int(share * len(choices)))]


def _light(own: NDArray[np.float64], glow: float, seconds: float) -> NDArray[np.float64]:
    if not glow:
        return np.ones(len(own))
    return np.maximum(0.0, np.sin(math.tau * (own + seconds * glow * (0.6 + 0.8 * own))))


def _crowding(width: int, height: int) -> float:
    """A long frame has room for more of what is sized by its mean side."""
    return max(width / height, height / width) ** 0.25


def _paint_sprites(swarm: Swarm, unit: float) -> Sequence[Sequence[Sequence[Image.Image]]]:
    """Paint the images, by size, by angle and by strength."""
    least, most = swarm.size
    sizes = [least, (least + most) / 2, most] if most > least else [most]
    turns = _TURNS if swarm.turns else 1
    levels = _LEVELS if swarm.glow else 1
    painted: list[list[list[Image.Image]]] = []
    for size in sizes:
        images = [_paint(swarm, size * unit, index / turns * 360) for index in range(turns)]
        painted.append([[_weakened(i, (k + 1) / levels) for k in range(levels)] for i in images])
    return painted


def _paint(swarm: Swarm, size: float, turn: float) -> Image.Image:
    reach = max(2.0, size * max(1.0, swarm.tall) * 1.2)
    side = math.ceil(reach)
    canvas = Canvas(width=side, height=side)
    with canvas.at(side / 2, side / 2, turn=turn):
        swarm.draw(canvas, max(size, 1.0))
    image = Image.fromarray(render_canvas(canvas))
    if swarm.soft:
        blur = ImageFilter.BoxBlur(size * 0.07)
        image = image.convert("RGBa").filter(blur).filter(blur).convert("RGBA")
    return image.crop(image.getbbox() or (0, 0, 1, 1))


def _weakened(image: Image.Image, share: float) -> Image.Image:
    if share >= 1:
        return image
    faint = image.copy()
    faint.putalpha(image.getchannel("A").point([round(value * share) for value in range(256)]))
    return faint


def _streak(canvas: Canvas, size: float) -> None:
    thin = max(size * 0.055, 0.6)
    canvas.polygon(
        [
            (size * 0.11, -size / 2),
            (size * 0.11 + thin, -size / 2),
            (-size * 0.11 + thin, size / 2),
            (-size * 0.11, size / 2),
        ],
        "#dfeaf6",
        opacity=0.5,
    )


def _flake(canvas: Canvas, size: float) -> None:
    canvas.circle(0, 0, size / 2, "#ffffff", opacity=0.9)


def _petal(*colours: str) -> Callable[[Canvas, float], None]:
    def draw(canvas: Canvas, size: float) -> None:
        canvas.shape(shapes.leaf((-size / 2, 0), (size / 2, 0), 0.34), colours[0])
        canvas.shape(shapes.leaf((-size * 0.3, 0), (size * 0.45, 0), 0.1), colours[-1])

    return draw


def _dot(colour: str, opacity: float) -> Callable[[Canvas, float], None]:
    def draw(canvas: Canvas, size: float) -> None:
        canvas.circle(0, 0, size / 2, colour, opacity=opacity * 0.35)
        canvas.circle(0, 0, size / 4, colour, opacity=opacity)

    return draw


def _bubble(canvas: Canvas, size: float) -> None:
    canvas.circle(0, 0, size / 2, "#dff6fa", opacity=0.35)
    canvas.circle(0, 0, size * 0.4, "#8fd0e0", opacity=0.3)
    canvas.circle(-size * 0.16, -size * 0.18, size * 0.1, "#ffffff", opacity=0.9)


def _heart(colour: str) -> Callable[[Canvas, float], None]:
    def draw(canvas: Canvas, size: float) -> None:
        canvas.shape(shapes.heart(0, 0, size * 0.8), colour, opacity=0.92)
        canvas.circle(-size * 0.17, -size * 0.16, size * 0.08, "#ffffff", opacity=0.6)

    return draw


def _slip(colour: str) -> Callable[[Canvas, float], None]:
    def draw(canvas: Canvas, size: float) -> None:
        canvas.rect(-size * 0.35, -size * 0.16, size * 0.7, size * 0.32, colour)

    return draw


def _note(canvas: Canvas, size: float) -> None:
    canvas.rect(-size * 0.5, -size * 0.24, size, size * 0.48, "#6fae72", round_by=size * 0.04)
    canvas.rect(-size * 0.44, -size * 0.18, size * 0.88, size * 0.36, "#a8d3a0")
    canvas.circle(0, 0, size * 0.13, "#4f8f58")
    canvas.rect(-size * 0.4, -size * 0.03, size * 0.16, size * 0.06, "#4f8f58")
    canvas.rect(size * 0.24, -size * 0.03, size * 0.16, size * 0.06, "#4f8f58")


def _coin(canvas: Canvas, size: float) -> None:
    canvas.ellipse(0, 0, size * 0.32, size * 0.4, "#c9922c")
    canvas.ellipse(-size * 0.03, 0, size * 0.26, size * 0.34, "#f6cf58")
    canvas.rect(-size * 0.07, -size * 0.07, size * 0.12, size * 0.14, "#c9922c")


def _twinkle(colour: str) -> Callable[[Canvas, float], None]:
    def draw(canvas: Canvas, size: float) -> None:
        canvas.shape(shapes.star(0, 0, size / 2, 4, 0.16), colour, opacity=0.95)

    return draw


def _puff(canvas: Canvas, size: float) -> None:
    for place, radius in ((-0.26, 0.2), (0.22, 0.22), (0.0, 0.26)):
        canvas.ellipse(
            place * size, place * size * 0.2, radius * size, radius * size * 0.5, "#ffffff",
            opacity=0.3,
        )  # fmt: skip


def _mortarboard(canvas: Canvas, size: float) -> None:
    half = size / 2
    canvas.shape(
        shapes.polygon([(0, -half * 0.5), (half, 0), (0, half * 0.5), (-half, 0)]), "#23283a"
    )
    canvas.shape(
        shapes.polygon([
            (-half * 0.5, half * 0.25), (0, half * 0.5), (half * 0.5, half * 0.25),
            (half * 0.5, half * 0.6), (0, half * 0.85), (-half * 0.5, half * 0.6),
        ]),
        "#32384f",
    )  # fmt: skip
    canvas.line(
        [(0, 0), (half * 0.8, half * 0.1), (half * 0.8, half * 0.6)], "#f6c23c", size * 0.05
    )


SWARMS: Mapping[str, Swarm] = MappingProxyType({
    "rain": Swarm(draw=_streak, size=(2.6, 3.4), count=90, speed=(-26, 118), tall=1.0),
    "rain_near": Swarm(draw=_streak, size=(4.4, 5.4), count=55, speed=(-36, 165), tall=1.0),
    "snow": Swarm(draw=_flake, size=(0.5, 0.9), count=95, speed=(-1.5, 9), sway=2.2),
    "snow_near": Swarm(draw=_flake, size=(1.2, 2.0), count=34, speed=(-2.5, 17), sway=3.5),
    "petals": Swarm(
        draw=_petal("#f6bfd0", "#fbe3ea"), size=(1.3, 2.1), count=34, speed=(-5, 9), sway=4,
        turns=0.3,
    ),
    "leaves": Swarm(
        draw=_petal("#d9772f", "#f0b04f"), size=(1.8, 2.8), count=26, speed=(-6, 10), sway=5,
        turns=0.35,
    ),
    "roses": Swarm(
        draw=_petal("#c8273f", "#e8637a"), size=(2.0, 3.4), count=44, speed=(-3, 13), sway=5,
        turns=0.3,
    ),
    "crystals": Swarm(
        draw=_petal("#8fd4f2", "#e6f7fd"), size=(2.0, 3.4), count=44, speed=(-3, 12), sway=4,
        turns=0.25,
    ),
    "seeds": Swarm(draw=_dot("#ffffff", 0.8), size=(0.7, 1.2), count=16, speed=(4, -1), sway=3),
    "fireflies": Swarm(
        draw=_dot("#f6ef8f", 1.0), size=(1.2, 1.9), count=20, speed=(1.5, -0.8), sway=5, glow=0.35,
        band=(0.45, 0.95),
    ),
    "motes": Swarm(
        draw=_dot("#fff3d6", 0.6), size=(0.5, 1.1), count=26, speed=(0.8, -0.6), sway=2.5, glow=0.2
    ),
    "stars": Swarm(
        draw=_twinkle("#fffbe8"), size=(0.9, 2.0), count=26, speed=(0, 0), glow=0.3, band=(0, 0.4)
    ),
    "galaxy": Swarm(
        draw=_twinkle("#fffbe8"), size=(0.8, 2.0), count=44, speed=(0.4, 0.1), glow=0.3
    ),
    "bubbles": Swarm(draw=_bubble, size=(1.0, 3.2), count=26, speed=(0, -12), sway=2.5),
    "hearts": Swarm(draw=_heart("#f0506e"), size=(2.4, 5.0), count=26, speed=(0, -15), sway=4),
    "confetti": Swarm(
        draw=_slip("#f7b32b"), size=(1.6, 2.4), count=34, speed=(1, 22), sway=4, turns=0.9
    ),
    "confetti_blue": Swarm(
        draw=_slip("#3f8fd8"), size=(1.6, 2.4), count=34, speed=(-1, 20), sway=5, turns=0.8
    ),
    "confetti_red": Swarm(
        draw=_slip("#e8524f"), size=(1.6, 2.4), count=34, speed=(2, 24), sway=4, turns=1.0
    ),
    "caps": Swarm(
        draw=_mortarboard, size=(5.0, 7.0), count=9, speed=(1, 17), sway=5, turns=0.35, tall=1.2
    ),
    "notes": Swarm(draw=_note, size=(5.5, 8.0), count=18, speed=(1, 19), sway=6, turns=0.4),
    "coins": Swarm(draw=_coin, size=(3.0, 4.2), count=16, speed=(0, 30), sway=1, turns=0.8),
    "sparkles": Swarm(
        draw=_twinkle("#ffffff"), size=(1.4, 3.4), count=30, speed=(0.5, -1.5), sway=2, glow=0.7
    ),
    "puffs": Swarm(draw=_puff, soft=True, size=(14.0, 26.0), count=12, speed=(-16, 0.5), sway=2),
    "gusts": Swarm(draw=_puff, soft=True, size=(16.0, 26.0), count=9, speed=(30, 1), sway=3),
    "mist": Swarm(
        draw=_puff, soft=True, size=(38.0, 60.0), count=16, speed=(4, 0), sway=3, band=(0.3, 0.95)
    ),
})  # fmt: skip
"""Every swarm, by name."""


_WEATHERS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "fog": ("mist",), "rain": ("rain", "rain_near"), "storm": ("rain", "rain_near"),
    "snow": ("snow", "snow_near"), "wind": ("gusts",),
})  # fmt: skip
_NIGHTLY_LAND = frozenset({"forest", "garden", "meadow", "village", "lake", "swamp"})
_DUSTY = frozenset({"room", "tabletop", "forest", "bamboo_grove", "portrait"})
_GRASSY = frozenset({"meadow", "garden", "flower_field", "paddy"})


def choose_swarms(scene: Scene) -> tuple[str, ...]:
    """Give the names of what is in the air of a painted scene, from far to near."""
    weather, places = set(scene.weather), set(scene.places)
    falling = [name for kind in _WEATHERS if kind in weather for name in _WEATHERS[kind]]
    above = _above(scene)
    if "underwater" in places:
        return (*above, "bubbles")
    return (*above, *(dict.fromkeys(falling) or _light_air(scene)))


def _above(scene: Scene) -> tuple[str, ...]:
    if {"space", "moonscape"} & set(scene.places):
        return ("galaxy",)
    covered = {"cloudy", "rain", "fog", "storm", "snow"} & set(scene.weather)
    return ("stars",) if scene.time == "night" and not covered else ()


def _light_air(scene: Scene) -> tuple[str, ...]:
    """Give what is in the air of a fine day, an evening or a room."""
    places = set(scene.places)
    if scene.season == "spring" or scene.find("sakura"):
        return ("petals",)
    if scene.season == "autumn":
        return ("leaves",)
    if scene.time in {"night", "dusk"} and places & _NIGHTLY_LAND:
        return ("fireflies",)
    if places & _DUSTY or scene.find("candle"):
        return ("motes",)
    return ("seeds",) if places & _GRASSY else ()
