"""Forests and groves."""

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.backdrops.heavens import paint_sky
from kaiga.engines.sketch.backdrops.land import GRASS, near_ground, scatter_flowers
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import trees
from kaiga.engines.sketch.stage import Setting, Stage


def forest(stage: Stage) -> Setting:
    """Paint a clearing between trees, with light falling through."""
    canvas, rng = stage.canvas, stage.rng
    horizon = stage.horizon(0.6)
    paint_sky(stage, horizon, clouds=False)
    ground = GRASS[stage.season]
    for haze, tall, base in ((0.55, 0.42, -0.005), (0.3, 0.52, 0.015)):
        with canvas.hazed(stage.light.haze, haze):
            wall_of_trees(stage, horizon + stage.height * base, stage.height * tall)
            canvas.rect(
                0,
                horizon + stage.height * base - 2,
                stage.width,
                stage.height * 0.1,
                ground.far,
                outline=False,
            )
    near = near_ground(stage, horizon - (stage.height - horizon) * 0.14, ground)
    for side in (0.03, 0.97, 0.15, 0.86):
        x = stage.width * (side + rng.uniform(-0.03, 0.03))
        tall = min(stage.height * 0.8, stage.unit * 74) * (1.0 if side < 0.1 or side > 0.9 else 0.7)
        base = near + (stage.height - near) * (0.3 if 0.1 < side < 0.9 else 0.62)
        draw = trees.pine if rng.random() < 0.45 else trees.tree
        with canvas.at(x, base, tall / 100):
            draw(canvas, Look(rng=rng, season=stage.season))
    if stage.season != "winter":
        scatter_flowers(stage, near, stage.height, dense=0.45)
    return Setting(horizon=horizon, back=near, front=stage.height * 0.9, sky_bottom=horizon * 0.8)


def wall_of_trees(stage: Stage, base: float, tall: float) -> None:
    """Draw a wall of trees as one path of trunks and one of crowns."""
    rng = stage.rng
    crown = rng.choice(trees.CROWNS[stage.season])
    count = max(7, round(stage.width / tall * 6))
    trunks, crowns = "", ""
    for index in range(count):
        x = stage.width * (index + rng.uniform(0.1, 0.9)) / count
        high = tall * rng.uniform(0.75, 1.0)
        wide = tall * 0.024
        trunks += shapes.box(x - wide / 2, base - high * 0.6, wide, high * 0.6)
        for _ in range(4):
            crowns += shapes.disc(
                x + rng.uniform(-0.1, 0.1) * tall,
                base - high * rng.uniform(0.36, 0.96),
                tall * rng.uniform(0.11, 0.16),
            )
    stage.canvas.shape(trunks, "#6b4f3c", outline=False)
    stage.canvas.shape(crowns, darker(crown, 0.12), outline=False)


def bamboo_grove(stage: Stage) -> Setting:
    """Paint a grove of bamboo."""
    canvas, rng = stage.canvas, stage.rng
    horizon = stage.horizon(0.58)
    paint_sky(stage, horizon, clouds=False)
    for haze, count, tall in ((0.6, 16, 0.9), (0.32, 10, 1.1)):
        with canvas.hazed(lighter(stage.light.haze, 0.2), haze):
            for index in range(count):
                x = stage.width * (index + rng.uniform(0.2, 0.8)) / count
                wide = stage.unit * (1.4 if haze > 0.5 else 2.2)
                canvas.rect(
                    x,
                    horizon - stage.height * tall,
                    wide,
                    stage.height * tall + stage.height * 0.05,
                    "#6f9f50",
                )
                joints = "".join(
                    shapes.box(x, horizon - j * wide * 5, wide, wide * 0.2) for j in range(1, 14)
                )
                canvas.shape(joints, "#4f7f40", outline=False)
    canvas.rect(
        0,
        horizon - stage.height * 0.02,
        stage.width,
        stage.height * 0.2,
        GRASS["summer"].far,
        outline=False,
    )
    near = near_ground(stage, horizon - stage.height * 0.06, GRASS["summer"])
    for side in (0.05, 0.95):
        with canvas.at(stage.width * side, near + stage.height * 0.1, stage.height * 0.0075):
            trees.bamboo(canvas, Look(rng=rng))
    return Setting(horizon=horizon, back=near, front=stage.height * 0.9, sky_bottom=horizon * 0.8)
