"""Sea, beach, lake and river."""

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.backdrops.heavens import paint_sky
from kaiga.engines.sketch.backdrops.land import (
    GRASS,
    far_range,
    ranges,
    scatter_flowers,
    tree_line,
    tufts,
)
from kaiga.engines.sketch.colours import darker, lighter, mix
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import plants, trees
from kaiga.engines.sketch.stage import Setting, Stage


def water_stops(stage: Stage, deep: str, pale: str) -> tuple[tuple[float, str], ...]:
    """Give the colours of water under this sky, from the horizon to the eye."""
    glow = stage.light.stops[-1][1]
    return ((0.0, mix(pale, glow, 0.5)), (0.18, pale), (1.0, deep))


def open_water(stage: Stage, top: float, bottom: float, *, deep: str, pale: str) -> None:
    """Fill a strip with water, its glints and the sun's or moon's path."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    canvas.bands(0, top, stage.width, bottom - top + 2, water_stops(stage, deep, pale), steps=60)
    glints, dark = "", ""
    for index in range(60):
        near = rng.random()
        x, y = rng.uniform(0, stage.width), top + (bottom - top) * (0.04 + 0.92 * near)
        long, thin = unit * (1.5 + near * 7), unit * (0.1 + near * 0.26)
        piece = shapes.leaf((x, y), (x + long, y), thin / long * 2)
        if index % 3:
            glints += piece
        else:
            dark += piece
    with canvas.piece("glints", (0, top, stage.width, bottom + 2)):
        canvas.shape(glints, lighter(pale, 0.55), outline=False, opacity=0.7)
        canvas.shape(dark, darker(deep, 0.2), outline=False, opacity=0.5)
        _shine(stage, top, bottom)


def _shine(stage: Stage, top: float, bottom: float) -> None:
    if stage.scene.time in {"sunset", "dawn", "night"} and not {"rain", "storm", "cloudy"} & set(
        stage.scene.weather
    ):
        _light_path(stage, top, bottom)


def _light_path(stage: Stage, top: float, bottom: float) -> None:
    rng, unit = stage.rng, stage.unit
    middle = stage.width * rng.choice((0.3, 0.5, 0.7))
    data = ""
    for index in range(26):
        near = (index + rng.random()) / 26
        half = unit * (1.2 + near * 6) * rng.uniform(0.4, 1)
        x, y = (
            middle + rng.uniform(-1, 1) * unit * (1 + near * 4),
            top + (bottom - top) * near * 0.8,
        )
        data += shapes.leaf((x - half, y), (x + half, y), 0.07)
    stage.canvas.shape(data, stage.light.sun, opacity=0.75, light=True)


def sea(stage: Stage) -> Setting:
    """Paint the open sea."""
    horizon = stage.horizon(0.48)
    paint_sky(stage, horizon)
    rough = bool({"storm", "wind"} & set(stage.scene.weather))
    deep, pale = ("#2f5a78", "#5f93a8") if rough else ("#2f86b5", "#7fc8dc")
    open_water(stage, horizon, stage.height, deep=deep, pale=pale)
    swells(stage, horizon, deep=deep, pale=pale, rough=rough)
    depth = stage.height - horizon
    return Setting(
        horizon=horizon,
        back=horizon + depth * 0.3,
        front=horizon + depth * 0.72,
        sky_bottom=horizon * 0.9,
        water=(horizon + depth * 0.2, horizon + depth * 0.74),
        shadows=False,
    )


def swells(stage: Stage, horizon: float, *, deep: str, pale: str, rough: bool) -> None:
    """Paint nearer and nearer lines of swell."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    depth = stage.height - horizon
    for index, place in enumerate((0.78, 0.9)):
        y = horizon + depth * place
        step = unit * (16 if rough else 22)
        count = round(stage.width / step) + 3
        start = -rng.uniform(0, step)
        points = [
            (start + step * i / 2, y - (depth * (0.05 if rough else 0.022) if i % 2 else 0))
            for i in range(count * 2)
        ]
        canvas.shape(
            shapes.under(points, stage.height + 2, soft=True),
            mix(deep, pale, 0.34 - index * 0.22),
            outline=False,
        )
        crest = [(x, py + unit * 0.7) for x, py in points]
        line = (
            shapes.smooth(points, closed=False)
            + "L"
            + shapes.smooth(list(reversed(crest)), closed=False)[1:]
            + "Z"
        )
        canvas.shape(line, lighter(pale, 0.6), outline=False, opacity=0.8)


