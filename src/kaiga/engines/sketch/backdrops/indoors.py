"""Rooms, walls and table tops."""

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.backdrops.heavens import draw_cloud
from kaiga.engines.sketch.colours import darker, lighter, mix
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import blooms, landforms, plants
from kaiga.engines.sketch.stage import Setting, Stage

WALLS = ("#f0dcc3", "#cfdcd2", "#e8cfc6", "#c9d6e0", "#e3d8e6", "#f3e3b8")
WOODS = ("#b98552", "#a8703f", "#c99a68")


def room(stage: Stage) -> Setting:
    """Paint a room: papered wall, wooden floor, a window on the weather, a rug."""
    canvas, rng = stage.canvas, stage.rng
    floor = stage.horizon(0.68)
    wall = rng.choice(WALLS)
    canvas.bands(
        0, 0, stage.width, floor, ((0.0, darker(wall, 0.04)), (1.0, lighter(wall, 0.12))), steps=20
    )
    _wallpaper(stage, floor, darker(wall, 0.06))
    _floor(stage, floor, rng.choice(WOODS))
    side = rng.choice((0.24, 0.76)) if stage.width < stage.height * 1.7 else rng.choice((0.2, 0.8))
    tall = min(floor * 0.62, stage.unit * 46)
    _view(stage, stage.width * side, floor * 0.5, tall * 0.86, tall)
    _picture(stage, stage.width * (1 - side), floor * 0.36, stage.unit * 17)
    colour = rng.choice(("#c9705f", "#5f8a94", "#d9b06a"))
    rug_y = floor + (stage.height - floor) * 0.55
    canvas.ellipse(stage.width / 2, rug_y, stage.width * 0.4, (stage.height - floor) * 0.36, colour)
    canvas.ellipse(
        stage.width / 2,
        rug_y,
        stage.width * 0.35,
        (stage.height - floor) * 0.29,
        lighter(colour, 0.4),
        outline=False,
    )
    canvas.ellipse(
        stage.width / 2,
        rug_y,
        stage.width * 0.33,
        (stage.height - floor) * 0.26,
        colour,
        outline=False,
    )
    with canvas.at(
        stage.width * (0.06 if side > 0.5 else 0.94), floor + stage.unit * 5, stage.unit * 0.3
    ):
        plants.potted_plant(canvas, Look(rng=rng))
    depth = stage.height - floor
    return Setting(
        horizon=floor, back=floor + depth * 0.2, front=floor + depth * 0.72, sky_bottom=floor * 0.7
    )


def _wallpaper(stage: Stage, floor: float, colour: str) -> None:
    unit = stage.unit
    stripes = "".join(
        shapes.box(x * unit * 6, 0, unit * 2.6, floor)
        for x in range(round(stage.width / unit / 6) + 1)
    )
    stage.canvas.shape(stripes, colour, outline=False, opacity=0.5)
    stage.canvas.rect(0, floor - unit * 3, stage.width, unit * 3, "#fbf5ea", outline=False)


def _floor(stage: Stage, floor: float, wood: str) -> None:
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    depth = stage.height - floor
    canvas.bands(
        0,
        floor,
        stage.width,
        depth,
        ((0.0, darker(wood, 0.14)), (1.0, lighter(wood, 0.1))),
        steps=20,
    )
    data = ""
    for index in range(6):
        y = floor + depth * (index / 6) ** 1.3
        data += shapes.box(0, y, stage.width, max(1.0, unit * 0.12))
        data += "".join(
            shapes.box(rng.uniform(0, stage.width), y, max(1.0, unit * 0.12), depth * 0.16)
            for _ in range(4)
        )
    canvas.shape(data, darker(wood, 0.3), outline=False)


