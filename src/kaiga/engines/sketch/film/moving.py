"""How each thing moves by itself: what it is decides how, its height how far.

A motion is a function of time alone, so that frames can be made in any order.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from kaiga.engines.sketch.canvas import Piece
from kaiga.engines.sketch.film.affine import STILL, Affine, about
from kaiga.engines.sketch.motifs.blooms import BLOOMS
from kaiga.engines.sketch.motifs.table import MOTIFS, Habitat
from kaiga.engines.sketch.placing import OVERREACH
from kaiga.engines.sketch.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How a thing is at one moment: moved within the picture, and how well it is seen."""

    where: Affine = STILL
    opacity: float = 1.0


Motion = Callable[[float], Pose]
"""Takes the seconds since the clip began."""


Swing = tuple[float, float, float]
"""How far, how often per second, and from which part of its round a wave begins."""
_NONE: Swing = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """One manner of moving.

    `pivot` is what it turns about, in heights above its foot. `ahead` is how far it goes the way
    it looks, in its widths per second, though never further than `most` of the picture's width.
    `side` is in widths, `lift` and `step` (which only goes up) in heights, `turn` in degrees,
    `lean` and `stretch` in shares; `thin` is how much of a stretch its width gives way by. `spin`
    is in degrees per second, `fade` in shares of being seen. What is `airy` moves more in wind.
    """

    pivot: float = 0.0
    ahead: float = 0.0
    most: float = 0.3
    side: Swing = _NONE
    lift: Swing = _NONE
    step: Swing = _NONE
    turn: Swing = _NONE
    lean: Swing = _NONE
    stretch: Swing = _NONE
    thin: float = 0.5
    spin: float = 0.0
    fade: Swing = _NONE
    airy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """What a motion works with: the foot of a thing, its size, its chance, and the clip.

    Lengths are in picture pixels. `heading` is -1 for what looks to the left and 1 for the right.
    `middle` is half of the clip's time, when things are where they were painted.
    """

    x: float
    foot: float
    width: float
    height: float
    heading: float
    phase: float
    pace: float
    middle: float
    picture_width: float
    wind: float


def rest(_seconds: float) -> Pose:
    """Stay where it was painted."""
    return Pose()


def find_motion(
    piece: Piece, scene: Scene, chance: Random, *, seconds: float, width: float
) -> Motion:
    """Choose how a piece of a picture of this width moves during a clip of so many seconds."""
    left, top, right, bottom = piece.box
    wide, tall, foot = right - left, bottom - top, (top + bottom) / 2
    if piece.kind == "thing":
        motif = MOTIFS[piece.name]
        tall = (piece.foot - top) / (1 + OVERREACH * max(1.0, motif.width / motif.height))
        wide, foot = tall * motif.width / motif.height, piece.foot
    mover = Mover(
        x=(left + right) / 2,
        foot=foot,
        width=wide,
        height=tall,
        heading=1.0 if piece.flipped else -1.0,
        phase=chance.random(),
        pace=chance.uniform(0.85, 1.15),
        middle=seconds / 2,
        picture_width=width,
        wind=2.2 if {"wind", "storm"} & set(scene.weather) else 1.0,
    )
    kind = _choose(piece, scene)
    return (
        (lambda time: _burst(mover, time)) if kind == "burst" else _in_manner(mover, MANNERS[kind])
    )


def _choose(piece: Piece, scene: Scene) -> str:
    if piece.kind != "thing":
        return piece.kind
    name = piece.name
    if name in _WINGED and _is_aloft(name, scene):
        return "soar"
    if name in _KINDS:
        return _KINDS[name]
    if name in BLOOMS:
        return "sway"
    if name in _ALIVE:
        walks = "walking" in scene.poses and not {"sitting", "sleeping"} & set(scene.poses)
        return "walk" if walks else "breathe"
    habitat = MOTIFS[name].habitat
    if habitat is Habitat.SPACE and "space" not in scene.places:
        return "breathe"
    return _BY_HABITAT.get(habitat, "rest")


def _is_aloft(name: str, scene: Scene) -> bool:
    """Tell whether a winged thing is in the air, as `placing` decides it for birds."""
    mention = scene.find(name)
    over_water = bool({"sky", "sea", "beach", "lake"} & set(scene.places))
    several = mention is not None and mention.count > 2
    return "flying" in scene.poses or (name == "bird" and (over_water or several))


def _in_manner(mover: Mover, manner: Manner) -> Motion:
    wind = mover.wind if manner.airy else 1.0

    def wave(swing: Swing, time: float) -> float:
        far, often, start = swing
        return far * math.sin(math.tau * (time * often * mover.pace + mover.phase + start)) * wind

    def at(time: float) -> Pose:
        most = manner.most * mover.picture_width
        ahead = mover.heading * manner.ahead * mover.width * (time - mover.middle)
        stretch = wave(manner.stretch, time)
        right = most * math.tanh(ahead / most) + wave(manner.side, time) * mover.width
        down = (wave(manner.lift, time) - abs(wave(manner.step, time))) * mover.height
        spin = mover.heading * manner.spin * mover.pace * (time - mover.middle)
        where = about(
            mover.x,
            mover.foot - manner.pivot * mover.height,
            move=(right, down),
            turn=wave(manner.turn, time) + spin,
            lean=wave(manner.lean, time) + (0.02 * (wind - 1) if manner.lean[0] else 0.0),
            scale=(1 - stretch * manner.thin, 1 + stretch),
        )
        return Pose(where=where, opacity=1 - abs(wave(manner.fade, time)))

    return at


