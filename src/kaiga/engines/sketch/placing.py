"""Puts the things of a plan into a backdrop: how big, how deep, beside what."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.people import CLOTHES
from kaiga.engines.sketch.motifs.table import MOTIFS, Habitat, Motif
from kaiga.engines.sketch.planning import Plan
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.scene import Mention, Scene
from kaiga.engines.sketch.stage import Setting, Stage

_PEOPLE = frozenset({"person", "people", "man", "woman", "couple"})
_ROW_PLACES: Mapping[int, tuple[float, ...]] = MappingProxyType({
    1: (0.55,),
    2: (0.18, 0.8),
    3: (0.06, 0.46, 0.92),
    4: (0.0, 0.3, 0.62, 0.95),
})  # fmt: skip
_STILL = 1.6
"""From this size on things are not mirrored: buildings are lit from one side."""
OVERREACH = 0.3
"""How far drawings may reach over their measures, per the larger side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One single thing to draw."""

    name: str
    motif: Motif
    mention: Mention
    number: int

    @property
    def aspect(self) -> float:
        """Width per height."""
        return self.motif.width / self.motif.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a thing's foot stands and how tall it is, in picture pixels."""

    thing: Thing
    x: float
    y: float
    height: float
    shadow: bool = True


def place_things(stage: Stage, setting: Setting, plan: Plan) -> None:
    """Draw every thing of the plan, far ones first."""
    things = _single_things(plan.things)
    flying = [
        t
        for t in things
        if t.motif.habitat in {Habitat.SKY, Habitat.HEAVENS}
        and not setting.floating
        and not setting.table
    ]
    afloat = [t for t in things if setting.water and _floats(t, plan.scene)]
    standing = [t for t in things if t not in flying and t not in afloat]
    spots: list[Spot] = []
    if setting.floating:
        spots += _drifting(stage, standing)
    elif len(things) == 1 and standing and plan.shop is None:
        spots.append(_hero(stage, setting, standing[0]))
    elif standing:
        spots += _rows(stage, setting, standing, beside=plan.shop is not None)
    spots += _on_water(stage, setting, afloat, alone=len(things) == len(afloat))
    spots += _in_air(stage, setting, flying, alone=len(things) == len(flying))
    for spot in sorted(spots, key=lambda s: s.y):
        _draw(stage, setting, spot)


def _single_things(mentions: tuple[Mention, ...]) -> list[Thing]:
    return [
        Thing(name=mention.motif, motif=MOTIFS[mention.motif], mention=mention, number=number)
        for mention in mentions
        for number in range(max(mention.count, 4 if mention.motif == "people" else 1))
    ]


def _floats(thing: Thing, scene: Scene) -> bool:
    if thing.motif.habitat in {Habitat.WATER, Habitat.UNDERWATER}:
        return True
    return thing.name == "bridge" or (
        thing.name in {"torii", "crane"} and "lake" in (*scene.places, thing.motif.home)
    )


def _hero(stage: Stage, setting: Setting, thing: Thing) -> Spot:
    """Give the one subject the middle of the picture and most of its height."""
    motif = thing.motif
    share = 0.56 if motif.size < 0.5 else 0.62 if motif.size < 1.3 else 0.66
    depth = setting.front - setting.back
    near = 0.25 if motif.size >= 1.3 else 0.6
    base = setting.back + depth * near
    wide = stage.width * (0.72 if thing.aspect > 1.3 else 0.8)
    height = min(
        stage.height * share, wide / thing.aspect, base - stage.height * 0.05, stage.unit * 74
    )
    if motif.habitat is Habitat.WALL:
        height = min(stage.height * 0.74, wide * 0.9 / thing.aspect, stage.unit * 82)
        base = setting.front if thing.name == "portrait" else setting.back
        if thing.name == "window":
            height, base = height * 0.7, base - stage.height * 0.2
    if thing.name == "portrait":
        height = min(stage.height * 0.84, stage.width * 0.98)
    if height < stage.height * 0.34 and not setting.table:
        base = min(setting.front, base + depth * 0.2)
    return Spot(thing=thing, x=stage.width * 0.5, y=base, height=height, shadow=setting.shadows)


