"""Open country: meadow, hills, forest, mountains, desert, snow, fields and gardens."""

from dataclasses import dataclass

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.backdrops.heavens import paint_sky
from kaiga.engines.sketch.colours import darker, mix
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import plants, trees
from kaiga.engines.sketch.stage import Setting, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The colours of one kind of land, far to near."""

    far: str
    middle: str
    near: str
    tuft: str


GRASS = {
    "spring": Ground(far="#a3cf93", middle="#93c878", near="#84c065", tuft="#5fa550"),
    "summer": Ground(far="#93c08a", middle="#7fb768", near="#6fac58", tuft="#4f8f48"),
    "autumn": Ground(far="#d0b36a", middle="#d9ae55", near="#c99a48", tuft="#a87a38"),
    "winter": Ground(far="#dfe8f0", middle="#eaf1f6", near="#f6fafc", tuft="#c3d3e0"),
}
SAND = Ground(far="#ecc68c", middle="#e8b874", near="#f0c98a", tuft="#c9975a")
SNOW = GRASS["winter"]


def meadow(stage: Stage) -> Setting:
    """Paint rolling grass with flowers and far hills."""
    return _country(stage, GRASS[stage.season], trees=True, sprinkle=True)


def snowfield(stage: Stage) -> Setting:
    """Paint snow to the horizon, with firs."""
    return _country(stage, SNOW, trees=True, firs=True)


def _country(
    stage: Stage, ground: Ground, *, trees: bool = False, firs: bool = False, sprinkle: bool = False
) -> Setting:
    horizon = stage.horizon(0.56)
    paint_sky(stage, horizon)
    far_range(stage, horizon, darker(ground.far, 0.1), share=0.16)
    rolls(stage, horizon, ground)
    if trees or firs:
        tree_line(stage, horizon + stage.height * 0.03, firs=firs)
    near = near_ground(stage, horizon, ground)
    if sprinkle and stage.season != "winter":
        scatter_flowers(stage, near, stage.height, dense=1.0)
    return Setting(horizon=horizon, back=near, front=stage.height * 0.9, sky_bottom=horizon * 0.9)


def far_range(stage: Stage, horizon: float, colour: str, *, share: float) -> None:
    """Paint soft far hills that fade into the air."""
    canvas, rng = stage.canvas, stage.rng
    for haze, tall in ((0.62, share), (0.4, share * 0.62)):
        points = shapes.ridge(
            rng,
            -0.05 * stage.width,
            1.05 * stage.width,
            horizon + 2,
            stage.height * tall,
            peaks=4,
            rough=0.6,
        )
        with canvas.hazed(stage.light.haze, haze):
            canvas.shape(shapes.under(points, horizon + stage.height * 0.06, soft=True), colour)


def rolls(stage: Stage, horizon: float, ground: Ground) -> None:
    """Paint two rolling layers in front of the horizon."""
    canvas, rng = stage.canvas, stage.rng
    depth = stage.height - horizon
    for place, colour, haze in ((0.04, ground.far, 0.18), (0.13, ground.middle, 0.06)):
        points = shapes.ridge(
            rng,
            -0.05 * stage.width,
            1.05 * stage.width,
            horizon + depth * (place + 0.08),
            depth * 0.12,
            peaks=3,
        )
        with canvas.hazed(stage.light.haze, haze):
            canvas.shape(shapes.under(points, stage.height, soft=True), colour)


def near_ground(stage: Stage, horizon: float, ground: Ground) -> float:
    """Paint the land things stand on, with tufts; give the height of its far edge."""
    canvas, rng = stage.canvas, stage.rng
    depth = stage.height - horizon
    edge = horizon + depth * 0.24
    points = shapes.ridge(rng, -0.05 * stage.width, 1.05 * stage.width, edge, depth * 0.07, peaks=2)
    canvas.shape(shapes.under(points, stage.height + 4, soft=True), ground.near)
    sweep = shapes.ridge(
        rng, -0.05 * stage.width, 1.05 * stage.width, edge + depth * 0.46, depth * 0.14, peaks=2
    )
    canvas.shape(
        shapes.under(sweep, stage.height + 4, soft=True),
        mix(ground.near, ground.tuft, 0.16),
        outline=False,
    )
    tufts(stage, edge, stage.height, ground.tuft)
    return edge


def tufts(stage: Stage, top: float, bottom: float, colour: str, count: int = 46) -> None:
    """Scatter small tufts, larger the nearer, in one path."""
    rng, unit = stage.rng, stage.unit
    data = ""
    for _ in range(count):
        near = rng.random() ** 0.8
        x, y = rng.uniform(0, stage.width), top + (bottom - top) * near
        size = unit * (0.7 + near * 1.6)
        for lean in (-0.5, 0.0, 0.5):
            data += shapes.leaf(
                (x + lean * size * 0.3, y),
                (x + lean * size, y - size * (1.3 - abs(lean) * 0.5)),
                0.1,
            )
    stage.canvas.shape(data, colour, outline=False)


def scatter_flowers(stage: Stage, top: float, bottom: float, *, dense: float) -> None:
    """Scatter little flowers over the ground, in one path per colour."""
    rng, unit = stage.rng, stage.unit
    asked = stage.mention("flowers")
    palette = (
        list(asked.colours)
        if asked and asked.colours
        else ["#fffaf0", "#f6cf5a", "#f08fb0", "#b08fe0", "#e8605f"]
    )
    rng.shuffle(palette)
    for colour in palette[:4]:
        data = ""
        hearts = ""
        for _ in range(round(18 * dense)):
            near = rng.random()
            x, y = rng.uniform(0, stage.width), top + (bottom - top) * (0.06 + 0.94 * near)
            size = unit * (0.35 + near * 0.75)
            data += shapes.petals(x, y, size, 5, width=0.55, turn=rng.random())
            hearts += shapes.disc(x, y, size * 0.3)
        stage.canvas.shape(data, colour, outline=False)
        stage.canvas.shape(hearts, "#f3b03c" if colour != "#f6cf5a" else "#c9783c", outline=False)


def tree_line(stage: Stage, base: float, *, firs: bool = False, count: int = 0) -> None:
    """Plant small trees along the horizon, in clumps away from the middle."""
    canvas, rng = stage.canvas, stage.rng
    number = count or 5 + round(stage.width / stage.height * 4)
    for index in range(number):
        x = stage.width * ((index + rng.uniform(0.1, 0.9)) / number)
        tall = stage.unit * rng.uniform(9, 15)
        if abs(x - stage.width / 2) < stage.width * 0.14:
            tall *= 0.7
        draw = trees.pine if firs or rng.random() < 0.35 else trees.tree
        with (
            canvas.hazed(stage.light.haze, 0.24),
            canvas.at(x, base + rng.uniform(0, 1.5) * stage.unit, tall / 100),
        ):
            draw(canvas, Look(rng=rng, season=stage.season))


def mountains(stage: Stage) -> Setting:
    """Paint ranges of mountains, one behind the other, over a valley."""
    horizon = stage.horizon(0.6)
    paint_sky(stage, horizon)
    ranges(stage, horizon)
    ground = GRASS[stage.season]
    rolls(stage, horizon, ground)
    tree_line(stage, horizon + stage.height * 0.05, firs=True, count=9)
    near = near_ground(stage, horizon, ground)
    return Setting(horizon=horizon, back=near, front=stage.height * 0.9, sky_bottom=horizon * 0.6)


def ranges(stage: Stage, horizon: float, *, tall: float = 0.36) -> None:
    """Paint three sharp ranges with snow on the nearest."""
    canvas, rng = stage.canvas, stage.rng
    reach = min(stage.height * tall, stage.width * 0.42)
    for haze, share, colour in (
        (0.62, 1.0, "#7f93b5"),
        (0.38, 0.8, "#6f86ab"),
        (0.16, 0.56, "#5f7a94"),
    ):
        peaks = 3 + round(stage.width / stage.height)
        points = shapes.ridge(
            rng,
            -0.08 * stage.width,
            1.08 * stage.width,
            horizon,
            reach * share,
            peaks=peaks,
            rough=0.42,
        )
        with canvas.hazed(stage.light.haze, haze):
            canvas.shape(shapes.under(points, horizon + stage.height * 0.05, soft=False), colour)
            shade, snow = "", ""
            for index in range(1, len(points) - 1, 2):
                (px, py), (rx, ry) = points[index], points[index + 1]
                lx, ly = points[index - 1]
                shade += shapes.polygon(
                    [
                        (px, py),
                        (rx, ry),
                        (rx, horizon),
                        (px + (rx - px) * 0.2, horizon),
                        (px + (rx - px) * 0.34, (py + horizon) / 2),
                    ]
                )
                cap = min(reach * 0.17, (horizon - py) * 0.36)
                left, right = cap / max(1.0, ly - py), cap / max(1.0, ry - py)
                snow += shapes.polygon(
                    [
                        (px, py),
                        (px + (rx - px) * right, py + cap),
                        (px + (rx - px) * right * 0.5, py + cap * 0.75),
                        (px + (rx - px) * right * 0.2, py + cap * 1.2),
                        (px - (px - lx) * left * 0.3, py + cap * 0.8),
                        (px - (px - lx) * left, py + cap),
                    ]
                )
            canvas.shape(shade, darker(colour, 0.14), outline=False)
            canvas.shape(snow, "#fbfdff", outline=False)


def desert(stage: Stage) -> Setting:
    """Paint dunes with shaded flanks."""
    canvas, rng = stage.canvas, stage.rng
    horizon = stage.horizon(0.56)
    paint_sky(stage, horizon)
    depth = stage.height - horizon
    for place, colour, haze in (
        (0.0, SAND.far, 0.4),
        (0.16, SAND.middle, 0.16),
        (0.42, SAND.near, 0.0),
    ):
        crest = stage.width * rng.uniform(0.25, 0.75)
        y = horizon + depth * place
        top = y - depth * rng.uniform(0.16, 0.26)
        n = shapes.number
        with canvas.hazed(stage.light.haze, haze):
            canvas.shape(
                f"M0 {n(y)}Q{n(crest * 0.6)} {n(y - depth * 0.05)} {n(crest)} {n(top)}"
                f"Q{n((crest + stage.width) / 2)} {n(y)} {n(stage.width)}"
                f" {n(y - depth * 0.03)}V{n(stage.height)}H0Z",
                colour,
            )
            canvas.shape(
                f"M{n(crest)} {n(top)}Q{n((crest + stage.width) / 2)} {n(y)}"
                f" {n(stage.width)} {n(y - depth * 0.03)}"
                f"V{n(y + depth * 0.4)}Q{n(crest + stage.width * 0.08)}"
                f" {n(y + depth * 0.2)} {n(crest)} {n(top)}Z",
                darker(colour, 0.12),
                outline=False,
            )
    for x, tall in ((rng.uniform(0.06, 0.16), 13), (rng.uniform(0.84, 0.94), 9)):
        with canvas.at(stage.width * x, horizon + depth * 0.34, stage.unit * tall / 100):
            plants.cactus(canvas, Look(rng=rng))
    return Setting(
        horizon=horizon,
        back=horizon + depth * 0.42,
        front=stage.height * 0.9,
        sky_bottom=horizon * 0.85,
    )
