"""Animals of field, forest and savanna, seen from the side; about 100 units high, feet at y = 0."""

import math

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter, luminance
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.features import (
    INK,
    discs_twice,
    eye,
    eyes,
    legs,
    smile,
    symmetrical,
)  # fmt: skip


def horse(canvas: Canvas, look: Look) -> None:
    """Draw a standing horse."""
    coat = look.main("#8a5433", "#6b4630", "#d9c7ae", "#a56a3c")
    mane = look.accent(darker(coat, 0.45)) if luminance(coat) > 70 else "#14121a"
    canvas.shape(
        shapes.smooth([(42, -62), (54, -56), (60, -30), (54, -14), (50, -34), (42, -50)]), mane
    )
    legs(canvas, (-16, 30), -40, 8.5, darker(coat, 0.2))
    legs(canvas, (-26, 38), -44, 9.5, coat)
    canvas.shape(
        shapes.box(-30.5, -5, 9, 5)
        + shapes.box(33.5, -5, 9, 5)
        + shapes.box(-20, -5, 8, 5)
        + shapes.box(26, -5, 8, 5),
        "#3a2c2a",
    )
    canvas.shape(
        shapes.smooth(
            [
                (-32, -62),
                (-22, -66),
                (0, -66),
                (26, -70),
                (44, -60),
                (46, -42),
                (34, -34),
                (4, -32),
                (-22, -34),
                (-34, -44),
            ]
        ),
        coat,
    )
    canvas.shape(
        shapes.smooth(
            [(-36, -46), (-42, -76), (-46, -90), (-32, -100), (-18, -88), (-12, -62), (-20, -40)]
        ),
        coat,
        outline=False,
    )
    canvas.shape(
        shapes.smooth([(-34, -100), (-26, -98), (-14, -84), (-8, -64), (-18, -66), (-24, -84)]),
        mane,
    )
    canvas.shape(
        shapes.smooth(
            [(-34, -101), (-28, -92), (-40, -84), (-60, -72), (-66, -78), (-60, -86), (-48, -95)]
        ),
        coat,
    )
    canvas.shape(
        shapes.smooth([(-58, -73), (-67, -74), (-66, -82), (-58, -84)]),
        darker(coat, 0.25),
        outline=False,
    )
    canvas.polygon([(-36, -98), (-34, -112), (-28, -98)], coat)
    canvas.shape(
        shapes.smooth([(-38, -103), (-33, -101), (-40, -91), (-46, -92)]), mane, outline=False
    )
    eye(canvas, -46, -89, 2.3)


def cow(canvas: Canvas, look: Look) -> None:
    """Draw a spotted cow."""
    coat = look.main("#faf5ee", "#faf5ee", "#b5764a")
    spot = look.accent("#3a3438", "#7a4b32")
    canvas.stroke("M50 -62Q62 -50 56 -28", darker(coat, 0.2), 3)
    canvas.circle(56, -26, 4, spot)
    legs(canvas, (-18, 30), -32, 10, darker(coat, 0.18))
    canvas.ellipse(22, -28, 10, 7, "#f2b1ab", outline=False)
    legs(canvas, (-30, 42), -34, 11, coat)
    body = shapes.smooth(
        [(-40, -66), (0, -70), (40, -70), (53, -58), (52, -34), (36, -26), (-28, -26), (-42, -40)]
    )
    canvas.shape(body, coat)
    with canvas.clipped(body):
        canvas.shape(
            shapes.blob(look.rng, -10, -62, 34, 26, 7)
            + shapes.blob(look.rng, 36, -46, 30, 30, 7)
            + shapes.blob(look.rng, 8, -30, 20, 16, 7),
            spot,
            outline=False,
        )
    canvas.shape(
        shapes.leaf((-40, -80), (-24, -88), 0.34) + shapes.leaf((-64, -80), (-78, -86), 0.34), spot
    )
    canvas.shape(
        shapes.leaf((-44, -86), (-38, -100), 0.24) + shapes.leaf((-60, -86), (-66, -100), 0.24),
        "#e8d6ac",
    )
    canvas.shape(
        shapes.smooth(
            [(-64, -86), (-52, -90), (-40, -86), (-38, -70), (-42, -54), (-62, -54), (-66, -70)]
        ),
        coat,
    )
    canvas.shape(
        shapes.smooth([(-66, -86), (-54, -88), (-56, -74), (-64, -70)]), spot, outline=False
    )
    canvas.ellipse(-52, -56, 13, 9, "#f2b1ab")
    canvas.shape(shapes.disc(-57, -57, 2, 2.6) + shapes.disc(-47, -57, 2, 2.6), INK, outline=False)
    eyes(canvas, -52, -73, 14, 2.7)


