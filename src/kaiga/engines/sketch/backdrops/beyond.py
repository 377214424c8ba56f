"""Space, the moon's ground, the deep sea and the open sky."""

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.backdrops.heavens import draw_cloud, paint_sky
from kaiga.engines.sketch.colours import lighter, mix
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import landforms, sealife
from kaiga.engines.sketch.stage import Setting, Stage


def space(stage: Stage) -> Setting:
    """Paint stars, a nebula and planets."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    canvas.bands(
        0,
        0,
        stage.width,
        stage.height,
        ((0.0, "#0d0b2b"), (0.5, "#1d1850"), (1.0, "#35246b")),
        light=True,
    )
    first, second = rng.choice(
        (("#7a4fc9", "#e0609f"), ("#3f7fd0", "#6fe0d0"), ("#c94f7f", "#f3a25a"))
    )
    _nebula(stage, first, second)
    for size, count, opacity in ((0.12, 130, 0.9), (0.24, 40, 1.0)):
        dots = "".join(
            shapes.disc(
                rng.random() * stage.width,
                rng.random() * stage.height,
                unit * size * rng.uniform(0.6, 1.3),
            )
            for _ in range(count)
        )
        canvas.shape(dots, "#fdf8e6", light=True, opacity=opacity, outline=False)
    sparks = "".join(
        shapes.star(
            rng.random() * stage.width,
            rng.random() * stage.height,
            unit * rng.uniform(0.8, 1.5),
            4,
            0.18,
        )
        for _ in range(9)
    )
    canvas.shape(sparks, "#ffffff", light=True, outline=False)
    if not stage.mention("planet"):
        _planets(stage)
    return Setting(
        horizon=stage.height * 0.5,
        back=stage.height * 0.56,
        front=stage.height * 0.76,
        sky_bottom=stage.height * 0.6,
        floating=True,
        shadows=False,
    )


def _nebula(stage: Stage, first: str, second: str) -> None:
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    for colour, opacity in ((first, 0.12), (second, 0.1), (first, 0.12)):
        data = ""
        for index in range(7):
            along = index / 6
            data += shapes.disc(
                stage.width * (along + rng.uniform(-0.08, 0.08)),
                stage.height * (0.75 - along * 0.5 + rng.uniform(-0.1, 0.1)),
                unit * rng.uniform(7, 16),
            )
        canvas.shape(data, colour, light=True, opacity=opacity)


def _planets(stage: Stage) -> None:
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    spots = [(0.16, 0.2), (0.85, 0.72), (0.84, 0.2), (0.15, 0.78)]
    rng.shuffle(spots)
    for (x, y), size in zip(spots[:3], (18, 11, 6), strict=False):
        place = (stage.width * x, stage.height * y)
        if size == 18:
            with canvas.at(place[0], place[1] + unit * size / 2, unit * size / 100):
                landforms.planet(canvas, Look(rng=rng))
        else:
            colour = rng.choice(("#e8855a", "#6fb2e6", "#8fc08a", "#d98fc0"))
            canvas.circle(*place, unit * size / 2, colour, light=True)
            canvas.circle(
                place[0] - unit * size * 0.1,
                place[1] - unit * size * 0.12,
                unit * size * 0.3,
                lighter(colour, 0.25),
                light=True,
                outline=False,
            )


def moonscape(stage: Stage) -> Setting:
    """Paint the moon's ground with craters and the earth in the sky."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    horizon = stage.horizon(0.62)
    space(stage.with_rng(rng))
    depth = stage.height - horizon
    points = shapes.ridge(
        rng, -0.05 * stage.width, 1.05 * stage.width, horizon + depth * 0.05, depth * 0.12, peaks=3
    )
    canvas.shape(shapes.under(points, stage.height, soft=True), "#a3a0b5", light=True)
    near = shapes.ridge(
        rng, -0.05 * stage.width, 1.05 * stage.width, horizon + depth * 0.24, depth * 0.1, peaks=2
    )
    canvas.shape(shapes.under(near, stage.height, soft=True), "#c3c0cf", light=True)
    for _ in range(11):
        share = rng.random()
        x, y = rng.random() * stage.width, horizon + depth * (0.3 + 0.66 * share)
        wide = unit * (2 + 6 * share) * rng.uniform(0.6, 1.1)
        canvas.ellipse(x, y, wide, wide * 0.3, "#9a97ad", light=True, outline=False)
        canvas.ellipse(
            x + wide * 0.06,
            y + wide * 0.06,
            wide * 0.86,
            wide * 0.22,
            "#b0adc0",
            light=True,
            outline=False,
        )
    return Setting(
        horizon=horizon,
        back=horizon + depth * 0.3,
        front=horizon + depth * 0.7,
        sky_bottom=horizon * 0.9,
    )


