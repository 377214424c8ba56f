"""Things people own, make and give; about 100 units high, resting on y = 0."""

import math

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.features import INK, discs_twice, smile, symmetrical


def umbrella(canvas: Canvas, look: Look) -> None:
    """Draw an open umbrella."""
    cloth = look.main("#d8433f", "#4f8fb5", "#f0b43c", "#8a6fb0")
    canvas.stroke("M0 -60V-10Q0 0 -8 0T-15 -9", "#6b4a34", 4)
    canvas.shape(
        "M-66 -46Q-58 -104 0 -104T66 -46Q54 -58 42 -46Q30 -58 20 -46Q10 -58 0 -46Q-10"
        " -58 -20 -46Q-30 -58 -42 -46Q-54 -58 -66 -46Z",
        cloth,
    )
    canvas.shape(
        "M0 -104Q-20 -84 -20 -46Q-10 -58 0 -46Q10 -58 20 -46Q20 -84 0 -104Z",
        look.accent(lighter(cloth, 0.25)),
        outline=False,
    )
    canvas.shape(
        "M0 -104Q58 -100 66 -46Q54 -58 42 -46Q38 -84 0 -104Z", darker(cloth, 0.16), outline=False
    )
    canvas.rect(-1.6, -112, 3.2, 9, "#6b4a34")


def book(canvas: Canvas, look: Look) -> None:
    """Draw an open book, its lines unreadable."""
    cover = look.main("#a8433f", "#3f6f94", "#5f7f4f")
    canvas.shape("M-82 -52L-4 -38V-2L-82 -14ZM82 -52L4 -38V-2L82 -14Z", cover)
    canvas.shape(
        "M-76 -62Q-34 -66 0 -44V-8Q-34 -28 -76 -22ZM76 -62Q34 -66 0 -44V-8Q34 -28 76 -22Z",
        "#fdf6e6",
    )
    lines = "".join(
        f"M{s * 66} {-52 + r * 8}Q{s * 34} {-55 + r * 8} {s * 10} {-40 + r * 8}"
        for s in (-1, 1)
        for r in range(4)
    )
    canvas.stroke(lines, "#b5a894", 1.4)
    canvas.shape("M-3 -44H3V-2H-3Z", darker(cover, 0.3), outline=False)


def guitar(canvas: Canvas, look: Look) -> None:
    """Draw a guitar that stands."""
    wood = look.main("#c9843f", "#a8602f", "#d8a35a")
    canvas.rect(-3.4, -98, 6.8, 56, "#4f3526")
    canvas.rect(-6, -112, 12, 16, "#3a2820", round_by=2)
    canvas.shape(
        symmetrical([(0, -56), (15, -54), (20, -44), (15, -34), (24, -20), (22, -4), (0, 0)]), wood
    )
    canvas.circle(0, -36, 7.5, "#3a2820")
    canvas.rect(-9, -16, 18, 3.6, "#3a2820")
    canvas.shape(
        "".join(shapes.box(x, -104, 0.5, 90) for x in (-2, -0.7, 0.6, 1.9)),
        "#f3ead0",
        outline=False,
    )
    canvas.shape(
        "".join(shapes.box(-3.4, y, 6.8, 0.7) for y in range(-94, -44, 8)), "#d8c48a", outline=False
    )


def robot(canvas: Canvas, look: Look) -> None:
    """Draw a friendly robot."""
    metal = look.main("#8fb0c0", "#b5bcc8", "#e0a85a", "#8fb58a")
    shade, glow = darker(metal, 0.2), look.accent("#6fe0e8", "#ffd45a")
    canvas.shape(shapes.box(-17, -22, 10, 18) + shapes.box(7, -22, 10, 18), shade)
    canvas.shape("M-24 0v-3q0 -5 5 -5h14v8ZM24 0v-3q0 -5 -5 -5h-14v8Z", "#4f5868")
    canvas.stroke("M-25 -50Q-40 -46 -38 -30M25 -50Q42 -56 42 -72", shade, 6.5)
    canvas.shape(shapes.disc(-38, -27, 6) + shapes.disc(42, -76, 6), "#4f5868")
    canvas.rect(-25, -58, 50, 38, metal, round_by=8)
    canvas.rect(-15, -50, 30, 18, shade, round_by=3)
    canvas.shape(shapes.heart(-6, -41, 9), "#e8615f", outline=False, light=True)
    canvas.shape(
        shapes.box(2, -46, 10, 2.6) + shapes.box(2, -41, 7, 2.6) + shapes.box(2, -36, 10, 2.6),
        glow,
        outline=False,
        light=True,
    )
    canvas.rect(-6, -64, 12, 7, shade)
    canvas.rect(-1, -108, 2, 12, shade)
    canvas.circle(0, -109, 4, "#e8615f", light=True)
    canvas.rect(-28, -98, 56, 36, metal, round_by=11)
    canvas.rect(-22, -92, 44, 24, "#2f3a4d", round_by=8)
    canvas.shape(discs_twice(9.5, -82, 4.8, 5.6), glow, light=True, outline=False)
    canvas.shape("M-6 -74Q0 -70 6 -74L5 -72Q0 -68 -5 -72Z", glow, light=True, outline=False)
    canvas.shape(shapes.box(-32, -86, 5, 12) + shapes.box(27, -86, 5, 12), shade)


