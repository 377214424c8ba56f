"""Parts of the land and sky that can be the subject: mountains, falls, islands, planets."""

import math

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.trees import palm


def mountain(canvas: Canvas, look: Look) -> None:
    """Draw a snow-capped mountain 100 high and 240 wide."""
    stone = look.main("#6f86a8", "#7a8fae", "#63799c")
    canvas.shape("M-140 0Q-70 -30 -14 -100Q0 -106 14 -100Q60 -34 140 0Z", stone)
    canvas.shape(
        "M4 -103Q10 -104 14 -100Q60 -34 140 0H40Q20 -20 30 -44Q14 -60 4 -103Z",
        darker(stone, 0.16),
        outline=False,
    )
    canvas.shape(
        "M-14 -100Q0 -106 14 -100Q24 -84 36 -68L26 -74L20 -60L8 -72L-2 -56L-10 -70"
        "L-22 -58L-26 -68L-38 -66Q-24 -86 -14 -100Z",
        "#fbfdff",
    )
    canvas.shape(
        "M4 -103Q10 -104 14 -100Q24 -84 36 -68L26 -74L20 -60L10 -72Q6 -88 4 -103Z",
        "#d3e0ee",
        outline=False,
    )


def volcano(canvas: Canvas, look: Look) -> None:
    """Draw an erupting volcano."""
    stone = look.main("#6b4f52", "#5d4a55")
    for x, y, r in (
        (-14, -120, 16),
        (12, -126, 20),
        (30, -146, 22),
        (-6, -148, 18),
        (10, -168, 17),
    ):
        canvas.circle(x, y, r, "#8f8088" if x > 5 else "#a8989c", outline=False)
    canvas.shape(
        "M-20 -90Q-26 -122 -40 -110Q-24 -134 -8 -104Q-4 -142 6 -104Q24 -130 34 -106"
        "Q24 -118 20 -90Z",
        "#ffb03c",
        light=True,
    )
    canvas.shape("M-120 0Q-60 -22 -24 -94H24Q60 -22 120 0Z", stone)
    canvas.shape("M10 -94H24Q60 -22 120 0H30Q34 -40 10 -94Z", darker(stone, 0.2), outline=False)
    canvas.shape(
        "M-24 -94H24L17 -78Q12 -60 16 -40Q8 -46 6 -66Q0 -52 -4 -24Q-12 -44 -8 -66Q-14"
        " -58 -20 -52Q-18 -70 -24 -94Z",
        "#ff6a3c",
        light=True,
    )
    canvas.shape("M-14 -92H14Q8 -84 0 -84T-14 -92Z", "#ffdf7a", light=True, outline=False)


def hill(canvas: Canvas, look: Look) -> None:
    """Draw a green hill with a small tree."""
    green = look.main("#7fb860", "#8fc06a")
    canvas.shape("M-130 0Q-60 -78 0 -78T130 0Z", green)
    canvas.shape("M0 -78Q70 -74 130 0H50Q60 -50 0 -78Z", darker(green, 0.12), outline=False)
    canvas.rect(-3, -96, 6, 24, "#7d5638")
    canvas.shape(
        shapes.disc(0, -106, 16) + shapes.disc(-12, -98, 12) + shapes.disc(12, -98, 12), "#5f9a52"
    )


def waterfall(canvas: Canvas, look: Look) -> None:
    """Draw a waterfall between cliffs, with a pool."""
    stone = look.main("#7a8080", "#8a857f")
    water = "#9fd6ea"
    canvas.shape(
        shapes.smooth(
            [(-110, 2), (-108, -86), (-60, -104), (-20, -96), (-22, -60), (-26, 2)], tension=0.5
        ),
        stone,
    )
    canvas.shape(
        shapes.smooth(
            [(110, 2), (104, -78), (64, -98), (20, -96), (22, -60), (28, 2)], tension=0.5
        ),
        darker(stone, 0.1),
    )
    canvas.rect(-24, -96, 48, 92, water, outline=False)
    canvas.shape(
        "".join(
            shapes.box(x, -96 + dy, 4, 60)
            for x, dy in ((-18, 6), (-8, 22), (2, 4), (12, 26), (19, 10))
        ),
        "#e8f7fc",
        outline=False,
    )
    canvas.shape("M-28 -92Q0 -104 28 -92L24 -84Q0 -94 -24 -84Z", "#e8f7fc")
    canvas.shape(
        shapes.disc(-70, -98, 18)
        + shapes.disc(-50, -102, 14)
        + shapes.disc(60, -96, 16)
        + shapes.disc(80, -86, 14)
        + shapes.disc(-92, -84, 13),
        "#5f9a5a",
    )
    canvas.ellipse(0, 0, 84, 11, water)
    canvas.shape(
        "".join(shapes.disc(x, -5, 9) for x in (-26, -14, 0, 14, 26)), "#ffffff", opacity=0.85
    )