def _rows(stage: Stage, setting: Setting, things: list[Thing], *, beside: bool) -> list[Spot]:
    """Stand things in up to three rows, tall ones behind, and spread each row over the width."""
    rows = _sorted_rows(things)
    if stage.height > stage.width * 1.4:
        rows = _narrowed(rows)
    depth = setting.front - setting.back
    places = _row_places(len(rows))
    scale = _person_height(stage, setting, rows, places)
    if beside:
        scale = min(scale, stage.unit * 30)
    spots: list[Spot] = []
    for index, row in enumerate(rows):
        y = setting.back + depth * places[index]
        grow = 0.86 + 0.28 * places[index]
        widths = [_seen_size(t, rows) * scale * grow * t.aspect for t in row]
        places_across = _spread(stage, widths, index, len(rows))
        if beside and len(row) == 1:
            places_across = [stage.width * 0.5 + stage.short * (0.33 if index == 0 else -0.36)]
        for thing, x in zip(row, places_across, strict=True):
            jitter = stage.rng.uniform(-0.05, 0.05) * depth if len(row) > 1 else 0.0
            spots.append(
                Spot(
                    thing=thing,
                    x=x,
                    y=y + jitter,
                    height=_seen_size(thing, rows) * scale * grow,
                    shadow=setting.shadows,
                )
            )
    return spots


def _seen_size(thing: Thing, rows: list[list[Thing]]) -> float:
    """Give a thing's size, raised for small ones that share the picture with tall ones."""
    beside_tall = any(other.motif.size >= 1.3 for other in rows[0])
    return thing.motif.size * (1.3 if beside_tall and thing.motif.size < 0.7 else 1.0)


def _sorted_rows(things: list[Thing]) -> list[list[Thing]]:
    tall = [t for t in things if t.motif.size >= 1.3]
    middle = [t for t in things if 0.7 < t.motif.size < 1.3]
    small = [t for t in things if t.motif.size <= 0.7]
    rows = [row for row in (tall, middle, small) if row]
    if len(rows) == 1 and len(rows[0]) > (3 if rows[0] is tall else 5):
        ordered = sorted(rows[0], key=lambda thing: -thing.motif.size)
        half = (len(ordered) + 1) // 2
        return [ordered[:half], ordered[half:]]
    return [_mingled(row) for row in rows]


def _narrowed(rows: list[list[Thing]]) -> list[list[Thing]]:
    """Break rows up for a narrow picture: at most two or three things side by side."""
    every = [thing for row in rows for thing in row]
    across = 2 if len(every) <= 6 else 3
    broken = [row[start : start + across] for row in rows for start in range(0, len(row), across)]
    return broken if len(broken) <= len(_ROW_PLACES) else rows


def _mingled(row: list[Thing]) -> list[Thing]:
    """Order a row so that the first-mentioned single thing stands towards the middle."""
    if len(row) == 3 and len({t.name for t in row}) == 3:
        return [row[1], row[0], row[2]]
    return row


def _row_places(count: int) -> tuple[float, ...]:
    return _ROW_PLACES[count]


def _person_height(
    stage: Stage, setting: Setting, rows: list[list[Thing]], places: tuple[float, ...]
) -> float:
    """Give the largest height of a person at which every row fits and no thing leaves the top."""
    limit = stage.unit * (110 if setting.table else 58)
    for row, place in zip(rows, places, strict=True):
        grow = 0.86 + 0.28 * place
        base = setting.back + (setting.front - setting.back) * place
        width = sum(_seen_size(t, rows) * t.aspect * 1.16 for t in row) * grow
        crowd = 0.92 if len(row) > 1 else 0.66
        tallest = max(t.motif.size for t in row) * grow
        limit = min(
            limit,
            stage.width * crowd / width,
            min(stage.height * 0.66, base - stage.height * 0.06) / tallest,
        )
    return limit


