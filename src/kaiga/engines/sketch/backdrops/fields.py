"""Land that people tend: flower fields, paddies, gardens."""

from random import Random

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.backdrops.heavens import paint_sky
from kaiga.engines.sketch.backdrops.land import (
    GRASS,
    far_range,
    near_ground,
    ranges,
    tree_line,
    tufts,
)
from kaiga.engines.sketch.backdrops.woods import wall_of_trees
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import blooms, buildings, trees
from kaiga.engines.sketch.stage import Setting, Stage


def flower_field(stage: Stage) -> Setting:
    """Paint rows of flowers that run to the horizon."""
    canvas, rng = stage.canvas, stage.rng
    horizon = stage.horizon(0.5)
    paint_sky(stage, horizon)
    far_range(stage, horizon, "#7fae86", share=0.12)
    tree_line(stage, horizon + stage.unit, count=8)
    canvas.rect(0, horizon, stage.width, stage.height - horizon, "#79ac5c", outline=False)
    kind = next(
        (m.motif for m in stage.scene.mentions if m.motif in blooms.BLOOMS),
        rng.choice(("tulip", "lavender", "daisy")),
    )
    mention = stage.mention(kind) or stage.mention("flowers")
    colours = mention.colours if mention and mention.colours else blooms.OWN_COLOURS[kind]
    rows = 9
    for row in range(rows):
        near = (row + 1) / rows
        y = horizon + (stage.height - horizon) * near**1.7
        size = stage.unit * (0.5 + 4.2 * near**1.6)
        _flower_row(canvas, rng, kind, colours[row % len(colours)], y, size, stage.width)
    depth = stage.height - horizon
    return Setting(
        horizon=horizon,
        back=horizon + depth * 0.12,
        front=horizon + depth * 0.55,
        sky_bottom=horizon * 0.9,
    )


def _flower_row(
    canvas: Canvas, rng: Random, kind: str, colour: str, y: float, size: float, width: float
) -> None:
    leaves = "".join(
        shapes.leaf((x, y + size), (x + rng.uniform(-1, 1) * size, y - size), 0.2)
        for x in (
            width * i / max(4, round(width / size / 1.6))
            for i in range(max(4, round(width / size / 1.6)) + 1)
        )
    )
    canvas.shape(leaves, "#5f9a4f", outline=False)
    step = size * 2.1
    count = round(width / step) + 2
    if size < step * 0.25 or count > 34:
        dots = "".join(
            shapes.disc(
                width * (i + rng.uniform(0.2, 0.8)) / count,
                y + rng.uniform(-0.3, 0.3) * size,
                size * 0.62,
            )
            for i in range(count)
        )
        canvas.shape(dots, colour, outline=False)
        return
    shift = rng.uniform(0, step)
    for index in range(count):
        blooms.BLOOMS[kind](
            canvas,
            index * step - shift + rng.uniform(-0.2, 0.2) * step,
            y + rng.uniform(-0.3, 0.2) * size,
            size * 0.95,
            colour,
        )


def paddy(stage: Stage) -> Setting:
    """Paint terraced fields in curved bands."""
    canvas, rng = stage.canvas, stage.rng
    horizon = stage.horizon(0.46)
    paint_sky(stage, horizon)
    ranges(stage, horizon, tall=0.22)
    gold = stage.season == "autumn"
    greens = ("#d9b84f", "#e3c566", "#c9a544") if gold else ("#8fc15f", "#a3cf6e", "#7db356")
    depth = stage.height - horizon
    for index in range(8):
        y = horizon + depth * (index / 8) ** 1.3
        points = shapes.ridge(
            rng, -0.05 * stage.width, 1.05 * stage.width, y + depth * 0.04, depth * 0.05, peaks=2
        )
        canvas.shape(shapes.under(points, stage.height, soft=True), darker(greens[index % 3], 0.25))
        lower = [(x, py + stage.unit * (0.4 + index * 0.12)) for x, py in points]
        canvas.shape(shapes.under(lower, stage.height, soft=True), greens[index % 3], outline=False)
    tufts(stage, horizon + depth * 0.3, stage.height, "#5f8f45" if not gold else "#a8823a", 60)
    return Setting(
        horizon=horizon,
        back=horizon + depth * 0.3,
        front=stage.height * 0.9,
        sky_bottom=horizon * 0.9,
    )


def garden(stage: Stage) -> Setting:
    """Paint a garden: hedge, fence, flower beds and a path."""
    canvas, rng = stage.canvas, stage.rng
    horizon = stage.horizon(0.54)
    ground = GRASS[stage.season]
    paint_sky(stage, horizon)
    with canvas.hazed(stage.light.haze, 0.3):
        wall_of_trees(stage, horizon + stage.unit * 2, min(stage.height * 0.3, stage.unit * 34))
    canvas.rect(0, horizon, stage.width, stage.height - horizon, ground.middle, outline=False)
    _hedge(stage, horizon)
    near = near_ground(stage, horizon - (stage.height - horizon) * 0.1, ground)
    n = shapes.number
    middle = stage.width * rng.uniform(0.42, 0.58)
    canvas.shape(
        f"M{n(middle - stage.unit)} {n(near)}Q{n(middle - stage.unit * 12)}"
        f" {n((near + stage.height) / 2)} {n(middle - stage.unit * 17)}"
        f" {n(stage.height)}"
        f"H{n(middle + stage.unit * 15)}Q{n(middle + stage.unit * 3)}"
        f" {n((near + stage.height) / 2)} {n(middle + stage.unit)} {n(near)}Z",
        "#e3cda3" if stage.season != "winter" else "#d3dfe8",
        outline=False,
    )
    if stage.season in {"spring", "summer"}:
        _beds(stage, near)
    return Setting(
        horizon=horizon,
        back=near + stage.unit * 2,
        front=stage.height * 0.9,
        sky_bottom=horizon * 0.8,
    )


def _hedge(stage: Stage, horizon: float) -> None:
    canvas, rng = stage.canvas, stage.rng
    tall = stage.unit * 6
    count = round(stage.width / tall * 1.4) + 2
    lobes = "".join(
        shapes.disc(
            stage.width * i / (count - 1),
            horizon + stage.unit * 1.5 - tall * rng.uniform(0.5, 0.75),
            tall * 0.62,
        )
        for i in range(count)
    )
    colour = trees.CROWNS[stage.season][0]
    canvas.shape(
        lobes + shapes.box(0, horizon - tall * 0.3, stage.width, tall),
        darker(colour, 0.18),
        outline=False,
    )
    scale = stage.unit * 6.5 / 98
    for index in range(round(stage.width / (252 * scale)) + 1):
        with canvas.at((index + 0.5) * 252 * scale, horizon + stage.unit * 4, scale):
            buildings.fence(canvas, Look(rng=rng, colours=("#fbf6ec",)))


def _beds(stage: Stage, near: float) -> None:
    """Plant bunches of flowers along both sides."""
    canvas, rng = stage.canvas, stage.rng
    kinds = ("rose", "daisy", "tulip", "peony", "lavender")
    asked = stage.mention("flowers")
    for index in range(5):
        for side in (0, 1):
            share = 0.02 + index * 0.075
            x = stage.width * (share if side == 0 else 1 - share)
            y = near + (stage.height - near) * (0.62 - index * 0.13 + rng.uniform(-0.02, 0.02))
            size = stage.unit * (15 - index * 1.9)
            blooms.bunch(
                canvas,
                rng,
                x,
                y,
                size,
                size * 0.92,
                kinds=(rng.choice(kinds),),
                colours=asked.colours if asked else (),
                heads=7,
            )