def rock(canvas: Canvas, look: Look) -> None:
    """Draw mossy rocks."""
    stone = look.main("#9a9590", "#8a8f94")
    canvas.shape(
        shapes.smooth(
            [(-70, 0), (-66, -44), (-30, -82), (16, -78), (44, -40), (50, 0)], tension=0.55
        ),
        stone,
    )
    canvas.shape(
        shapes.smooth([(16, -78), (44, -40), (50, 0), (14, 0), (22, -40)], tension=0.5),
        darker(stone, 0.18),
        outline=False,
    )
    canvas.shape(
        shapes.smooth([(30, 0), (38, -30), (64, -38), (84, -16), (86, 0)], tension=0.6),
        lighter(stone, 0.1),
    )
    canvas.shape(
        shapes.smooth([(-48, -66), (-24, -84), (14, -80), (4, -68), (-24, -64)]),
        "#7fa85a",
        outline=False,
    )


def island(canvas: Canvas, look: Look) -> None:
    """Draw a small island with palms, as in a lagoon."""
    canvas.ellipse(0, 0, 120, 13, "#bfe8e3", opacity=0.7)
    canvas.shape("M-104 0Q-60 -28 0 -30T104 0Q50 8 0 8T-104 0Z", look.main("#f0d9a8"))
    canvas.shape("M-60 -17Q-30 -42 10 -38T66 -16Q20 -8 -60 -17Z", "#7fb860")
    with canvas.at(-14, -28, 0.66):
        palm(canvas, Look(rng=look.rng))
    with canvas.at(22, -26, 0.52, flip=True):
        palm(canvas, Look(rng=look.rng))


def wave(canvas: Canvas, look: Look) -> None:
    """Draw one great curling wave."""
    water = look.main("#3f7fb0", "#2f6a9a")
    pale = lighter(water, 0.45)
    canvas.shape(
        "M-150 0Q-120 -30 -90 -60Q-50 -112 10 -106Q58 -98 64 -62Q52 -80 30 -72Q0 -60"
        " 6 -30Q40 -10 150 -16V4H-150Z",
        water,
    )
    canvas.shape(
        "M-120 0Q-80 -40 -60 -64Q-30 -94 4 -92Q-30 -80 -36 -46Q-38 -20 0 0Z", pale, outline=False
    )
    canvas.shape("M-90 0Q-60 -34 -44 -52Q-30 -20 20 0Z", lighter(water, 0.2), outline=False)
    foam = "".join(
        shapes.disc(x, y, r)
        for x, y, r in (
            (10, -106, 9),
            (26, -102, 10),
            (42, -94, 11),
            (56, -80, 11),
            (64, -64, 9),
            (48, -72, 8),
            (-8, -106, 7),
            (34, -84, 9),
            (66, -50, 5),
            (56, -44, 4),
            (74, -66, 4),
        )
    )
    canvas.shape(foam, "#fbfdff")


def path(canvas: Canvas, look: Look) -> None:
    """Draw a winding path that grows narrow with distance."""
    earth = look.main("#dcbf8f", "#cfae80")
    canvas.shape(
        "M-60 0Q-20 -30 -34 -48Q-44 -64 -6 -78Q8 -86 0 -100H5Q22 -84 8 -72Q-18 -60 6"
        " -46Q44 -28 60 0Z",
        earth,
    )