def _spread(stage: Stage, widths: list[float], index: int, rows: int) -> list[float]:
    if len(widths) == 1:
        if rows == 1:
            return [stage.width * 0.5]
        sides = (
            (0.35, 0.66, 0.45, 0.6)
            if stage.scene.mentions and len(stage.scene.mentions[0].motif) % 2
            else (0.65, 0.34, 0.55, 0.4)
        )
        middle = stage.width * sides[index]
        half = widths[0] / 2
        return [min(max(middle, half * 0.94), stage.width - half * 0.94)]
    slack = stage.width * 0.94 - sum(widths)
    gap = min(slack / len(widths), stage.unit * 9)
    total = sum(widths) + gap * (len(widths) - 1)
    aside = min(total / len(widths) * 0.26, (stage.width * 0.98 - total) / 2)
    shift = 0.0 if rows == 1 else aside * (1 if index % 2 else -1)
    left = (stage.width - total) / 2 + shift
    places: list[float] = []
    for width in widths:
        places.append(left + width / 2 + stage.rng.uniform(-0.15, 0.15) * max(gap, 0))
        left += width + gap
    return places


def _drifting(stage: Stage, things: list[Thing]) -> list[Spot]:
    """Let things float: one in the middle, several scattered without touching."""
    if not things:
        return []
    if len(things) == 1:
        thing = things[0]
        height = min(stage.height * 0.56, stage.width * 0.66 / thing.aspect, stage.unit * 62)
        return [
            Spot(
                thing=thing,
                x=stage.width * 0.5,
                y=stage.height * 0.5 + height * 0.5,
                height=height,
                shadow=False,
            )
        ]
    columns = max(1, round((len(things) * stage.width / stage.height) ** 0.5))
    lines = -(-len(things) // columns)
    cell_width, cell_height = stage.width / columns, stage.height * 0.86 / lines
    spots: list[Spot] = []
    for index, thing in enumerate(things):
        column, line = index % columns, index // columns
        in_line = min(columns, len(things) - line * columns)
        height = min(cell_height * 0.72, cell_width * 0.78 / thing.aspect, stage.unit * 44) * min(
            1.0, 0.62 + thing.motif.size * 0.4
        )
        height *= stage.rng.uniform(0.82, 1.0)
        x = stage.width * (column + 0.5) / in_line + stage.rng.uniform(-0.06, 0.06) * cell_width
        y = (
            stage.height * 0.06
            + cell_height * (line + 0.5)
            + height * 0.5
            + stage.rng.uniform(-0.08, 0.08) * cell_height
        )
        spots.append(Spot(thing=thing, x=x, y=y, height=height, shadow=False))
    return spots


def _on_water(stage: Stage, setting: Setting, things: list[Thing], *, alone: bool) -> list[Spot]:
    if not things or setting.water is None:
        return []
    top, bottom = setting.water
    count = len(things)
    spots: list[Spot] = []
    for index, thing in enumerate(things):
        near = 0.78 if count == 1 else 0.3 + 0.6 * ((index * 0.618 + 0.3) % 1)
        y = top + (bottom - top) * near
        size = (
            stage.unit
            * (42 if alone and count == 1 else 26)
            * (0.55 + 0.45 * thing.motif.size)
            * (0.62 + 0.5 * near)
        )
        room = stage.width * (0.66 if count == 1 else 0.9 / count)
        height = min(size, room / thing.aspect, y - stage.height * 0.08)
        x = stage.width * (
            0.5 if alone and count == 1 else (index + 0.5) / count if count > 1 else 0.34
        )
        spots.append(
            Spot(
                thing=thing,
                x=x + stage.rng.uniform(-0.1, 0.1) * room,
                y=y,
                height=height,
                shadow=False,
            )
        )
    return spots


def _in_air(stage: Stage, setting: Setting, things: list[Thing], *, alone: bool) -> list[Spot]:
    spots: list[Spot] = []
    count = len(things)
    for index, thing in enumerate(things):
        room = stage.width * 0.92 / count
        share = 0.44 if alone and count == 1 else 0.26 if count < 4 else 0.2
        height = min(
            stage.height * share * (0.5 + 0.5 * thing.motif.size),
            room * 0.92 / thing.aspect,
            stage.unit * 46,
        )
        ceiling = stage.height * 0.05 + height
        floor = max(
            ceiling + stage.unit, setting.sky_bottom * (0.92 if thing.motif.size < 0.4 else 0.72)
        )
        y = ceiling + (floor - ceiling) * (
            0.5 if alone and count == 1 else (index * 0.618 + 0.25) % 1
        )
        x = stage.width * 0.04 + room * (index + 0.5) + stage.rng.uniform(-0.12, 0.12) * room
        spots.append(Spot(thing=thing, x=x, y=min(y, setting.horizon), height=height, shadow=False))
    return spots


def _draw(stage: Stage, setting: Setting, spot: Spot) -> None:
    thing, canvas = spot.thing, stage.canvas
    scale = spot.height / thing.motif.height
    rng = make_random(thing.name, thing.number, stage.rng.random().hex())
    variant = _variant(stage.scene, thing)
    look = Look(
        rng=rng,
        colours=_colours(stage.scene, thing, variant, rng),
        lit=stage.light.lit,
        season=stage.season,
        variant=variant,
    )
    flip = thing.motif.size < _STILL and rng.random() < 0.5
    sunk = 0.36 if thing.motif.habitat is Habitat.UNDERWATER and setting.water else 0.0
    half = thing.motif.width * scale / 2
    over = max(half * 2, spot.height) * OVERREACH
    box = (spot.x - half - over, spot.y - spot.height - over, spot.x + half + over, spot.y + over)
    with canvas.piece("thing", box, name=thing.name, foot=spot.y, flipped=flip):
        _draw_contact(stage, setting, spot, half)
        with canvas.hazed("#7fb8cc", sunk), canvas.at(spot.x, spot.y, scale, flip=flip):
            thing.motif.draw(canvas, look)


def _draw_contact(stage: Stage, setting: Setting, spot: Spot, half: float) -> None:
    """Draw what ties a thing to what it stands on or swims in; `half` is half its width."""
    canvas, habitat = stage.canvas, spot.thing.motif.habitat
    if spot.shadow and habitat is not Habitat.WALL:
        canvas.ellipse(
            spot.x + half * 0.94 * 0.07,
            spot.y,
            half * 0.94,
            half * 0.94 * 0.13 + stage.unit * 0.3,
            "#1c1830",
            opacity=0.24,
            outline=False,
        )
    if habitat is Habitat.WATER and setting.water:
        wide = half * 0.92
        canvas.ellipse(spot.x, spot.y, wide, wide * 0.1, "#1d3f5d", opacity=0.3, outline=False)


def _variant(scene: Scene, thing: Thing) -> str:
    """Choose a pose from what the prompt says and the weather suggests."""
    if thing.name == "portrait":
        return next(
            (who for who in ("woman", "man") if scene.find(who)),
            "woman" if scene.find("girl") else "man" if scene.find("boy") else "",
        )
    if thing.name == "bird":
        aloft = {"sky", "sea", "beach", "lake"} & set(scene.places)
        return "flying" if aloft or "flying" in scene.poses or thing.mention.count > 2 else ""
    wet = scene.find("umbrella") or {"rain", "storm"} & set(scene.weather)
    if thing.name in _PEOPLE and wet:
        return "umbrella"
    return scene.poses[0] if scene.poses else ""


def _colours(scene: Scene, thing: Thing, variant: str, rng: Random) -> tuple[str, ...]:
    """Give the colours asked for, a material's own, and that of an umbrella that is held."""
    mention = thing.mention
    colours = mention.colours or ((mention.material,) if mention.material else ())
    umbrella = scene.find("umbrella") if variant == "umbrella" else None
    if umbrella is None or not umbrella.colours:
        return colours
    return (*(colours or (rng.choice(CLOTHES),))[:1], umbrella.colours[0])
