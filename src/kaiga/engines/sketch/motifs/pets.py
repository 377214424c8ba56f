"""Cats, dogs and other small animals that sit for their picture; 100 units high, feet at y = 0."""

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter, luminance
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.features import (
    INK,
    blush,
    discs_twice,
    eye,
    eyes,
    legs,
    smile,
    symmetrical,
    twice,
)  # fmt: skip

CAT_FURS = ("#e8964a", "#8f8a94", "#4a4650", "#f3e6d3", "#c98d5a")


def cat(canvas: Canvas, look: Look) -> None:
    """Draw a cat that sits and looks at you, or sleeps."""
    fur = look.main(*CAT_FURS)
    if look.variant == "sleeping":
        _sleeping_cat(canvas, look, fur)
        return
    light = lighter(fur, 0.5) if luminance(fur) < 200 else "#ffffff"
    shade = darker(fur, 0.2)
    canvas.stroke("M20 -6C44 2 50 -20 40 -34S36 -52 44 -56", shade, 8)
    canvas.shape(symmetrical([(0, -66), (15, -58), (22, -38), (29, -14), (22, 0), (8, 0)]), fur)
    canvas.shape(
        symmetrical([(0, -58), (10, -50), (11, -34), (5, -20), (0, -18)]), light, outline=False
    )
    stripes = look.rng.random() < 0.65 and luminance(fur) < 215
    if stripes:
        canvas.shape(
            twice([(21, -40), (12, -37), (22, -35)]) + twice([(25, -29), (14, -25), (26, -23)])
            + twice([(28, -17), (18, -13), (28, -11)]), shade, outline=False,
        )  # fmt: skip
    canvas.shape(
        shapes.smooth([(-12, -30), (-3, -30), (-1, -4), (-7, 1), (-14, -3)])
        + shapes.smooth([(12, -30), (3, -30), (1, -4), (7, 1), (14, -3)]),
        lighter(fur, 0.12),
    )
    canvas.shape(discs_twice(7.5, -2, 7, 4), light)
    canvas.shape(discs_twice(23, -3, 8, 4.5), lighter(fur, 0.2))
    _cat_head(canvas, look, fur=fur, light=light, shade=shade, stripes=stripes)


def _cat_head(
    canvas: Canvas, look: Look, *, fur: str, light: str, shade: str, stripes: bool
) -> None:
    canvas.shape(twice([(7, -88), (20, -104), (25, -78)]), fur)
    canvas.shape(twice([(11, -89), (19, -98), (22, -83)]), "#f0a9a4", outline=False)
    canvas.shape(
        symmetrical([(0, -93), (13, -92), (23, -83), (27, -71), (19, -60), (7, -55), (0, -54)]), fur
    )
    if stripes:
        canvas.shape(
            shapes.polygon([(-2, -93), (2, -93), (0, -82)]) + twice([(5, -93), (9, -92), (5, -83)])
            + twice([(26, -73), (18, -71), (26, -69)]), shade, outline=False,
        )  # fmt: skip
    canvas.shape(discs_twice(5, -63, 7, 5.5), light, outline=False)
    iris = look.accent("#7cbf6b", "#e3b03c", "#6fb2d8")
    canvas.shape(discs_twice(10.5, -74, 5.4, 6), "#fffdf4", outline=False)
    canvas.shape(discs_twice(10.2, -73.8, 4.6, 5.4), iris, outline=False)
    canvas.shape(discs_twice(10, -73.8, 2.3, 4.6), INK, outline=False)
    canvas.shape(
        shapes.disc(-8.6, -76, 1.5) + shapes.disc(11.6, -76, 1.5), "#ffffff", outline=False
    )
    canvas.shape(shapes.smooth([(-3, -67), (3, -67), (0, -63.5)]), "#e8808a", outline=False)
    smile(canvas, -3, -62, 6)
    smile(canvas, 3, -62, 6)
    for side in (-1, 1):
        canvas.stroke(
            f"M{side * 12} -63L{side * 33} -67M{side * 12} -61L{side * 32} -59", "#fffaf0", 0.8
        )


