"""Turtles and dragons; about 100 units high, feet at y = 0."""

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.features import (
    INK,
    discs_twice,
    eye,
    smile,
    symmetrical,
    twice,
)  # fmt: skip


def turtle(canvas: Canvas, look: Look) -> None:
    """Draw a turtle or, in water, one that swims."""
    shell = look.main("#6f8f4a", "#8a7a45", "#4f8a74")
    skin = lighter(darker(shell, 0.05), 0.3)
    canvas.shape(
        shapes.smooth([(-52, -30), (-72, -62), (-84, -62), (-88, -46), (-74, -32), (-56, -18)]),
        skin,
    )
    canvas.shape(
        shapes.smooth([(-34, -18), (-20, -18), (-20, -2), (-40, -2)])
        + shapes.smooth([(26, -18), (42, -18), (46, -2), (26, -2)])
        + shapes.leaf((50, -18), (70, -10), 0.3),
        skin,
    )
    canvas.shape("M-56 -18Q-50 -74 2 -76Q54 -74 60 -18Q2 -6 -56 -18Z", shell)
    plates = "".join(
        shapes.polygon(
            [
                (x - 11, y),
                (x - 5, y - 11),
                (x + 6, y - 11),
                (x + 11, y),
                (x + 5, y + 10),
                (x - 6, y + 10),
            ]
        )
        for x, y in ((2, -58), (-26, -44), (30, -44), (2, -34))
    )
    canvas.shape(plates, lighter(shell, 0.25), outline=False)
    canvas.shape("M-58 -20Q2 -8 62 -20Q60 -10 2 -6Q-56 -10 -58 -20Z", darker(shell, 0.25))
    eye(canvas, -78, -52, 2.8)
    smile(canvas, -82, -42, 7)


def dragon(canvas: Canvas, look: Look) -> None:
    """Draw a dragon with wings, belly plates and a coiled tail."""
    skin = look.main("#4f9a6b", "#c2493f", "#5a6fb5", "#7a5aa8")
    belly, wing = lighter(skin, 0.6), look.accent("#f0b24b", "#e8855a", "#9fd0b0")
    canvas.shape(
        twice(
            [
                (12, -60),
                (30, -92),
                (62, -104),
                (56, -84),
                (62, -70),
                (48, -66),
                (46, -50),
                (32, -52),
            ]
        ),
        darker(skin, 0.2),
    )
    canvas.shape(
        twice(
            [(16, -60), (32, -86), (54, -96), (49, -82), (52, -72), (41, -66), (40, -56), (28, -54)]
        ),
        wing,
        outline=False,
    )
    canvas.shape(
        shapes.smooth(
            [(14, -6), (44, 0), (60, -16), (50, -36), (58, -42), (70, -16), (54, 8), (20, 6)]
        ),
        skin,
    )
    canvas.polygon([(48, -34), (52, -54), (66, -40)], wing)
    canvas.shape(symmetrical([(0, -64), (16, -54), (25, -30), (24, -8), (14, 0), (0, 0)]), skin)
    canvas.shape(
        symmetrical([(0, -56), (10, -46), (14, -24), (8, -4), (0, -3)]), belly, outline=False
    )
    canvas.shape(
        "".join(shapes.box(-11, y, 22, 1.8) for y in (-44, -34, -24, -14)),
        darker(belly, 0.2),
        outline=False,
    )
    canvas.shape(discs_twice(15, -4, 11, 6), darker(skin, 0.1))
    canvas.shape(twice([(14, -46), (24, -38), (20, -30), (12, -36)], soft=True), lighter(skin, 0.1))
    canvas.shape(twice([(8, -92), (18, -112), (18, -88)]), "#f3e2b8")
    canvas.shape(shapes.polygon([(-4, -98), (0, -110), (4, -98)]), wing)
    canvas.shape(
        symmetrical([(0, -98), (14, -95), (22, -82), (19, -70), (14, -58), (0, -55)]), skin
    )
    canvas.ellipse(0, -64, 14, 9, lighter(skin, 0.22), outline=False)
    canvas.shape(discs_twice(5, -67, 1.7, 2.2), INK, outline=False)
    canvas.shape(discs_twice(11, -82, 5.6, 6.2), "#fff8d8", outline=False)
    canvas.shape(discs_twice(10.6, -81.6, 2.2, 5), INK, outline=False)
    smile(canvas, 0, -60, 14)