def _burst(mover: Mover, time: float) -> Pose:
    """Open, hang, sink and go out, again and again."""
    life = (time * 0.42 * mover.pace + mover.phase) % 1
    size = min(1.0, 0.12 + 1.15 * (1 - (1 - min(1.0, life * 2.2)) ** 3))
    sunk = (0.0, mover.height * 0.1 * life)
    return Pose(
        where=about(mover.x, mover.foot, move=sunk, scale=(size, size)),
        opacity=min(1.0, life * 14) * min(1.0, (1 - life) * 2.2),
    )


MANNERS: Mapping[str, Manner] = MappingProxyType({
    "rest": Manner(),
    "sway": Manner(lean=(0.028, 0.32, 0.0), turn=(0.4, 0.83, 0.3), airy=True),
    "breathe": Manner(stretch=(0.011, 0.45, 0.0), lean=(0.012, 0.21, 0.4)),
    "walk": Manner(
        ahead=0.22, most=0.2, step=(0.025, 0.9, 0.0), turn=(2.6, 0.9, 0.0),
    ),
    "drive": Manner(ahead=0.16, most=0.24, lift=(0.006, 3.1, 0.0), turn=(0.25, 2.3, 0.0)),
    "cross": Manner(ahead=0.22, most=0.6, lift=(0.05, 0.3, 0.0), turn=(0.8, 0.22, 0.0)),
    "hover": Manner(
        pivot=0.5, side=(0.12, 0.13, 0.0), lift=(0.07, 0.24, 0.2), turn=(3.0, 0.17, 0.5),
    ),
    "launch": Manner(side=(0.01, 5.3, 0.0), lift=(0.16, 0.1, 0.5)),
    "rock": Manner(
        ahead=0.05, lift=(0.03, 0.31, 0.0), turn=(2.2, 0.23, 0.25), airy=True,
    ),
    "swim": Manner(
        pivot=0.5, ahead=0.2, most=0.24, lift=(0.14, 0.26, 0.0), turn=(4.0, 0.26, 0.25),
        stretch=(0.02, 1.2, 0.0),
    ),
    "jelly": Manner(
        pivot=0.5, side=(0.12, 0.11, 0.0), lift=(0.06, 0.55, 0.5), turn=(3.0, 0.16, 0.3),
        stretch=(0.06, 0.55, 0.0), thin=1.0,
    ),
    "flutter": Manner(
        pivot=0.5, side=(0.55, 0.15, 0.0), lift=(0.3, 0.22, 0.35), turn=(7.0, 0.19, 0.6),
        stretch=(0.1, 2.1, 0.0), thin=1.6,
    ),
    "soar": Manner(
        pivot=0.5, ahead=0.3, lift=(0.12, 0.2, 0.0), turn=(3.0, 0.31, 0.2),
        stretch=(0.13, 1.4, 0.0), thin=0.1,
    ),
    "flicker": Manner(
        stretch=(0.04, 2.7, 0.0), thin=0.6, lean=(0.03, 1.9, 0.6), lift=(0.006, 4.9, 0.3),
    ),
    "pulse": Manner(pivot=0.5, stretch=(0.05, 1.1, 0.0), thin=-1.0),
    "spin": Manner(pivot=0.5, spin=24),
    "swing": Manner(pivot=1.1, turn=(4.5, 0.34, 0.0), airy=True),
    "cloud": Manner(ahead=-0.06, most=0.5, stretch=(0.012, 0.13, 0.0), thin=-1.0),
    "light": Manner(lift=(0.02, 0.07, 0.0), stretch=(0.018, 0.4, 0.0), thin=-1.0),
    "forms": Manner(
        side=(0.012, 0.12, 0.0), lift=(0.009, 0.17, 0.2), stretch=(0.012, 0.1, 0.4), thin=-1.0,
    ),  # it never turns: sprites as large as the frame take ten times as long to lay when turned
    "glints": Manner(
        side=(0.01, 0.19, 0.0), stretch=(0.004, 0.31, 0.0), fade=(0.35, 0.4, 0.3),
    ),
})  # fmt: skip
"""Every manner, by name."""

_KINDS: Mapping[str, str] = MappingProxyType({
    **dict.fromkeys(
        ("tree", "pine", "palm", "bare_tree", "sakura", "bamboo", "willow", "bush", "grass",
         "flowers", "potted_plant", "bouquet", "vase", "leaf", "flag", "lavender"), "sway",
    ),
    **dict.fromkeys(("car", "bus", "truck", "train", "bicycle"), "drive"),
    **dict.fromkeys(("butterfly", "bee"), "flutter"),
    **dict.fromkeys(("campfire", "candle"), "flicker"),
    **dict.fromkeys(("ufo", "hot_air_balloon", "balloon", "kite"), "hover"),
    **dict.fromkeys(("fish", "dolphin", "turtle"), "swim"),
    **dict.fromkeys(("jellyfish", "octopus"), "jelly"),
    "plane": "cross", "rocket": "launch", "heart": "pulse", "gear": "spin", "star": "pulse",
    "lantern": "swing", "whale": "rock",
})  # fmt: skip
"""Things whose kind of motion their habitat does not tell."""

_BY_HABITAT: Mapping[Habitat, str] = MappingProxyType({
    Habitat.WATER: "rock", Habitat.UNDERWATER: "swim", Habitat.SKY: "hover", Habitat.SPACE: "hover",
})  # fmt: skip

_WINGED = frozenset({"bird", "owl", "crane", "dragon", "duck"})
_ALIVE = frozenset({
    "person", "people", "man", "woman", "girl", "boy", "child", "couple", "portrait",
    "cat", "dog", "fox", "rabbit", "bear", "panda", "mouse", "pig", "frog", "snail", "horse", "cow",
    "sheep", "elephant", "deer", "giraffe", "lion", "dragon", "penguin", "crane", "chicken",
    "robot", "snowman", "bird", "owl",
})  # fmt: skip