def _sleeping_cat(canvas: Canvas, look: Look, fur: str) -> None:
    shade = darker(fur, 0.2)
    canvas.shape(
        shapes.smooth(
            [(-50, -4), (-54, -24), (-38, -48), (0, -56), (36, -46), (52, -22), (46, -3), (0, 0)]
        ),
        fur,
    )
    canvas.shape(
        twice([(10, -53), (2, -44), (14, -46)]) + shapes.polygon([(30, -49), (20, -38), (36, -42)]),
        shade,
        outline=False,
    )
    canvas.stroke("M44 -10C20 4 -10 4 -30 -6", shade, 10)
    canvas.shape(
        shapes.polygon([(-50, -36), (-47, -58), (-34, -44)])
        + shapes.polygon([(-26, -46), (-14, -58), (-11, -38)]),
        fur,
    )
    canvas.shape(
        shapes.smooth(
            [(-31, -48), (-14, -42), (-6, -26), (-18, -12), (-40, -12), (-54, -24), (-48, -42)]
        ),
        lighter(fur, 0.06),
    )
    canvas.shape(discs_twice(0, 0, 0.1), fur, outline=False)
    canvas.stroke("M-44 -28q5 5 10 0M-24 -28q5 5 10 0", INK, 1.5)
    canvas.shape(shapes.smooth([(-32, -23), (-26, -23), (-29, -20)]), "#e8808a", outline=False)
    smile(canvas, -29, -19, 6)
    if look.rng.random() < 0.8:
        canvas.ellipse(-29, -14, 9, 4, lighter(fur, 0.4), outline=False)


def dog(canvas: Canvas, look: Look) -> None:
    """Draw a dog that sits with its tongue out."""
    fur = look.main("#d99a52", "#8a5a3a", "#f0dcc0", "#4d4a52", "#c9783e")
    light, ear = lighter(fur, 0.55), darker(fur, 0.28)
    canvas.stroke("M24 -10C40 -12 44 -28 38 -42", fur, 9)
    canvas.shape(symmetrical([(0, -64), (16, -58), (24, -34), (31, -12), (24, 0), (6, 0)]), fur)
    canvas.shape(
        symmetrical([(0, -60), (12, -50), (12, -26), (4, -12), (0, -11)]), light, outline=False
    )
    legs(canvas, (-9, 9), -32, 13, lighter(fur, 0.08))
    canvas.shape(discs_twice(9, -3, 8.5, 4.5), light)
    canvas.shape(discs_twice(26, -4, 9, 5), lighter(fur, 0.15))
    canvas.shape(
        symmetrical([(0, -100), (14, -98), (23, -86), (23, -72), (14, -58), (0, -54)]), fur
    )
    canvas.shape(
        symmetrical([(0, -98), (4, -92), (5, -78), (14, -68), (11, -57), (0, -54)]),
        light,
        outline=False,
    )
    canvas.shape(
        twice([(13, -97), (25, -98), (34, -82), (30, -66), (23, -72), (20, -86)], soft=True), ear
    )
    eyes(canvas, 0, -81, 20, 3.6)
    canvas.shape(
        shapes.smooth([(-6, -74), (0, -76), (6, -74), (3, -69), (-3, -69)]), INK, outline=False
    )
    canvas.shape("M-4 -62Q-5 -50 0 -50T4 -62Z", "#ee7f86", outline=False)
    smile(canvas, -5, -65, 10)
    smile(canvas, 5, -65, 10)
    canvas.shape(
        "M-15 -56Q0 -46 15 -56L14 -50Q0 -41 -14 -50Z", look.accent("#d8433f", "#3f7fb5", "#4f9a64")
    )
    canvas.circle(0, -45, 4, "#f3c64e")


def fox(canvas: Canvas, look: Look) -> None:
    """Draw a fox that sits with its tail beside it."""
    fur = look.main("#e2752f", "#d9662a")
    cream, dark = "#fff3e2", "#4a2f2c"
    canvas.shape(
        shapes.smooth([(16, -4), (40, -2), (56, -20), (52, -48), (44, -58), (40, -40), (26, -24)]),
        fur,
    )
    canvas.shape(shapes.smooth([(52, -34), (54, -48), (44, -60), (40, -46)]), cream, outline=False)
    canvas.shape(symmetrical([(0, -62), (14, -54), (20, -34), (25, -10), (18, 0), (6, 0)]), fur)
    canvas.shape(symmetrical([(0, -58), (11, -50), (9, -34), (0, -24)]), cream, outline=False)
    canvas.shape(
        shapes.smooth([(-12, -26), (-3, -26), (-2, -2), (-12, -2)])
        + shapes.smooth([(12, -26), (3, -26), (2, -2), (12, -2)]),
        dark,
    )
    canvas.shape(twice([(6, -86), (20, -108), (26, -76)]), fur)
    canvas.shape(twice([(12, -90), (19, -101), (22, -84)]), dark, outline=False)
    canvas.shape(
        symmetrical([(0, -90), (14, -88), (24, -78), (30, -66), (14, -58), (0, -46)], tension=0.7),
        fur,
    )
    canvas.shape(twice([(5, -66), (16, -70), (29, -66), (14, -58), (1, -47)]), cream, outline=False)
    canvas.shape(symmetrical([(0, -74), (4, -64), (3, -50), (0, -47)]), fur, outline=False)
    eyes(canvas, 0, -72, 21, 3)
    canvas.ellipse(0, -49, 4, 3, INK, outline=False)