def beach(stage: Stage) -> Setting:
    """Paint sea, surf and sand."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    horizon = stage.horizon(0.44)
    paint_sky(stage, horizon)
    depth = stage.height - horizon
    shore = horizon + depth * 0.4
    open_water(stage, horizon, shore + depth * 0.1, deep="#4fb5c9", pale="#8fd8e0")
    points = shapes.ridge(
        rng, -0.05 * stage.width, 1.05 * stage.width, shore + depth * 0.06, depth * 0.07, peaks=2
    )
    for lift, colour in ((-1.6, "#ffffff"), (0.0, "#d9b98a"), (1.6, "#f2d9a6")):
        moved = [(x, y + lift * unit) for x, y in points]
        canvas.shape(shapes.under(moved, stage.height + 2, soft=True), colour, outline=False)
    dots = "".join(
        shapes.disc(
            rng.uniform(0, stage.width),
            shore + (stage.height - shore) * rng.uniform(0.25, 1),
            unit * 0.16,
        )
        for _ in range(60)
    )
    canvas.shape(dots, "#d3b27f", outline=False)
    shells = "".join(
        shapes.star(
            rng.uniform(0.05, 0.95) * stage.width,
            shore + (stage.height - shore) * rng.uniform(0.55, 0.95),
            unit * 1.1,
        )
        for _ in range(3)
    )
    canvas.shape(shells, "#f08f6f", outline=False)
    side = rng.choice((0.06, 0.94))
    with canvas.at(
        stage.width * side,
        shore + depth * 0.26,
        min(stage.height * 0.5, unit * 56) / 112,
        flip=side > 0.5,
    ):
        trees.palm(canvas, Look(rng=rng))
    return Setting(
        horizon=horizon,
        back=shore + depth * 0.2,
        front=stage.height * 0.9,
        sky_bottom=horizon * 0.9,
        water=(horizon + depth * 0.1, shore - depth * 0.02),
    )


def lake(stage: Stage) -> Setting:
    """Paint a lake or river between hills, with a grassy bank and reeds."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    ground = GRASS[stage.season]
    horizon = stage.horizon(0.46)
    paint_sky(stage, horizon)
    if stage.mention("mountain"):
        ranges(stage, horizon, tall=0.26)
    else:
        far_range(stage, horizon, darker(ground.far, 0.1), share=0.14)
    tree_line(stage, horizon + unit * 0.8, count=9 + round(stage.width / stage.height * 3))
    depth = stage.height - horizon
    canvas.rect(0, horizon, stage.width, unit * 1.6, ground.middle, outline=False)
    shore = horizon + depth * 0.62
    open_water(stage, horizon + unit * 1.2, shore + depth * 0.1, deep="#4f93b0", pale="#9fd0dc")
    points = shapes.ridge(
        rng, -0.05 * stage.width, 1.05 * stage.width, shore + depth * 0.05, depth * 0.08, peaks=2
    )
    canvas.shape(
        shapes.under([(x, y - unit * 0.8) for x, y in points], stage.height + 2, soft=True),
        darker(ground.near, 0.22),
        outline=False,
    )
    canvas.shape(shapes.under(points, stage.height + 2, soft=True), ground.near)
    tufts(stage, shore + depth * 0.08, stage.height, ground.tuft)
    if stage.season in {"spring", "summer"}:
        scatter_flowers(stage, shore + depth * 0.08, stage.height, dense=0.5)
    _reeds(stage, shore + depth * 0.1)
    return Setting(
        horizon=horizon,
        back=shore + depth * 0.12,
        front=stage.height * 0.93,
        sky_bottom=horizon * 0.9,
        water=(horizon + depth * 0.14, shore - depth * 0.01),
    )


def _reeds(stage: Stage, base: float) -> None:
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    for x in (0.03, 0.08, 0.93, 0.97):
        with canvas.at(
            stage.width * (x + rng.uniform(-0.01, 0.01)),
            base + unit * 2,
            unit * rng.uniform(0.12, 0.17),
        ):
            plants.grass(canvas, Look(rng=rng, season=stage.season))
