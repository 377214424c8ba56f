"""Streets, cities and villages."""

from collections.abc import Callable

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.backdrops.heavens import paint_sky
from kaiga.engines.sketch.backdrops.land import (
    GRASS,
    far_range,
    near_ground,
    rolls,
    scatter_flowers,
    tree_line,
)
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter, mix
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import buildings, furniture, people, trees, vehicles
from kaiga.engines.sketch.motifs.table import MOTIFS, Habitat
from kaiga.engines.sketch.stage import Setting, Stage

HOUSE_WALLS = ("#e8c9a0", "#e3ab8f", "#d9d0b8", "#b9cfc4", "#e8b9b0", "#c3c9dc", "#f0dfb8")


def city(stage: Stage) -> Setting:
    """Paint a skyline of towers behind a wide road."""
    horizon = stage.horizon(0.66)
    paint_sky(stage, horizon)
    for haze, tall, count in ((0.62, 0.5, 11), (0.36, 0.42, 9), (0.12, 0.3, 8)):
        with stage.canvas.hazed(stage.light.haze, haze):
            _towers(stage, horizon, tall, count)
    setting = _road(stage, horizon)
    if not _has_subject(stage):
        _traffic(stage, setting)
    return setting


def _towers(stage: Stage, base: float, tall: float, count: int) -> None:
    canvas, rng = stage.canvas, stage.rng
    number = max(4, round(count * min(2.4, max(0.6, stage.width / stage.height))))
    step = stage.width / number
    reach = min(base * 0.92, stage.height * tall * 1.2)
    for index in range(number):
        wide = step * rng.uniform(0.8, 1.15)
        high = reach * rng.uniform(0.5, 1.0)
        x = step * (index + 0.5) - wide / 2
        colour = rng.choice(("#7f93b0", "#8fa0b5", "#a3a9b8", "#b5a596", "#6f86a0"))
        canvas.rect(x, base - high, wide, high + 4, colour)
        canvas.rect(
            x + wide * 0.68, base - high, wide * 0.32, high + 4, darker(colour, 0.14), outline=False
        )
        _crown_of_tower(canvas, x, wide, base - high, rng.random(), colour)
        rows, columns = max(3, round(high / (wide * 0.26))), 4
        buildings.windows(
            canvas,
            Look(rng=rng, lit=stage.light.lit),
            left=x + wide * 0.1,
            top=base - high + wide * 0.14,
            columns=columns,
            rows=min(rows, 22),
            step_x=wide * 0.21,
            step_y=high * 0.94 / min(rows, 22),
            size=(wide * 0.13, wide * 0.12),
        )


def _crown_of_tower(
    canvas: Canvas, x: float, wide: float, top: float, chance: float, colour: str
) -> None:
    if chance < 0.34:
        canvas.rect(
            x + wide * 0.47,
            top - wide * 0.7,
            wide * 0.06,
            wide * 0.7,
            darker(colour, 0.2),
            outline=False,
        )
        canvas.rect(x + wide * 0.25, top - wide * 0.16, wide * 0.5, wide * 0.18, colour)
    elif chance < 0.6:
        canvas.polygon(
            [(x, top + 1), (x + wide / 2, top - wide * 0.42), (x + wide, top + 1)], colour
        )


def _road(stage: Stage, horizon: float) -> Setting:
    """Paint pavement, kerb and road towards the eye."""
    canvas, unit = stage.canvas, stage.unit
    depth = stage.height - horizon
    canvas.rect(0, horizon, stage.width, depth, "#d5cabd", outline=False)
    kerb = horizon + depth * 0.3
    joints = "".join(
        shapes.box(x * unit * 9, horizon, unit * 0.14, kerb - horizon)
        for x in range(round(stage.width / unit / 9) + 1)
    )
    canvas.shape(joints, "#b9ad9f", outline=False)
    canvas.rect(0, kerb, stage.width, depth * 0.03, "#f0e8dc", outline=False)
    canvas.bands(
        0,
        kerb + depth * 0.03,
        stage.width,
        depth * 0.67,
        ((0.0, "#6f6c7a"), (1.0, "#7f7b88")),
        steps=16,
    )
    dash = "".join(
        shapes.box(
            stage.width * (i + 0.1) / 6, kerb + depth * 0.52, stage.width * 0.09, depth * 0.022
        )
        for i in range(6)
    )
    canvas.shape(dash, "#f3ecd8", outline=False)
    if {"rain", "storm"} & set(stage.scene.weather):
        _puddles(stage, kerb, depth)
    return Setting(
        horizon=horizon,
        back=horizon + depth * 0.18,
        front=kerb + depth * 0.5,
        sky_bottom=horizon * 0.5,
    )