def sheep(canvas: Canvas, look: Look) -> None:
    """Draw a woolly sheep."""
    wool = look.main("#f7f1e6", "#efe6d8")
    face = look.accent("#4a4148", "#e8cdb2")
    legs(canvas, (-22, -8, 18, 32), -30, 8, darker(face, 0.1))
    puffs = "".join(
        shapes.disc(
            6 + math.cos(math.tau * i / 11) * 34, -48 + math.sin(math.tau * i / 11) * 21, 15
        )
        for i in range(11)
    )
    canvas.shape(puffs, darker(wool, 0.08))
    canvas.ellipse(6, -48, 38, 25, wool, outline=False)
    curls = "".join(
        shapes.disc(6 + math.cos(math.tau * i / 7) * 20, -52 + math.sin(math.tau * i / 7) * 12, 9)
        for i in range(7)
    )
    canvas.shape(curls, lighter(wool, 0.5), outline=False)
    canvas.shape(
        shapes.leaf((-38, -66), (-58, -62), 0.36) + shapes.leaf((-26, -66), (-12, -58), 0.36),
        darker(face, 0.15),
    )
    canvas.shape(
        shapes.smooth(
            [(-46, -74), (-32, -78), (-22, -70), (-24, -52), (-34, -42), (-44, -48), (-48, -60)]
        ),
        face,
    )
    canvas.shape(
        shapes.disc(-42, -78, 8) + shapes.disc(-32, -82, 9) + shapes.disc(-24, -76, 8), wool
    )
    pale = luminance(face) < 120
    eyes(canvas, -36, -62, 11, 2.6, "#fff8ea" if pale else INK)
    if pale:
        canvas.shape(
            shapes.disc(-41.5, -62, 1.4) + shapes.disc(-30.5, -62, 1.4), INK, outline=False
        )


def elephant(canvas: Canvas, look: Look) -> None:
    """Draw an elephant with its trunk up."""
    skin = look.main("#9aa3b2", "#a8a0ac", "#8d98a3")
    canvas.stroke("M56 -58Q66 -46 62 -30", darker(skin, 0.15), 3)
    legs(canvas, (-16, 30), -36, 17, darker(skin, 0.16))
    canvas.shape(
        shapes.smooth(
            [
                (-36, -72),
                (-10, -88),
                (30, -88),
                (56, -70),
                (58, -40),
                (44, -26),
                (-20, -26),
                (-40, -42),
            ]
        ),
        skin,
    )
    legs(canvas, (-30, 44), -40, 19, skin)
    canvas.shape(
        "".join(shapes.disc(x + d, -2, 3, 2) for x in (-30, 44) for d in (-5, 1)),
        lighter(skin, 0.6),
        outline=False,
    )
    canvas.shape(
        shapes.smooth(
            [(-58, -84), (-40, -96), (-22, -88), (-16, -66), (-30, -48), (-50, -50), (-60, -64)]
        ),
        lighter(skin, 0.06),
    )
    canvas.stroke("M-56 -62C-72 -40 -84 -40 -88 -58S-82 -80 -78 -76", lighter(skin, 0.06), 10)
    canvas.shape("M-54 -52Q-66 -44 -72 -50Q-66 -52 -58 -60Z", "#fff7e6")
    canvas.shape(
        shapes.smooth([(-26, -92), (-6, -92), (4, -70), (-6, -46), (-22, -50), (-30, -70)]),
        darker(skin, 0.1),
    )
    canvas.shape(
        shapes.smooth([(-22, -86), (-8, -86), (-2, -70), (-8, -54), (-20, -58)]),
        "#dba9ae",
        outline=False,
    )
    eye(canvas, -48, -74, 2.8)


