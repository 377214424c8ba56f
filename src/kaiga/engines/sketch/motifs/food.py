"""Food and drink; about 100 units high, resting on y = 0."""

import math

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.features import symmetrical


def _plate(canvas: Canvas, half: float, *, rim: str = "#fdfaf4") -> None:
    canvas.ellipse(0, -5, half, half * 0.16 + 3, darker(rim, 0.16))
    canvas.ellipse(0, -8, half, half * 0.16 + 3, rim)
    canvas.ellipse(0, -8, half * 0.78, half * 0.11 + 2, darker(rim, 0.06), outline=False)


def cake(canvas: Canvas, look: Look) -> None:
    """Draw a cake of two tiers with candles."""
    icing = look.main("#f7c0cd", "#fdf0dc", "#c9e3d6", "#7a4f38")
    sponge, drip = "#e8b878", darker(icing, 0.1) if not look.colours else lighter(icing, 0.4)
    _plate(canvas, 70)
    for base, half, tall in ((-10, 54, 38), (-48, 36, 26)):
        canvas.shape(
            f"M{-half} {base - tall}V{base - 4}Q0 {base + 8} {half} {base - 4}V{base - tall}Z",
            icing,
        )
        canvas.shape(
            f"M{-half} {base - tall * 0.5}Q0 {base - tall * 0.5 + 12} {half}"
            f" {base - tall * 0.5}v4Q0 {base - tall * 0.5 + 16} {-half}"
            f" {base - tall * 0.5 + 4}Z",
            sponge,
            outline=False,
        )
        waves = f"M{-half} {base - tall}"
        step = half * 2 / 7
        for i in range(7):
            waves += f"q{step / 2:.1f} {18 + 5 * (i % 2)} {step:.1f} 0"
        canvas.shape(waves + "Z", drip, outline=False)
        canvas.ellipse(0, base - tall, half, half * 0.13, lighter(icing, 0.25))
    for x, colour in ((-18, "#6fb2e6"), (0, "#f3b84a"), (18, "#8fc46a")):
        canvas.rect(x - 2, -92, 4, 19, colour)
        canvas.shape(shapes.leaf((x, -92), (x, -104), 0.3), "#ffb83c", light=True, outline=False)
    canvas.shape("".join(shapes.disc(x, -52 + abs(x) * -0.02, 5) for x in (-44, 44)), "#d8353f")


def ice_cream(canvas: Canvas, look: Look) -> None:
    """Draw an ice-cream cone."""
    first, second = (
        look.main("#f7a9bd", "#bfe3d0", "#fbe6b8"),
        look.accent("#8a5a40", "#fdf3df", "#c9b0e3"),
    )
    canvas.polygon([(-22, -54), (22, -54), (0, 0)], "#dca25a")
    canvas.stroke("M-14 -36L8 -52M-8 -20L18 -46M14 -36L-8 -52M8 -20L-18 -46", "#b87c3c", 1.6)
    canvas.circle(-13, -62, 16, first)
    canvas.circle(13, -62, 16, second)
    canvas.circle(0, -82, 17, lighter(first, 0.3))
    canvas.shape("M-28 -56q7 12 14 2q7 10 14 0q7 10 14 0q7 10 14 -2Z", first, outline=False)
    canvas.circle(2, -102, 5.5, "#d8353f")
    canvas.ellipse(-6, -88, 4, 6, "#ffffff", opacity=0.5)


def donut(canvas: Canvas, look: Look) -> None:
    """Draw a glazed doughnut."""
    glaze = look.main("#f29ab5", "#7a4a34", "#fbe6d0")
    canvas.shape(
        shapes.disc(0, -44, 50, 44) + shapes.disc(0, -46, 15, 11), "#dba25f", even_odd=True
    )
    canvas.shape(
        shapes.smooth(
            [
                (
                    math.cos(math.tau * i / 14) * (45 + 3 * (i % 2)),
                    -48 + math.sin(math.tau * i / 14) * (37 + 4 * (i % 2)),
                )
                for i in range(14)
            ]
        )
        + shapes.disc(0, -47, 17, 13),
        glaze,
        even_odd=True,
        outline=False,
    )
    colours = ("#fff3c4", "#6fb2e6", "#8fc46a", "#f3b84a")
    for index in range(20):
        angle = index * 2.4
        reach = 24 + (index * 7 % 15)
        x, y = math.cos(angle) * reach, -48 + math.sin(angle) * reach * 0.82
        canvas.rect(x - 3, y - 1.1, 6, 2.2, colours[index % 4], round_by=1, outline=False)