def planet(canvas: Canvas, look: Look) -> None:
    """Draw a banded planet with a ring."""
    colour = look.main("#e0a35a", "#8fa8d8", "#d98f9a", "#7fc0b0")
    ring = look.accent("#f3dfb4", "#c9d3f0")
    with canvas.at(0, -50, turn=-16):
        canvas.shape("M-84 0A84 20 0 0 1 84 0H70A70 14 0 0 0 -70 0Z", ring, light=True)
        canvas.circle(0, 0, 48, colour, light=True)
        with canvas.clipped(shapes.disc(0, 0, 48)):
            canvas.shape(
                shapes.box(-60, -30, 120, 9) + shapes.box(-60, 2, 120, 13),
                lighter(colour, 0.25),
                light=True,
                outline=False,
            )
            canvas.shape(
                shapes.box(-60, -14, 120, 6) + shapes.box(-60, 24, 120, 7),
                darker(colour, 0.14),
                light=True,
                outline=False,
            )
            canvas.shape(
                shapes.disc(0, 0, 60) + shapes.disc(-14, -12, 56),
                "#1b1640",
                opacity=0.35,
                even_odd=True,
                light=True,
            )
        canvas.shape("M-84 0A84 20 0 0 0 84 0H70A70 14 0 0 1 -70 0Z", ring, light=True)


def sun(canvas: Canvas, look: Look) -> None:
    """Draw a sun with rays, as a sign."""
    colour = look.main("#f8bd3c")
    canvas.shape(shapes.petals(0, -50, 54, 16, width=0.16), lighter(colour, 0.2), light=True)
    canvas.circle(0, -50, 32, colour, light=True)


def moon(canvas: Canvas, look: Look) -> None:
    """Draw a crescent."""
    canvas.shape("M18 -98A50 50 0 1 0 48 -26A42 42 0 0 1 18 -98Z", look.main("#fbf0c4"), light=True)


def star(canvas: Canvas, look: Look) -> None:
    """Draw a star."""
    canvas.shape(shapes.star(0, -48, 52), look.main("#ffd84f"), light=True)


def cloud(canvas: Canvas, look: Look) -> None:
    """Draw a cloud."""
    white = look.main("#ffffff")
    data = (
        shapes.disc(-34, -34, 30)
        + shapes.disc(4, -54, 40)
        + shapes.disc(44, -34, 28)
        + shapes.box(-40, -34, 90, 34)
    )
    canvas.shape(data + shapes.disc(-46, -18, 18) + shapes.disc(58, -18, 18), white, light=True)


def campfire(canvas: Canvas, look: Look) -> None:
    """Draw a fire of logs."""
    canvas.circle(0, -40, 74, "#ffb85a", opacity=0.18, light=True)
    canvas.circle(0, -40, 48, "#ffcf7a", opacity=0.25, light=True)
    canvas.stroke("M-46 -4L34 -18M46 -4L-34 -18", "#6b4428", 11)
    canvas.shape(
        "M0 -106Q10 -80 28 -66Q40 -44 28 -22Q16 -8 0 -8T-28 -22Q-40 -44 -22 -64Q-18"
        " -50 -12 -52Q-14 -84 0 -106Z",
        look.main("#f0702c"),
        light=True,
    )
    canvas.shape(
        "M2 -78Q8 -58 18 -46Q24 -28 14 -16T-14 -16Q-24 -30 -10 -46Q-6 -38 -2 -40Q-4 -60 2 -78Z",
        "#ffb83c",
        light=True,
        outline=False,
    )
    canvas.shape("M0 -44Q10 -30 8 -20T-8 -20Q-10 -30 0 -44Z", "#fff3b0", light=True, outline=False)


def sparks(canvas: Canvas, look: Look) -> None:
    """Draw one burst of fireworks."""
    colour = look.main("#ffd36b", "#8fe0ff", "#ff8a7a")
    rays = "".join(
        shapes.leaf(
            (math.cos(math.tau * i / 18) * 12, -50 + math.sin(math.tau * i / 18) * 12),
            (math.cos(math.tau * i / 18) * 52, -50 + math.sin(math.tau * i / 18) * 52),
            0.05,
        )
        for i in range(18)
    )
    canvas.shape(rays, colour, light=True)


def arc(canvas: Canvas, look: Look) -> None:
    """Draw a rainbow or a veil of light, small, as a sign."""
    for index, colour in enumerate(
        (look.main("#e8636b"), "#f3a25a", "#f7dc72", "#7fc98a", "#6fb2e6")
    ):
        outer = 90 - index * 10
        canvas.shape(
            f"M{-outer} 0A{outer} {outer} 0 0 1 {outer} 0H{outer - 10}A{outer - 10}"
            f" {outer - 10} 0 0 0 {10 - outer} 0Z",
            colour,
            light=True,
        )