def deer(canvas: Canvas, look: Look) -> None:
    """Draw a deer with antlers."""
    coat = look.main("#b5764a", "#a8683c", "#c98a56")
    canvas.stroke(
        "M-34 -92C-46 -100 -50 -110 -46 -124M-46 -106L-58 -114M-26 -94C-16 -102 -12"
        " -112 -18 -124M-15 -106L-3 -112",
        "#7d5a3e",
        3.6,
    )
    legs(canvas, (-10, 26), -44, 6, darker(coat, 0.2))
    legs(canvas, (-18, 36), -46, 7, coat)
    canvas.shape(shapes.smooth([(40, -60), (50, -64), (48, -50)]), "#fff3e2")
    canvas.shape(
        shapes.smooth(
            [
                (-24, -62),
                (0, -62),
                (30, -66),
                (43, -56),
                (38, -40),
                (10, -36),
                (-18, -38),
                (-28, -48),
            ]
        ),
        coat,
    )
    spots = "".join(
        shapes.disc(x, y, 2.2)
        for x, y in ((8, -56), (18, -58), (28, -57), (13, -49), (24, -50), (33, -49))
    )
    canvas.shape(spots, "#fbe8cc", outline=False)
    canvas.shape(
        shapes.smooth([(-28, -44), (-34, -70), (-38, -82), (-26, -90), (-18, -76), (-10, -60)]),
        coat,
        outline=False,
    )
    canvas.shape(
        shapes.leaf((-24, -88), (-8, -94), 0.34) + shapes.leaf((-36, -90), (-46, -98), 0.34),
        darker(coat, 0.12),
    )
    canvas.shape(
        shapes.smooth(
            [(-38, -96), (-24, -94), (-22, -84), (-34, -74), (-50, -70), (-54, -76), (-46, -86)]
        ),
        coat,
    )
    canvas.shape(shapes.smooth([(-40, -74), (-52, -70), (-52, -76)]), "#fbe8cc", outline=False)
    canvas.circle(-53, -75, 3, INK, outline=False)
    eye(canvas, -37, -85, 2.6)


def giraffe(canvas: Canvas, look: Look) -> None:
    """Draw a giraffe."""
    coat = look.main("#f0c063", "#eab45a")
    patch = "#b5713a"
    canvas.stroke("M30 -48L38 -26", patch, 2.4)
    legs(canvas, (-8, 18), -34, 5.5, darker(coat, 0.16))
    legs(canvas, (-14, 25), -36, 6.5, coat)
    body = shapes.smooth(
        [(-20, -54), (0, -54), (26, -50), (31, -38), (20, -30), (-14, -30), (-22, -40)]
    )
    neck = shapes.polygon([(-22, -42), (-30, -92), (-21, -94), (-6, -52)])
    canvas.shape(body, coat)
    canvas.shape(neck, coat, outline=False)
    spots = "".join(
        shapes.polygon(
            [(x - 3.4, y), (x - 1, y - 3.4), (x + 3.4, y - 2), (x + 2.6, y + 3), (x - 2, y + 3.4)]
        )
        for x, y in (
            (-12, -46),
            (-2, -42),
            (8, -46),
            (18, -42),
            (10, -36),
            (-8, -36),
            (-19, -56),
            (-21, -66),
            (-23, -76),
            (-25, -86),
            (-15, -62),
            (24, -46),
        )
    )
    canvas.shape(spots, patch, outline=False)
    canvas.stroke("M-28 -98L-29 -105M-23 -98L-22 -105", patch, 2.2)
    canvas.shape(shapes.leaf((-21, -95), (-11, -99), 0.36), coat)
    canvas.shape(
        shapes.smooth([(-30, -101), (-20, -99), (-20, -90), (-32, -86), (-43, -86), (-42, -92)]),
        coat,
    )
    canvas.ellipse(-40, -88, 4, 3, darker(coat, 0.2), outline=False)
    eye(canvas, -29, -95, 1.8)


def lion(canvas: Canvas, look: Look) -> None:
    """Draw a lion that sits."""
    coat = look.main("#e0a34c", "#d9944a")
    mane = look.accent("#9a5a2c", "#a8622e")
    canvas.stroke("M24 -6C44 4 52 -16 46 -32", coat, 5)
    canvas.circle(46, -34, 6, mane)
    canvas.shape(symmetrical([(0, -62), (16, -54), (24, -30), (30, -8), (20, 0), (6, 0)]), coat)
    legs(canvas, (-9, 9), -32, 12, lighter(coat, 0.1))
    canvas.shape(discs_twice(9, -3, 8, 4) + discs_twice(25, -3, 8, 4.5), lighter(coat, 0.22))
    canvas.shape(shapes.petals(0, -72, 37, 16, width=0.26), darker(mane, 0.1))
    canvas.shape(shapes.petals(0, -72, 32, 16, width=0.3, turn=0.03), mane, outline=False)
    canvas.shape(discs_twice(17, -92, 6.5), coat)
    canvas.shape(symmetrical([(0, -94), (14, -92), (22, -78), (18, -62), (8, -54), (0, -53)]), coat)
    canvas.shape(discs_twice(5, -62, 7, 6), "#fff0d8", outline=False)
    eyes(canvas, 0, -76, 19, 3)
    canvas.shape(shapes.smooth([(-5, -69), (5, -69), (0, -63.5)]), "#7a4338", outline=False)
    smile(canvas, -3, -61, 6)
    smile(canvas, 3, -61, 6)