def balloon(canvas: Canvas, look: Look) -> None:
    """Draw a toy balloon on its string."""
    colour = look.main("#e0453c", "#4f8fd8", "#f6b83c", "#f28fb0", "#6fb58a", "#9a7fd0")
    canvas.stroke("M0 -42C-8 -28 8 -18 0 0", "#7a7480", 1)
    canvas.polygon([(-4, -39), (4, -39), (0, -46)], darker(colour, 0.15))
    canvas.shape(symmetrical([(0, -108), (20, -100), (27, -78), (17, -54), (0, -44)]), colour)
    canvas.ellipse(-10, -88, 5, 10, "#ffffff", turn=20, opacity=0.5)


def kite(canvas: Canvas, look: Look) -> None:
    """Draw a diamond kite with a tail of bows."""
    first, second = look.main("#e0533f", "#4f8fd8", "#9a6fc0"), look.accent("#f6c23c", "#6fb58a")
    canvas.stroke("M0 -44Q14 -30 -4 -20T4 6", "#7a7480", 1.2)
    canvas.polygon([(0, -112), (32, -80), (0, -44), (-32, -80)], first)
    canvas.shape(
        shapes.polygon([(0, -112), (32, -80), (0, -80)])
        + shapes.polygon([(0, -44), (-32, -80), (0, -80)]),
        second,
        outline=False,
    )
    canvas.shape(
        "".join(
            shapes.leaf((x, y), (x - 9, y - 3), 0.36) + shapes.leaf((x, y), (x + 9, y + 3), 0.36)
            for x, y in ((5, -32), (-3, -20), (-1, -8))
        ),
        second,
    )


def heart(canvas: Canvas, look: Look) -> None:
    """Draw a heart."""
    colour = look.main("#e0354a", "#f0607f")
    canvas.shape(shapes.heart(0, -48, 92), colour)
    canvas.shape("M-34 -66Q-32 -82 -16 -82Q-26 -76 -28 -62Z", "#ffffff", opacity=0.6)
    canvas.shape("M0 -4Q44 -36 45 -64Q40 -30 0 -4Z", darker(colour, 0.2), outline=False)


def gift(canvas: Canvas, look: Look) -> None:
    """Draw a wrapped present."""
    paper, ribbon = (
        look.main("#4f9aa8", "#d8533f", "#8a6fb0"),
        look.accent("#f6c23c", "#fdf0dc", "#f28fb0"),
    )
    canvas.rect(-40, -56, 80, 56, paper)
    canvas.rect(10, -56, 30, 56, darker(paper, 0.12), outline=False)
    canvas.rect(-46, -72, 92, 20, lighter(paper, 0.14), round_by=3)
    canvas.shape(shapes.box(-8, -72, 16, 72), ribbon)
    canvas.shape(
        shapes.smooth([(0, -72), (-20, -98), (-38, -92), (-30, -74)])
        + shapes.smooth([(0, -72), (20, -98), (38, -92), (30, -74)]),
        ribbon,
    )
    canvas.circle(0, -75, 7.5, darker(ribbon, 0.14))


def snowman(canvas: Canvas, look: Look) -> None:
    """Draw a snowman."""
    snow = "#fbfdff"
    scarf = look.main("#d8433f", "#4f8fb5", "#e8a83c")
    canvas.stroke("M-20 -46L-44 -62M-37 -57L-40 -68M20 -46L46 -64M38 -58L42 -70", "#6b4a34", 2.6)
    canvas.circle(0, -22, 25, snow)
    canvas.circle(0, -53, 19, snow)
    canvas.shape(
        "M8 -45A19 19 0 0 1 0 -34Q14 -30 20 -40ZM10 -14A25 25 0 0 1 -6 2Q20 4 25 -20Z",
        "#d8e3f0",
        outline=False,
    )
    canvas.circle(0, -78, 15, snow)
    canvas.shape(
        discs_twice(5, -81, 1.9)
        + shapes.disc(0, -56, 1.8)
        + shapes.disc(0, -49, 1.8)
        + shapes.disc(0, -28, 1.8),
        INK,
        outline=False,
    )
    canvas.polygon([(0, -78.5), (15, -75.5), (0, -74)], "#f08a3c")
    smile(canvas, -1, -71, 9)
    canvas.shape("M-14 -68Q0 -60 14 -68L15 -62Q0 -54 -15 -62Z", scarf)
    canvas.polygon([(7, -62), (14, -63), (16, -42), (8, -42)], darker(scarf, 0.14))
    canvas.rect(-17, -93, 34, 4.6, "#3a3542", round_by=2)
    canvas.rect(-11, -110, 22, 19, "#3a3542", round_by=2)
    canvas.rect(-11, -97, 22, 4, scarf, outline=False)