def underwater(stage: Stage) -> Setting:
    """Paint the deep sea: shafts of light, coral, weed and bubbles."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    canvas.bands(
        0,
        0,
        stage.width,
        stage.height,
        ((0.0, "#7fd6e0"), (0.35, "#3fa3c9"), (1.0, "#1d4f86")),
        light=stage.scene.time != "night",
    )
    shafts = "".join(
        shapes.polygon(
            [
                (x, 0),
                (x + w, 0),
                (x + w * 2.2 - stage.width * 0.12, stage.height * 0.8),
                (x + w * 0.4 - stage.width * 0.16, stage.height * 0.8),
            ]
        )
        for x, w in (
            (stage.width * (0.2 + i * 0.24 + rng.uniform(-0.05, 0.05)), unit * rng.uniform(4, 9))
            for i in range(4)
        )
    )
    canvas.shape(shafts, "#d8f6f8", opacity=0.13, light=True)
    floor = stage.height * 0.86
    for haze, lift, colour in ((0.6, 0.1, "#3f7fa8"), (0.3, 0.05, "#3a6f94")):
        points = shapes.ridge(
            rng,
            -0.05 * stage.width,
            1.05 * stage.width,
            floor,
            stage.height * (lift + 0.08),
            peaks=4,
        )
        with canvas.hazed("#3a93bd", haze):
            canvas.shape(shapes.under(points, stage.height, soft=True), colour)
    sand = shapes.ridge(
        rng, -0.05 * stage.width, 1.05 * stage.width, floor + unit * 4, unit * 4, peaks=3
    )
    canvas.shape(shapes.under(sand, stage.height, soft=True), "#e3cfa0")
    for index in range(9 + round(stage.width / stage.height * 2)):
        _weed(
            stage,
            stage.width * (index + rng.random()) / (9 + round(stage.width / stage.height * 2)),
            stage.height * rng.uniform(0.9, 0.99),
        )
    bubbles = "".join(
        shapes.disc(
            rng.random() * stage.width,
            rng.random() * stage.height * 0.85,
            unit * rng.uniform(0.3, 1.1),
        )
        for _ in range(32)
    )
    canvas.shape(bubbles, "#e8fbff", opacity=0.4, light=True)
    if not any(m.motif == "fish" for m in stage.scene.mentions):
        _shoal(stage)
    return Setting(
        horizon=floor,
        back=stage.height * 0.6,
        front=stage.height * 0.74,
        sky_bottom=stage.height * 0.7,
        floating=True,
        shadows=False,
    )


def _weed(stage: Stage, x: float, base: float) -> None:
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    if abs(x - stage.width / 2) < stage.width * 0.1:
        base += unit * 3
    kind = rng.choice(("weed", "coral", "fan"))
    tall = unit * rng.uniform(8, 19)
    if kind == "weed":
        colour = rng.choice(("#4f9a6f", "#6fb573", "#3f8a7a"))
        for lean in (-0.2, 0.0, 0.2):
            canvas.stroke(
                f"M{x:.1f} {base:.1f}q{tall * (0.2 + lean):.1f} {-tall * 0.3:.1f}"
                f" {tall * lean:.1f} {-tall * 0.6:.1f}t{tall * lean * 0.6:.1f}"
                f" {-tall * 0.5:.1f}",
                colour,
                unit * 0.9,
            )
        return
    colour = rng.choice(("#f0788a", "#f5a05a", "#c978d0", "#f7c65a"))
    if kind == "coral":
        canvas.stroke(
            f"M{x:.1f} {base:.1f}v{-tall * 0.5:.1f}m0 {tall * 0.2:.1f}"
            f"q{-tall * 0.3:.1f} 0 {-tall * 0.3:.1f} {-tall * 0.4:.1f}"
            f"m{tall * 0.3:.1f} {tall * 0.1:.1f}q{tall * 0.3:.1f} 0 {tall * 0.3:.1f}"
            f" {-tall * 0.36:.1f}",
            colour,
            unit * 1.5,
        )
    else:
        data = "".join(
            shapes.disc(x + dx * tall * 0.16, base - tall * (0.2 + 0.12 * dy), tall * 0.15)
            for dx, dy in ((-2, 0), (-1, 2), (0, 3), (1, 2), (2, 0), (0, 0), (0, 1))
        )
        canvas.shape(data, colour)


def _shoal(stage: Stage) -> None:
    canvas, rng = stage.canvas, stage.rng
    colour = rng.choice(("#f6c23c", "#f0803c", "#e8f0f4"))
    x, y = stage.width * rng.choice((0.2, 0.8)), stage.height * 0.28
    for index in range(7):
        with (
            canvas.hazed("#5fb5d0", 0.35),
            canvas.at(
                x + (index % 3 - 1) * stage.unit * 7 + rng.uniform(-2, 2) * stage.unit,
                y + (index // 3) * stage.unit * 4.4,
                stage.unit * 0.032,
            ),
        ):
            sealife.fish(canvas, Look(rng=rng, colours=(colour,)))


def sky(stage: Stage) -> Setting:
    """Paint the sky from among the clouds."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    paint_sky(stage, stage.height)
    white = mix("#ffffff", stage.light.stops[-1][1], 0.3)
    for index in range(9 + round(stage.width / stage.height * 3)):
        y = stage.height * rng.uniform(0.84, 1.02)
        draw_cloud(
            canvas,
            rng,
            stage.width * rng.uniform(-0.05, 1.05),
            y,
            unit * rng.uniform(24, 46),
            mix(white, "#ffffff", 0.5 * (index % 2)) if stage.scene.time != "night" else "#3f4f86",
        )
    return Setting(
        horizon=stage.height * 0.92,
        back=stage.height * 0.5,
        front=stage.height * 0.66,
        sky_bottom=stage.height * 0.74,
        floating=True,
        shadows=False,
    )