def _puddles(stage: Stage, kerb: float, depth: float) -> None:
    rng, unit = stage.rng, stage.unit
    data = "".join(
        shapes.disc(
            rng.uniform(0, stage.width),
            kerb + depth * rng.uniform(0.15, 0.62),
            unit * rng.uniform(3, 8),
            unit * rng.uniform(0.5, 1),
        )
        for _ in range(7)
    )
    stage.canvas.shape(
        data, mix(stage.light.stops[-1][1], "#b9cfe0", 0.5), outline=False, opacity=0.7
    )


def street(stage: Stage) -> Setting:
    """Paint a row of old houses with shops below, trees and lamps."""
    canvas, rng = stage.canvas, stage.rng
    horizon = stage.horizon(0.7)
    paint_sky(stage, horizon)
    with canvas.hazed(stage.light.haze, 0.5):
        _towers(stage, horizon, 0.5, 9)
    tall = min(horizon * 0.78, stage.unit * 62)
    wide = tall * 0.52
    count = max(2, round(stage.width / wide))
    wide = stage.width / count
    for index in range(count):
        with canvas.hazed(stage.light.haze, 0.08):
            _town_house(stage, index * wide, horizon, wide, tall * rng.uniform(0.78, 1.0))
    setting = _road(stage, horizon)
    depth = stage.height - horizon
    for index in range(max(2, count // 2) + 1):
        x = stage.width * index / max(2, count // 2)
        draw: Callable[[Canvas, Look], None] = furniture.lamp_post if index % 2 else trees.tree
        with canvas.at(x, horizon + depth * 0.2, stage.unit * 0.3):
            draw(canvas, Look(rng=rng, lit=stage.light.lit, season=stage.season))
    if not _has_subject(stage):
        _traffic(stage, setting)
    return setting


def _town_house(stage: Stage, left: float, base: float, wide: float, tall: float) -> None:
    canvas, rng = stage.canvas, stage.rng
    wall = rng.choice(HOUSE_WALLS)
    look = Look(rng=rng, lit=stage.light.lit)
    shop = tall * 0.3
    canvas.rect(left, base - tall, wide, tall, wall)
    roof = rng.choice(("#a4574a", "#6f6a86", "#8a6150", "#5f7480"))
    peak = tall * 0.16
    if rng.random() < 0.5:
        canvas.polygon(
            [
                (left - wide * 0.03, base - tall),
                (left + wide / 2, base - tall - peak * 1.4),
                (left + wide * 1.03, base - tall),
            ],
            roof,
        )
    else:
        canvas.polygon(
            [
                (left, base - tall),
                (left + wide * 0.12, base - tall - peak),
                (left + wide * 0.88, base - tall - peak),
                (left + wide, base - tall),
            ],
            roof,
        )
    canvas.rect(left, base - tall - 1, wide, tall * 0.022, lighter(wall, 0.5))
    spots = [
        (
            left + wide * (0.14 + column * 0.28),
            base - tall + tall * (0.08 + row * 0.3),
            wide * 0.16,
            tall * 0.16,
        )
        for row in range(2)
        for column in range(3)
    ]
    _plain_panes(canvas, look, spots)
    front = rng.choice(("#3f6b66", "#5a6f94", "#94586a", "#6a7a4f", "#8a5a44"))
    canvas.rect(left + wide * 0.04, base - shop, wide * 0.92, shop, front)
    glass = "#ffdc90" if look.lit else "#a8c6cf"
    canvas.rect(
        left + wide * 0.1, base - shop * 0.66, wide * 0.48, shop * 0.5, glass, light=look.lit
    )
    canvas.rect(left + wide * 0.66, base - shop * 0.7, wide * 0.2, shop * 0.7, darker(front, 0.3))
    canvas.rect(
        left + wide * 0.69,
        base - shop * 0.64,
        wide * 0.14,
        shop * 0.3,
        glass,
        light=look.lit,
        outline=False,
    )
    _small_awning(
        canvas,
        left + wide * 0.06,
        base - shop * 0.92,
        wide * 0.88,
        shop * 0.24,
        rng.choice(("#d8604f", "#e8b04a", "#5f9a86", "#7a8fc0")),
    )


def _plain_panes(
    canvas: Canvas, look: Look, spots: list[tuple[float, float, float, float]]
) -> None:
    frames = "".join(
        shapes.box(x - w * 0.1, y - w * 0.1, w * 1.2, h + w * 0.2) for x, y, w, h in spots
    )
    canvas.shape(frames, "#fdf6e8")
    for x, y, w, h in spots:
        lit = look.lit and look.rng.random() < 0.6
        canvas.rect(x, y, w, h, "#ffdc90" if lit else "#8fb0c0", light=lit, outline=False)
    bars = "".join(
        shapes.box(x + w * 0.45, y, w * 0.1, h) + shapes.box(x, y + h * 0.45, w, w * 0.1)
        for x, y, w, h in spots
    )
    canvas.shape(bars, "#fdf6e8", outline=False)


def _small_awning(
    canvas: Canvas, left: float, top: float, wide: float, tall: float, colour: str
) -> None:
    stripes = 8
    canvas.polygon(
        [
            (left, top),
            (left + wide, top),
            (left + wide * 1.03, top + tall),
            (left - wide * 0.03, top + tall),
        ],
        colour,
    )
    white = "".join(
        shapes.polygon(
            [
                (left + wide * i / stripes, top),
                (left + wide * (i + 1) / stripes, top),
                (left - wide * 0.03 + wide * 1.06 * (i + 1) / stripes, top + tall),
                (left - wide * 0.03 + wide * 1.06 * i / stripes, top + tall),
            ]
        )
        for i in range(1, stripes, 2)
    )
    canvas.shape(white, "#fff6ea", outline=False)


def village(stage: Stage) -> Setting:
    """Paint cottages among fields."""
    canvas, rng = stage.canvas, stage.rng
    horizon = stage.horizon(0.54)
    ground = GRASS[stage.season]
    paint_sky(stage, horizon)
    far_range(stage, horizon, darker(ground.far, 0.1), share=0.18)
    rolls(stage, horizon, ground)
    tree_line(stage, horizon + stage.height * 0.03)
    _cottages(stage, horizon)
    near = near_ground(stage, horizon, ground)
    if stage.season != "winter":
        scatter_flowers(stage, near, stage.height, dense=0.7)
    depth = stage.height - near
    for x in (0.09, 0.92) if _has_subject(stage) else (0.14, 0.5, 0.87):
        base = near + depth * (0.1 if x in {0.09, 0.92} else rng.uniform(0.12, 0.3))
        with canvas.at(stage.width * x, base, min(stage.unit * 0.27, stage.width * 0.0027)):
            buildings.house(canvas, Look(rng=rng, lit=stage.light.lit, season=stage.season))
    return Setting(horizon=horizon, back=near, front=stage.height * 0.9, sky_bottom=horizon * 0.85)


def _cottages(stage: Stage, horizon: float) -> None:
    """Scatter small houses below the horizon."""
    canvas, rng = stage.canvas, stage.rng
    count = 4 + round(stage.width / stage.height * 2)
    for index in range(count):
        x = stage.width * (index + 0.5 + rng.uniform(-0.2, 0.2)) / count
        base = horizon + (stage.height - horizon) * (0.12 + 0.1 * (index % 2))
        with (
            canvas.hazed(stage.light.haze, 0.16),
            canvas.at(x, base, stage.unit * rng.uniform(0.13, 0.17)),
        ):
            buildings.house(canvas, Look(rng=rng, lit=stage.light.lit, season=stage.season))


def _has_subject(stage: Stage) -> bool:
    return any(
        MOTIFS[m.motif].habitat is Habitat.GROUND and MOTIFS[m.motif].size < 1.9
        for m in stage.scene.mentions
    )


def _traffic(stage: Stage, setting: Setting) -> None:
    """Give an empty road two cars, and the pavement people and lamps."""
    canvas, rng = stage.canvas, stage.rng
    depth = stage.height - setting.horizon
    for x in (0.24, 0.74):
        with canvas.at(stage.width * x, setting.horizon + depth * 0.26, stage.unit * 0.23):
            belongs = furniture.lamp_post if x > rng.random() else people.person
            belongs(canvas, Look(rng=rng, lit=stage.light.lit, season=stage.season))
    for x, near, flip in ((0.3, 0.56, False), (0.72, 0.86, True)):
        place = stage.width * (x + rng.uniform(-0.06, 0.06))
        base, scale = setting.horizon + depth * near, stage.unit * (0.16 + 0.06 * near)
        canvas.ellipse(place, base, scale * 92, scale * 8, "#1c1830", opacity=0.25, outline=False)
        with canvas.at(place, base, scale, flip=flip):
            vehicles.car(canvas, Look(rng=rng, lit=stage.light.lit))