def pumpkin(canvas: Canvas, look: Look) -> None:
    """Draw a carved pumpkin."""
    skin = look.main("#f0852c", "#e8762c")
    canvas.shape("M-5 -72Q-6 -90 6 -98L13 -94Q4 -86 6 -72Z", "#6b7a3a")
    canvas.shape("".join(shapes.disc(x, -38, 27, 38) for x in (-36, 36)), darker(skin, 0.18))
    canvas.shape("".join(shapes.disc(x, -38, 26, 39) for x in (-18, 18)), darker(skin, 0.07))
    canvas.ellipse(0, -38, 22, 39, skin)
    face = shapes.polygon([(-30, -44), (-20, -60), (-10, -44)]) + shapes.polygon(
        [(30, -44), (20, -60), (10, -44)]
    )
    face += shapes.polygon([(0, -42), (5, -34), (-5, -34)])
    face += shapes.polygon(
        [
            (-36, -28),
            (-22, -22),
            (-18, -28),
            (-10, -20),
            (0, -26),
            (10, -20),
            (18, -28),
            (22, -22),
            (36, -28),
            (22, -10),
            (6, -6),
            (-6, -6),
            (-22, -10),
        ]
    )
    canvas.shape(face, "#ffe07a" if look.lit else "#3f2418", light=look.lit, outline=False)


def key(canvas: Canvas, look: Look) -> None:
    """Draw an old key."""
    metal = look.main("#d8aa4e", "#b58a4a")
    canvas.shape(shapes.disc(0, -82, 21) + shapes.disc(0, -82, 12), metal, even_odd=True)
    canvas.shape("M-4 -62H4V0H-4ZM4 -6H22V-14H16V-20H22V-28H4Z", metal)
    canvas.rect(-8, -64, 16, 6, darker(metal, 0.16), round_by=2)


def crown(canvas: Canvas, look: Look) -> None:
    """Draw a crown with gems."""
    gold = look.main("#f0be46")
    canvas.shape("M-56 -10L-64 -72L-32 -42L0 -88L32 -42L64 -72L56 -10Z", gold)
    canvas.rect(-57, -16, 114, 16, darker(gold, 0.14), round_by=4)
    canvas.shape(
        shapes.disc(-64, -74, 6) + shapes.disc(0, -91, 7) + shapes.disc(64, -74, 6),
        look.accent("#e0354a"),
    )
    canvas.shape(shapes.disc(-30, -8, 5) + shapes.disc(30, -8, 5), "#4f8fd8", outline=False)
    canvas.shape(shapes.disc(0, -8, 5.6), "#e0354a", outline=False)


def camera(canvas: Canvas, look: Look) -> None:
    """Draw a camera."""
    body = look.main("#3a3d48", "#c98f6b", "#5f8a8f")
    canvas.rect(-24, -86, 48, 20, lighter(body, 0.2), round_by=5)
    canvas.rect(-66, -72, 132, 72, body, round_by=10)
    canvas.rect(-66, -56, 132, 34, darker(body, 0.3), outline=False)
    canvas.circle(0, -37, 30, "#d5d8de")
    canvas.circle(0, -37, 23, "#2f3442", outline=False)
    canvas.circle(0, -37, 13, "#4f7fa8", outline=False)
    canvas.circle(-6, -44, 5, "#d8ecf6", outline=False)
    canvas.rect(40, -68, 17, 9, "#ffe9a8", round_by=2)
    canvas.rect(-56, -80, 20, 9, "#d8604f", round_by=3)