def rabbit(canvas: Canvas, look: Look) -> None:
    """Draw a rabbit with long ears."""
    fur = look.main("#f6efe8", "#c9b29a", "#a89a96", "#e8d3bd")
    shade = darker(fur, 0.12)
    canvas.circle(24, -12, 9, lighter(fur, 0.5))
    canvas.shape(symmetrical([(0, -52), (16, -46), (26, -26), (24, -6), (12, 0), (0, 0)]), fur)
    canvas.shape(
        symmetrical([(0, -44), (12, -32), (12, -12), (0, -6)]), lighter(fur, 0.6), outline=False
    )
    canvas.shape(discs_twice(16, -4, 13, 5.5), shade)
    canvas.shape(discs_twice(7, -24, 5, 9), lighter(fur, 0.2))
    canvas.shape(twice([(5, -70), (4, -92), (10, -108), (17, -100), (15, -72)], soft=True), fur)
    canvas.shape(
        twice([(8, -72), (8, -90), (11, -101), (14, -94), (12, -74)], soft=True),
        "#f2b1b3",
        outline=False,
    )
    canvas.shape(symmetrical([(0, -78), (14, -76), (23, -64), (20, -50), (8, -43), (0, -42)]), fur)
    eyes(canvas, 0, -63, 22, 3.6)
    blush(canvas, 0, -53, 28, 5)
    canvas.shape(shapes.smooth([(-3, -56), (3, -56), (0, -53)]), "#e8808a", outline=False)
    smile(canvas, -2.5, -52, 5)
    smile(canvas, 2.5, -52, 5)


def bear(canvas: Canvas, look: Look) -> None:
    """Draw a bear that sits."""
    _bear(canvas, fur=look.main("#8a5a38", "#6f4a33", "#a9743f"), limbs="", patches="")


def panda(canvas: Canvas, look: Look) -> None:
    """Draw a panda that sits with a stem of bamboo."""
    fur = look.main("#fbf8f2")
    _bear(canvas, fur=fur if luminance(fur) > 90 else "#fbf8f2", limbs="#2f2c36", patches="#2f2c36")
    canvas.stroke("M26 -58L14 -6", "#6a9a4a", 3.4)
    canvas.shape(shapes.leaf((25, -52), (40, -62), 0.24) + shapes.leaf((23, -44), (38, -42), 0.24)
                 + shapes.leaf((26, -56), (20, -72), 0.24), "#7fb357")  # fmt: skip
    canvas.ellipse(20, -32, 8, 6.5, "#2f2c36")


def _bear(canvas: Canvas, *, fur: str, limbs: str, patches: str) -> None:
    limb = limbs or darker(fur, 0.14)
    belly = lighter(fur, 0.32) if not limbs else "#ffffff"
    canvas.shape(discs_twice(19, -91, 9.5), limb if limbs else fur)
    canvas.shape(discs_twice(19, -91, 5), lighter(limb, 0.25), outline=False)
    canvas.shape(symmetrical([(0, -62), (20, -56), (31, -30), (28, -8), (14, 0), (0, 0)]), fur)
    canvas.ellipse(0, -26, 18, 20, belly, outline=False)
    canvas.shape(twice([(20, -54), (34, -44), (34, -26), (24, -22), (16, -40)], soft=True), limb)
    canvas.shape(twice([(12, -16), (30, -20), (40, -8), (34, 1), (16, 0)], soft=True), limb)
    canvas.shape(discs_twice(34, -7, 5.5, 6.5), lighter(limb, 0.3), outline=False)
    canvas.shape(symmetrical([(0, -98), (16, -95), (27, -80), (24, -62), (10, -54), (0, -53)]), fur)
    if patches:
        canvas.shape(
            twice([(7, -84), (14, -84), (18, -73), (12, -69), (6, -74)], soft=True),
            patches,
            outline=False,
        )
    canvas.ellipse(0, -64, 10.5, 8, belly if not patches else "#ffffff", outline=False)
    eyes(canvas, 0, -77, 22, 3.2)
    canvas.ellipse(0, -68, 4.6, 3.2, INK, outline=False)
    smile(canvas, 0, -62, 8)