def bread(canvas: Canvas, look: Look) -> None:
    """Draw a loaf with a slice before it."""
    crust = look.main("#c9843f", "#b8722f")
    canvas.shape("M-64 0Q-76 -56 -40 -70Q0 -80 46 -68Q80 -50 68 0Z", crust)
    canvas.shape(
        "".join(shapes.leaf((x, -30), (x + 26, -68), 0.2) for x in (-52, -22, 8, 38)),
        lighter(crust, 0.5),
        outline=False,
    )
    canvas.shape("M20 0V-30Q10 -48 30 -52H62Q82 -48 72 -30V0Z", darker(crust, 0.14))
    canvas.shape("M25 -5V-28Q18 -42 32 -46H60Q74 -42 67 -28V-5Z", "#fbe8c8", outline=False)


def coffee(canvas: Canvas, look: Look) -> None:
    """Draw a steaming cup on its saucer."""
    cup = look.main("#fdf8ef", "#c9604a", "#5f8fa0", "#e8b04a")
    canvas.ellipse(0, -5, 62, 9, darker(cup, 0.16))
    canvas.ellipse(0, -8, 62, 9, lighter(cup, 0.1))
    canvas.stroke("M36 -48C64 -54 62 -22 32 -22", cup, 6.5)
    canvas.shape("M-42 -62H42Q42 -10 12 -8H-12Q-42 -10 -42 -62Z", cup)
    canvas.shape("M16 -62H42Q42 -10 12 -8H4Q26 -20 24 -62Z", darker(cup, 0.1), outline=False)
    canvas.ellipse(0, -62, 42, 8.5, lighter(cup, 0.3))
    canvas.ellipse(0, -61, 36, 6.4, "#6f4630", outline=False)
    canvas.shape(shapes.heart(0, -61, 14), "#e8cda4", outline=False)
    canvas.stroke(
        "M-14 -76q-8 -8 0 -15t0 -15M4 -78q-8 -8 0 -15t0 -15M20 -76q-8 -8 0 -15t0 -14",
        "#ffffff",
        3,
        opacity=0.65,
    )


def teapot(canvas: Canvas, look: Look) -> None:
    """Draw a round teapot."""
    glaze = look.main("#5f8fa0", "#c9705a", "#7fa07a", "#f3ead8")
    canvas.stroke("M44 -62C86 -72 84 -14 42 -18", glaze, 8)
    canvas.shape("M-40 -30Q-62 -36 -72 -74L-88 -78Q-88 -86 -78 -86L-62 -82Q-50 -54 -38 -56Z", glaze)
    canvas.shape("M-50 -36Q-50 -74 0 -76Q52 -74 52 -36Q50 -4 24 0H-22Q-48 -4 -50 -36Z", glaze)
    canvas.shape(
        "M16 -75Q52 -70 52 -36Q50 -4 24 0H8Q40 -20 16 -75Z", darker(glaze, 0.14), outline=False
    )
    canvas.shape("M-28 -72Q0 -92 30 -72Q0 -66 -28 -72Z", lighter(glaze, 0.16))
    canvas.circle(1, -88, 6.5, lighter(glaze, 0.2))
    canvas.shape(shapes.petals(-8, -36, 14, 5, width=0.5), lighter(glaze, 0.55), outline=False)
    canvas.circle(-8, -36, 4, "#f3c64e", outline=False)