def fan(canvas: Canvas, look: Look) -> None:
    """Draw an open folding fan."""
    paper = look.main("#e8607f", "#f3e3c4", "#5f8fb5")
    canvas.shape("M0 0L-88 -50A102 102 0 0 1 88 -50Z", darker(paper, 0.1))
    canvas.shape(
        "M-36 -21L-84 -48A97 97 0 0 1 84 -48L36 -21A42 42 0 0 0 -36 -21Z", paper, outline=False
    )
    ribs = "".join(
        f"M0 0L{math.cos(math.pi * (0.165 + 0.67 * i / 8)) * 100:.1f}"
        f" {-math.sin(math.pi * (0.165 + 0.67 * i / 8)) * 100:.1f}"
        for i in range(9)
    )
    canvas.stroke(ribs, "#7a5233", 1.6)
    canvas.shape(
        "".join(
            shapes.petals(x, y, 10, 5, width=0.55)
            for x, y in ((-40, -62), (-6, -76), (34, -64), (58, -48))
        ),
        "#fff3f0",
        outline=False,
    )
    canvas.circle(0, -2, 4, "#d8aa4e")


def gear(canvas: Canvas, look: Look) -> None:
    """Draw two gears."""
    first, second = look.main("#b58a4a", "#8a94a3"), look.accent("#8f9aa8", "#c9784a")
    for x, y, radius, teeth, colour in ((-18, -46, 38, 12, first), (42, -24, 20, 8, second)):
        points: list[tuple[float, float]] = []
        for index in range(teeth * 4):
            angle = math.tau * index / (teeth * 4)
            reach = radius * (1.16 if index % 4 in (0, 1) else 0.94)
            points.append((x + math.cos(angle) * reach, y + math.sin(angle) * reach))
        canvas.shape(
            shapes.polygon(points) + shapes.disc(x, y, radius * 0.34), colour, even_odd=True
        )
        canvas.shape(
            shapes.disc(x, y, radius * 0.7) + shapes.disc(x, y, radius * 0.46),
            lighter(colour, 0.2),
            even_odd=True,
            outline=False,
        )


def gem(canvas: Canvas, look: Look) -> None:
    """Draw a cut gem."""
    colour = look.main("#5fc0e0", "#e0506f", "#6fc08a", "#a07fe0")
    canvas.polygon([(-54, -66), (-30, -94), (30, -94), (54, -66), (0, 0)], colour)
    canvas.shape(
        shapes.polygon([(-54, -66), (-22, -66), (0, 0)])
        + shapes.polygon([(-22, -66), (0, -94), (22, -66)]),
        lighter(colour, 0.36),
        outline=False,
    )
    canvas.shape(
        shapes.polygon([(54, -66), (22, -66), (0, 0)])
        + shapes.polygon([(30, -94), (54, -66), (22, -66)]),
        darker(colour, 0.2),
        outline=False,
    )
    canvas.polygon([(-30, -94), (0, -94), (-22, -66)], lighter(colour, 0.6), outline=False)
    canvas.shape(shapes.star(44, -92, 13, 4, 0.24), "#ffffff", light=True, outline=False)


def flag(canvas: Canvas, look: Look) -> None:
    """Draw a flag that waves."""
    cloth = look.main("#d8433f", "#4f8fd8", "#f0b43c")
    canvas.rect(-46, -108, 4, 108, "#7a5a3e")
    canvas.circle(-44, -110, 4, "#d8aa4e")
    canvas.shape("M-42 -104Q-14 -116 8 -102T56 -104V-58Q30 -46 8 -58T-42 -60Z", cloth)
    canvas.shape(
        "M-42 -90Q-14 -102 8 -88T56 -90V-76Q30 -64 8 -74T-42 -76Z",
        look.accent("#fdf6e8"),
        outline=False,
    )


def basket(canvas: Canvas, look: Look) -> None:
    """Draw a basket with a checked cloth and fruit in it."""
    wicker = look.main("#c9975a", "#b58448")
    canvas.stroke("M-46 -46C-40 -116 40 -116 46 -46", darker(wicker, 0.14), 6)
    canvas.shape(shapes.disc(-22, -54, 17) + shapes.disc(24, -54, 15), "#d8433f")
    canvas.circle(2, -58, 16, "#f3b84a")
    canvas.shape(
        "M-62 -50Q-30 -34 0 -46T62 -50L54 -26Q30 -14 20 -30Q0 -12 -14 -30Q-36 -10 -52 -28Z",
        "#fdf6ec",
    )
    canvas.shape("M-60 -46H60L48 0H-48Z", wicker)
    canvas.shape(
        "".join(
            shapes.box(-54 + (r % 2) * 9 + c * 18, -40 + r * 10, 11, 5)
            for r in range(4)
            for c in range(6)
            if abs(-54 + (r % 2) * 9 + c * 18 + 5) < 48 - r
        ),
        lighter(wicker, 0.25),
        outline=False,
    )
    canvas.rect(-64, -50, 128, 9, darker(wicker, 0.12), round_by=4)