def _view(stage: Stage, x: float, y: float, width: float, height: float) -> None:
    """Draw a window that shows the hour and the weather, with curtains and flowers on its sill."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    left, top = x - width / 2, y - height / 2
    canvas.rect(
        left - unit * 1.4, top - unit * 1.4, width + unit * 2.8, height + unit * 2.8, "#fdf8ee"
    )
    canvas.bands(left, top, width, height, stage.light.stops, light=True, steps=40)
    with canvas.clipped(shapes.box(left, top, width, height)):
        if stage.scene.time in {"night", "dusk"}:
            canvas.circle(
                left + width * 0.7, top + height * 0.24, width * 0.1, "#fdf3cc", light=True
            )
        else:
            draw_cloud(canvas, rng, left + width * 0.6, top + height * 0.3, width * 0.5, "#ffffff")
        points = shapes.ridge(rng, left, left + width, top + height, height * 0.34, peaks=2)
        canvas.shape(shapes.under(points, top + height, soft=True), "#8fc08a", outline=False)
        if {"rain", "snow", "storm"} & set(stage.scene.weather):
            drops = "".join(
                shapes.disc(
                    left + rng.random() * width,
                    top + rng.random() * height,
                    unit * 0.3,
                    unit * (0.3 if "snow" in stage.scene.weather else 1),
                )
                for _ in range(40)
            )
            canvas.shape(drops, "#ffffff", opacity=0.8, light=True)
    bars = shapes.box(x - unit * 0.5, top, unit, height) + shapes.box(
        left, y - unit * 0.4, width, unit * 0.8
    )
    canvas.shape(bars, "#fdf8ee", outline=False)
    _curtains(stage, left, top, width, height)
    canvas.rect(
        left - unit * 2.6, top + height + unit * 1.2, width + unit * 5.2, unit * 1.8, "#e8d9c0"
    )


def _curtains(stage: Stage, left: float, top: float, width: float, height: float) -> None:
    canvas, unit, n = stage.canvas, stage.unit, shapes.number
    cloth = stage.rng.choice(("#d98f7a", "#7fa0b0", "#d9b36a", "#9a8fc0"))
    for side in (-1, 1):
        edge = left - unit * 3 if side < 0 else left + width + unit * 3
        inner = edge + side * -width * 0.34
        canvas.shape(
            f"M{n(edge)} {n(top - unit * 3)}H{n(inner)}"
            f"Q{n(edge - side * width * 0.24)} {n(top + height * 0.5)}"
            f" {n(edge - side * unit * 2)} {n(top + height * 0.66)}"
            f"Q{n(edge - side * width * 0.16)} {n(top + height * 0.9)}"
            f" {n(edge - side * width * 0.14)} {n(top + height + unit * 5)}H{n(edge)}Z",
            cloth,
        )
        canvas.rect(
            edge - (unit * 2.6 if side > 0 else 0),
            top + height * 0.64,
            unit * 2.6,
            unit * 1.2,
            darker(cloth, 0.3),
        )
    canvas.rect(
        left - unit * 5,
        top - unit * 4,
        width + unit * 10,
        unit * 1.1,
        "#8a5c38",
        round_by=unit * 0.5,
    )


def _picture(stage: Stage, x: float, y: float, size: float) -> None:
    canvas = stage.canvas
    canvas.rect(x - size * 0.62, y - size * 0.5, size * 1.24, size, "#8a6238")
    canvas.rect(
        x - size * 0.54, y - size * 0.42, size * 1.08, size * 0.84, "#fdf6e8", outline=False
    )
    with canvas.clipped(shapes.box(x - size * 0.44, y - size * 0.32, size * 0.88, size * 0.64)):
        canvas.rect(x - size * 0.5, y - size * 0.5, size, size, "#cfe3ea", outline=False)
        with canvas.at(x, y + size * 0.32, size / 260):
            stage.rng.choice((landforms.mountain, landforms.hill))(canvas, Look(rng=stage.rng))


def tabletop(stage: Stage) -> Setting:
    """Paint a table edge under a softly lit wall."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    edge = stage.horizon(0.68)
    wall = rng.choice(("#e8c9a8", "#b9cdc4", "#d9b5ab", "#b5c3d3", "#e3cf9f", "#c9bcd6"))
    canvas.bands(
        0,
        0,
        stage.width,
        edge,
        ((0.0, darker(wall, 0.2)), (0.7, wall), (1.0, lighter(wall, 0.25))),
        steps=60,
    )
    reach = stage.short * 0.46
    canvas.circle(
        stage.width / 2, edge * 0.62, reach, lighter(wall, 0.3), opacity=0.5, outline=False
    )
    _bokeh(stage, edge, lighter(wall, 0.45))
    wood = rng.choice(WOODS)
    depth = stage.height - edge
    canvas.bands(
        0,
        edge,
        stage.width,
        depth,
        ((0.0, lighter(wood, 0.16)), (0.6, wood), (1.0, darker(wood, 0.2))),
        steps=30,
    )
    canvas.rect(0, edge, stage.width, unit * 0.5, lighter(wood, 0.4), outline=False)
    grain = ""
    for _ in range(14):
        y = edge + depth * rng.uniform(0.1, 0.98)
        x = rng.uniform(-0.1, 0.8) * stage.width
        grain += shapes.leaf(
            (x, y), (x + stage.width * rng.uniform(0.2, 0.5), y + rng.uniform(-1, 1) * unit), 0.006
        )
    canvas.shape(grain, darker(wood, 0.3), outline=False)
    _cloth(stage, edge)
    return Setting(
        horizon=edge,
        back=edge + depth * 0.2,
        front=edge + depth * 0.5,
        sky_bottom=edge * 0.6,
        table=True,
    )


def _bokeh(stage: Stage, edge: float, colour: str) -> None:
    rng, unit = stage.rng, stage.unit
    data = "".join(
        shapes.disc(
            rng.uniform(0, stage.width), edge * rng.uniform(0.05, 0.8), unit * rng.uniform(1.5, 5)
        )
        for _ in range(12)
    )
    stage.canvas.shape(data, colour, opacity=0.28, light=stage.light.lit)