def sushi(canvas: Canvas, look: Look) -> None:
    """Draw sushi on a wooden stand."""
    canvas.rect(-92, -16, 184, 10, "#c99a62", round_by=3)
    canvas.shape(shapes.box(-76, -6, 14, 6) + shapes.box(62, -6, 14, 6), "#a87a48")
    topping = look.main("#f2835a", "#e8604f")
    for x, colour, egg in ((-58, topping, False), (-2, "#f6cf5a", True)):
        canvas.rect(x - 24, -40, 48, 25, "#fdfaf2", round_by=10)
        canvas.shape(
            f"M{x - 28} -34Q{x - 24} -58 {x} -58T{x + 28} -34Q{x} -46 {x - 28} -34Z", colour
        )
        if egg:
            canvas.rect(x - 6, -57, 12, 42, "#2f3f38", outline=False)
        else:
            canvas.shape(
                "".join(shapes.leaf((x + d, -42), (x + d + 7, -56), 0.1) for d in (-18, -4, 10)),
                "#fbd9c4",
                outline=False,
            )
    canvas.rect(34, -50, 44, 35, "#2f3f38", round_by=5)
    canvas.ellipse(56, -50, 22, 9, "#fdfaf2")
    canvas.shape(
        "".join(
            shapes.disc(56 + dx, -51 + dy, 4)
            for dx, dy in ((-10, 0), (-3, -3), (4, 1), (11, -1), (-4, 3), (8, 3))
        ),
        "#ef6a3c",
        outline=False,
    )


def ramen(canvas: Canvas, look: Look) -> None:
    """Draw a steaming bowl of noodles with chopsticks."""
    bowl = look.main("#c9403a", "#3f5f8a", "#2f3a44")
    canvas.stroke(
        "M-26 -76q-9 -9 0 -17t0 -16M2 -80q-9 -9 0 -17t0 -16M28 -76q-9 -9 0 -17t0 -16",
        "#ffffff",
        3.4,
        opacity=0.6,
    )
    canvas.ellipse(0, -54, 70, 17, darker(bowl, 0.1))
    canvas.ellipse(0, -54, 63, 13.5, "#d99a4a", outline=False)
    canvas.stroke(
        "M-50 -54q10 -8 20 0t20 0M-40 -48q10 -8 20 0t20 0t20 0M-14 -58q10 -8 20 0t20 0t16 2",
        "#fbe08f",
        3,
    )
    canvas.circle(-30, -62, 15, "#fdfaf4")
    canvas.circle(-30, -61, 7.5, "#f5a83c", outline=False)
    canvas.rect(14, -88, 30, 30, "#2f4438", round_by=2)
    canvas.ellipse(12, -52, 20, 7, "#c98a6a")
    canvas.ellipse(12, -53, 14, 4, "#e8b494", outline=False)
    canvas.shape(
        "".join(shapes.disc(x, y, 3) for x, y in ((40, -52), (46, -48), (34, -46), (-6, -46))),
        "#6fae4e",
        outline=False,
    )
    canvas.shape("M-70 -54Q-66 -10 -22 -2H22Q66 -10 70 -54Q50 -40 0 -40T-70 -54Z", bowl)
    canvas.shape("M-64 -36Q0 -14 64 -36L62 -30Q0 -8 -62 -30Z", "#fbeed8", outline=False)
    canvas.rect(-24, -4, 48, 5, darker(bowl, 0.3), round_by=2)
    canvas.stroke("M40 -58L84 -94M48 -54L92 -86", "#7a4a30", 3.4)


def dumplings(canvas: Canvas, look: Look) -> None:
    """Draw dumplings in a steamer."""
    dough = look.main("#fdf3df")
    canvas.stroke(
        "M-20 -80q-9 -9 0 -17M8 -84q-9 -9 0 -17M32 -80q-9 -9 0 -17", "#ffffff", 3.4, opacity=0.6
    )
    for x, y in ((-34, -44), (34, -44), (0, -46), (-18, -36), (20, -36)):
        canvas.shape(
            f"M{x - 22} {y + 8}Q{x - 20} {y - 24} {x} {y - 28}Q{x + 20} {y - 24} {x + 22} {y + 8}Z",
            dough,
        )
        canvas.shape(
            "".join(shapes.leaf((x, y - 28), (x + d, y - 8), 0.1) for d in (-12, -4, 4, 12)),
            darker(dough, 0.2),
            outline=False,
        )
    canvas.rect(-70, -36, 140, 34, "#d0a263", round_by=5)
    canvas.rect(-74, -38, 148, 9, "#b98a4a", round_by=4)
    canvas.rect(-74, -8, 148, 9, "#b98a4a", round_by=4)