def mouse(canvas: Canvas, look: Look) -> None:
    """Draw a mouse with big ears."""
    fur = look.main("#b3a8a6", "#c9a98a", "#9a8f96")
    canvas.stroke("M20 -6C48 4 52 -24 66 -20", "#e8a6a0", 3)
    canvas.shape(
        shapes.smooth([(-34, -28), (-20, -52), (8, -56), (30, -34), (28, -4), (0, 0), (-22, -2)]),
        fur,
    )
    canvas.ellipse(6, -18, 18, 16, lighter(fur, 0.35), outline=False)
    canvas.shape(shapes.disc(-8, -74, 17) + shapes.disc(20, -66, 15), fur)
    canvas.shape(shapes.disc(-8, -74, 11) + shapes.disc(20, -66, 9), "#f0b0ae", outline=False)
    canvas.shape(
        shapes.smooth([(-46, -34), (-30, -56), (-6, -60), (10, -44), (0, -26), (-24, -22)]),
        lighter(fur, 0.08),
    )
    canvas.circle(-47, -34, 4.5, "#e8808a", outline=False)
    eye(canvas, -24, -44, 4)
    canvas.shape(shapes.disc(-14, -3, 8, 4) + shapes.disc(16, -3, 10, 4), "#f0b0ae")


def pig(canvas: Canvas, look: Look) -> None:
    """Draw a round pig."""
    skin = look.main("#f2a9b0", "#f5b9b4")
    legs(canvas, (-30, -12, 16, 34), -26, 13, darker(skin, 0.1))
    canvas.stroke("M44 -46q12 -6 8 6t8 2", darker(skin, 0.12), 3.4)
    canvas.shape(
        shapes.smooth(
            [
                (-40, -24),
                (-38, -58),
                (0, -72),
                (38, -60),
                (46, -36),
                (34, -14),
                (0, -10),
                (-28, -12),
            ]
        ),
        skin,
    )
    canvas.shape(
        shapes.polygon([(-46, -72), (-36, -90), (-28, -70)])
        + shapes.polygon([(-22, -72), (-10, -88), (-8, -66)]),
        darker(skin, 0.1),
    )
    canvas.circle(-28, -52, 24, lighter(skin, 0.1))
    canvas.ellipse(-34, -46, 11, 8.5, darker(skin, 0.14), outline=False)
    canvas.shape(shapes.disc(-38, -46, 2, 3) + shapes.disc(-30, -46, 2, 3), INK, outline=False)
    eyes(canvas, -30, -60, 18, 2.8)


def frog(canvas: Canvas, look: Look) -> None:
    """Draw a frog."""
    skin = look.main("#6fae4e", "#57a060")
    canvas.shape(
        twice([(20, -30), (48, -34), (54, -10), (60, 0), (30, 0)], soft=True), darker(skin, 0.16)
    )
    canvas.shape(symmetrical([(0, -64), (26, -58), (38, -38), (36, -10), (18, 0), (0, 0)]), skin)
    canvas.ellipse(0, -20, 24, 19, lighter(skin, 0.55), outline=False)
    canvas.shape(discs_twice(20, -66, 13), skin)
    canvas.shape(discs_twice(20, -67, 9), "#fffdf0", outline=False)
    canvas.shape(discs_twice(19, -66, 5.4), INK, outline=False)
    canvas.stroke("M-24 -44Q0 -30 24 -44", darker(skin, 0.5), 2.2)
    canvas.shape(discs_twice(17, -3, 12, 4), lighter(skin, 0.1))


def snail(canvas: Canvas, look: Look) -> None:
    """Draw a snail."""
    shell = look.main("#c9824a", "#d98f8a", "#8fa0c8")
    canvas.shape("M-58 0Q-66 -34 -52 -40Q-40 -40 -40 -20Q-30 -10 0 -12Q50 -12 64 0Z", "#e3c79a")
    canvas.stroke("M-56 -36L-64 -58M-48 -38L-46 -60", "#e3c79a", 3.4)
    canvas.shape(shapes.disc(-64, -60, 4) + shapes.disc(-46, -62, 4), INK)
    canvas.circle(8, -42, 36, shell)
    canvas.stroke(
        "M8 -10a32 32 0 1 1 28 -38a24 24 0 1 1 -46 8a16 16 0 1 1 30 -4", darker(shell, 0.3), 4
    )
    smile(canvas, -52, -22, 8)