def _cloth(stage: Stage, edge: float) -> None:
    """Lay a runner over the middle of the table."""
    canvas, rng = stage.canvas, stage.rng
    half = min(stage.width * 0.36, stage.unit * 46)
    depth = stage.height - edge
    cloth = rng.choice(("#fbf3e4", "#d8e3dc", "#f3d9cf", "#dfe3f0"))
    middle = stage.width / 2
    canvas.polygon(
        [
            (middle - half * 0.86, edge + depth * 0.12),
            (middle + half * 0.86, edge + depth * 0.12),
            (middle + half * 1.08, stage.height),
            (middle - half * 1.08, stage.height),
        ],
        cloth,
    )
    for share in (0.9, -0.98):
        canvas.polygon(
            [
                (middle + half * share * 0.86, edge + depth * 0.12),
                (middle + half * (share + 0.06) * 0.86, edge + depth * 0.12),
                (middle + half * (share + 0.06) * 1.08, stage.height),
                (middle + half * share * 1.08, stage.height),
            ],
            darker(cloth, 0.16),
            outline=False,
        )


def wall(stage: Stage) -> Setting:
    """Paint an old plastered wall over paving, for a door or a window."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    base = stage.horizon(0.82)
    colour = rng.choice(("#ecd3ae", "#e3b79a", "#d3d9c6", "#cfd8e0", "#e8cfc4"))
    canvas.bands(
        0,
        0,
        stage.width,
        base,
        ((0.0, darker(colour, 0.08)), (1.0, lighter(colour, 0.12))),
        steps=30,
    )
    bricks = "".join(
        shapes.box(
            rng.uniform(0, stage.width),
            unit * 3.2 * rng.randint(0, round(base / unit / 3.2)),
            unit * 6,
            unit * 2.4,
        )
        for _ in range(34)
    )
    with canvas.clipped(shapes.box(0, 0, stage.width, base)):
        canvas.shape(bricks, mix(colour, "#b5735a", 0.35), opacity=0.5)
        _ivy(stage, rng.choice((0.0, 1.0)), base)
    canvas.rect(0, base - unit * 5, stage.width, unit * 5, darker(colour, 0.16), outline=False)
    canvas.bands(
        0, base, stage.width, stage.height - base, ((0.0, "#b9ac9f"), (1.0, "#d5c9bb")), steps=16
    )
    joints = "".join(
        shapes.box(0, base + (stage.height - base) * s, stage.width, unit * 0.15)
        for s in (0.3, 0.64)
    )
    joints += "".join(
        shapes.box(
            x * unit * 13 + (6 if r else 0) * unit,
            base + (stage.height - base) * (0.3 if r else 0),
            unit * 0.15,
            (stage.height - base) * 0.32,
        )
        for x in range(round(stage.width / unit / 13) + 1)
        for r in (0, 1)
    )
    canvas.shape(joints, "#a3968a", outline=False)
    return Setting(
        horizon=base,
        back=base + unit,
        front=base + (stage.height - base) * 0.5,
        sky_bottom=base * 0.4,
    )


def _ivy(stage: Stage, side: float, base: float) -> None:
    rng, unit = stage.rng, stage.unit
    for colour in ("#4f7f4a", "#6fa35a"):
        data = ""
        for _ in range(80):
            y = base * rng.random()
            reach = unit * (4 + 16 * (1 - y / base)) * rng.random()
            x = reach if side < 0.5 else stage.width - reach
            data += shapes.leaf(
                (x, y), (x + rng.uniform(-2.4, 2.4) * unit, y + unit * rng.uniform(1.4, 3)), 0.5
            )
        stage.canvas.shape(data, colour, outline=False)


def portrait(stage: Stage) -> Setting:
    """Paint a quiet ground of large shapes behind a head."""
    canvas, rng = stage.canvas, stage.rng
    tones = rng.choice(
        (
            ("#e8b89a", "#f3d6b8", "#c98f7a"),
            ("#9fbcc4", "#cfe0dc", "#6f93a0"),
            ("#d9c27f", "#f0e0af", "#b59a5a"),
            ("#b5a3c9", "#dccfe6", "#8f7aab"),
        )
    )
    canvas.bands(0, 0, stage.width, stage.height, ((0.0, tones[0]), (1.0, tones[1])), steps=60)
    canvas.circle(
        stage.width / 2,
        stage.height * 0.46,
        stage.short * 0.42,
        lighter(tones[1], 0.3),
        outline=False,
    )
    for side in (0.08, 0.92):
        blooms.foliage(
            canvas,
            rng,
            stage.width * side,
            stage.height,
            stage.short * 0.36,
            stage.height * 0.5,
            leaves=7,
        )
    return Setting(
        horizon=stage.height * 0.6,
        back=stage.height * 0.99,
        front=stage.height,
        sky_bottom=stage.height * 0.5,
        shadows=False,
    )