def pizza(canvas: Canvas, look: Look) -> None:
    """Draw a pizza seen a little from above."""
    _plate(canvas, 84)
    canvas.ellipse(0, -34, 74, 30, "#d99a4a")
    canvas.ellipse(0, -37, 66, 25, look.main("#f6c95a"), outline=False)
    canvas.shape(
        "".join(
            shapes.disc(x, y, 10, 5.6)
            for x, y in (
                (-38, -38),
                (-8, -50),
                (26, -48),
                (44, -36),
                (10, -30),
                (-22, -24),
                (24, -20),
            )
        ),
        "#cf4a38",
    )
    canvas.shape(
        "".join(
            shapes.leaf((x, y), (x + 12, y - 4), 0.36)
            for x, y in ((-26, -46), (6, -40), (32, -32), (-8, -20), (-50, -30))
        ),
        "#5f9a4f",
        outline=False,
    )
    canvas.stroke("M-52 -52L52 -18M52 -54L-50 -18M0 -62V-10", "#c9843f", 1.4)


def burger(canvas: Canvas, look: Look) -> None:
    """Draw a burger."""
    bun = look.main("#dd9a4a")
    canvas.shape("M-56 -22H56Q56 0 36 0H-36Q-56 0 -56 -22Z", bun)
    canvas.rect(-60, -36, 120, 16, "#7a4630", round_by=8)
    canvas.polygon([(-58, -38), (58, -38), (40, -26), (20, -38), (-6, -24), (-24, -38)], "#f8c543")
    canvas.rect(-56, -48, 112, 11, "#e0523f", round_by=5)
    canvas.shape("M-64 -46q8 -12 16 0t16 0t16 0t16 0t16 0t16 0t16 0t16 0V-54H-64Z", "#79b350")
    canvas.shape("M-58 -52Q-58 -98 0 -98T58 -52Z", bun)
    canvas.shape(
        "".join(
            shapes.leaf((x, y), (x + 7, y - 3), 0.3)
            for x, y in ((-28, -78), (-8, -88), (14, -80), (32, -72), (-40, -64), (2, -70))
        ),
        "#fdeecb",
        outline=False,
    )


def wine(canvas: Canvas, look: Look) -> None:
    """Draw a bottle and a glass."""
    drink = look.main("#8a2340")
    canvas.shape("M-38 0V-56Q-38 -68 -31 -72V-98H-17V-72Q-10 -68 -10 -56V0Z", "#2f5a45")
    canvas.rect(-34, -46, 20, 28, "#fbf0d8")
    canvas.shape(shapes.petals(-24, -32, 8, 6, width=0.4), drink, outline=False)
    canvas.rect(-32, -104, 16, 12, "#8a2340", round_by=2)
    canvas.rect(30.6, -34, 2.8, 32, "#dfeaf0")
    canvas.ellipse(32, -2, 17, 3.4, "#dfeaf0")
    canvas.shape("M10 -84H54Q58 -34 32 -32Q6 -34 10 -84Z", "#e8f2f6", opacity=0.75)
    canvas.shape("M9.6 -62H54.4Q52 -34 32 -34Q12 -34 9.6 -62Z", drink, outline=False)


def egg(canvas: Canvas, look: Look) -> None:
    """Draw an egg in a cup."""
    shell = look.main("#f8e6cf", "#fdf8ef")
    canvas.shape(symmetrical([(0, -98), (18, -86), (29, -58), (24, -34), (0, -26)]), shell)
    canvas.ellipse(-9, -72, 5, 11, "#ffffff", turn=16, opacity=0.7)
    cup = look.accent("#6f9fb5", "#e88f7a")
    canvas.shape("M-30 -48H30Q30 -18 8 -14V-6H22V0H-22V-6H-8V-14Q-30 -18 -30 -48Z", cup)


def onigiri(canvas: Canvas, look: Look) -> None:
    """Draw a rice ball."""
    canvas.shape(
        symmetrical([(0, -94), (14, -86), (46, -28), (48, -8), (36, 0), (0, 0)]),
        look.main("#fdfbf5"),
    )
    canvas.shape("M-20 0V-36H20V0Z", "#2c3a36")
    canvas.shape(
        "".join(
            shapes.leaf((x, y), (x + 6, y - 3), 0.3)
            for x, y in ((-8, -70), (6, -60), (-22, -48), (18, -46), (-34, -16), (30, -18))
        ),
        "#e3ddd0",
        outline=False,
    )
