"""Birds and winged insects; about 100 units high, feet at y = 0."""

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.features import INK, blush, discs_twice, eye, symmetrical, twice


def bird(canvas: Canvas, look: Look) -> None:
    """Draw a small bird, perched or (variant `flying`) on the wing."""
    colour = look.main("#4f8fc8", "#e0664f", "#f0b43c", "#5fa873", "#8a7bc8")
    wing, belly = darker(colour, 0.22), look.accent("#fff0d8", "#fbe3c4")
    if look.variant == "flying":
        canvas.shape(
            shapes.smooth([(8, -52), (20, -96), (44, -104), (34, -70), (22, -46)]),
            darker(colour, 0.3),
        )
        canvas.polygon([(34, -42), (72, -52), (66, -40), (74, -30), (36, -34)], wing)
        canvas.shape(
            shapes.smooth(
                [(-44, -50), (-30, -62), (-6, -60), (40, -42), (20, -26), (-14, -24), (-36, -36)]
            ),
            colour,
        )
        canvas.shape(
            shapes.smooth([(-38, -40), (-14, -38), (16, -30), (-10, -24), (-30, -30)]),
            belly,
            outline=False,
        )
        canvas.shape(shapes.smooth([(-8, -50), (-22, -92), (-4, -100), (14, -74), (18, -46)]), wing)
        canvas.polygon([(-44, -52), (-60, -46), (-44, -42)], "#f2a63c")
        eye(canvas, -32, -52, 3)
        return
    canvas.stroke("M-6 -20L-8 0M8 -20L8 0M-14 0L-2 0M2 0L14 0", "#c98a4a", 2.6)
    canvas.polygon([(28, -34), (66, -14), (60, -6), (22, -18)], wing)
    canvas.shape(
        shapes.smooth(
            [
                (-30, -78),
                (-8, -92),
                (14, -78),
                (34, -46),
                (28, -22),
                (0, -12),
                (-24, -22),
                (-30, -48),
            ]
        ),
        colour,
    )
    canvas.shape(
        shapes.smooth([(-28, -58), (-12, -54), (-2, -32), (-4, -16), (-22, -24), (-30, -42)]),
        belly,
        outline=False,
    )
    canvas.shape(
        shapes.smooth([(-4, -58), (16, -60), (34, -40), (44, -18), (18, -22), (0, -36)]), wing
    )
    canvas.polygon([(-29, -76), (-46, -68), (-28, -64)], "#f2a63c")
    eye(canvas, -16, -74, 4)


def owl(canvas: Canvas, look: Look) -> None:
    """Draw an owl that looks at you."""
    colour = look.main("#8a6242", "#a07a52", "#6f6a78")
    light = lighter(colour, 0.6)
    canvas.shape(
        symmetrical(
            [(0, -92), (20, -98), (30, -102), (30, -76), (34, -44), (26, -12), (8, -2), (0, -2)]
        ),
        colour,
    )
    canvas.shape(
        symmetrical([(0, -56), (16, -50), (20, -30), (10, -8), (0, -6)]), light, outline=False
    )
    marks = "".join(
        shapes.leaf((x, y), (x, y + 8), 0.4)
        for y, row in ((-46, (-8, 0, 8)), (-34, (-11, -4, 4, 11)), (-22, (-7, 0, 7)))
        for x in row
    )
    canvas.shape(marks, darker(colour, 0.1), outline=False)
    canvas.shape(
        twice([(26, -62), (38, -40), (30, -12), (20, -28)], soft=True), darker(colour, 0.24)
    )
    canvas.shape(discs_twice(13, -74, 15), light)
    canvas.shape(discs_twice(13, -74, 10.5), look.accent("#f5b83a", "#f0a030"), outline=False)
    canvas.shape(discs_twice(13, -74, 6), INK, outline=False)
    canvas.shape(
        discs_twice(0, 0, 0.1) + shapes.disc(-11, -77, 2) + shapes.disc(15, -77, 2),
        "#ffffff",
        outline=False,
    )
    canvas.polygon([(-5, -68), (5, -68), (0, -56)], "#e8963c")
    canvas.shape("".join(shapes.disc(x, -2, 3.4, 3) for x in (-14, -8, 8, 14)), "#e8963c")


def crane(canvas: Canvas, look: Look) -> None:
    """Draw a red-crowned crane standing in shallow water or grass."""
    colour = look.main("#fdfbf6")
    canvas.stroke("M-2 -40L-4 0M10 -40L10 -20L16 0", "#3a3540", 2)
    canvas.shape(shapes.smooth([(28, -50), (48, -34), (40, -26), (16, -38)]), "#2f2b36")
    canvas.shape(
        shapes.smooth([(-16, -56), (2, -64), (28, -54), (42, -36), (14, -36), (-10, -42)]), colour
    )
    canvas.stroke("M-12 -50C-24 -62 -8 -78 -20 -94", "#2f2b36", 6)
    canvas.stroke("M-12 -50C-20 -56 -18 -62 -15 -68", colour, 7)
    canvas.shape(
        shapes.smooth([(-28, -96), (-20, -100), (-14, -94), (-18, -88), (-26, -90)]), colour
    )
    canvas.shape(
        shapes.smooth([(-26, -98), (-20, -102), (-15, -98), (-20, -96)]), "#d8353f", outline=False
    )
    canvas.polygon([(-26, -95), (-46, -90), (-26, -91)], "#8a8468")
    canvas.circle(-22, -94, 1.3, INK, outline=False)
    canvas.stroke("M4 -52Q20 -50 30 -42", darker(colour, 0.2), 1.2)


def duck(canvas: Canvas, look: Look) -> None:
    """Draw a duck or swan on the water or the grass."""
    colour = look.main("#fdf6e6", "#f6cf4a", "#b58a5a")
    canvas.shape(
        shapes.smooth(
            [
                (-38, -30),
                (-20, -44),
                (10, -40),
                (34, -50),
                (56, -58),
                (50, -26),
                (30, -4),
                (-10, 0),
                (-36, -10),
            ]
        ),
        colour,
    )
    canvas.shape(
        shapes.smooth([(-10, -36), (16, -38), (38, -36), (24, -14), (0, -14)]), darker(colour, 0.12)
    )
    canvas.shape(
        shapes.smooth([(-38, -26), (-40, -56), (-34, -74), (-16, -68), (-14, -40)]),
        colour,
        outline=False,
    )
    canvas.circle(-28, -74, 18, colour)
    canvas.shape(shapes.smooth([(-44, -78), (-66, -72), (-62, -64), (-44, -66)]), "#f09a3c")
    eye(canvas, -32, -79, 3.2)


def chicken(canvas: Canvas, look: Look) -> None:
    """Draw a hen."""
    colour = look.main("#fbf3e6", "#c9783e", "#e8b25a")
    canvas.stroke("M-4 -16L-6 0M10 -16L10 0M-14 0L-1 0M3 0L17 0", "#e8963c", 2.8)
    canvas.shape(
        shapes.smooth([(26, -48), (40, -84), (56, -82), (52, -54), (40, -36)]), darker(colour, 0.2)
    )
    canvas.shape(
        shapes.smooth(
            [
                (-34, -46),
                (-30, -72),
                (-12, -74),
                (4, -54),
                (34, -54),
                (44, -36),
                (24, -14),
                (-10, -12),
                (-30, -26),
            ]
        ),
        colour,
    )
    canvas.shape(
        shapes.smooth([(-4, -44), (22, -46), (30, -34), (10, -22), (-4, -30)]), darker(colour, 0.14)
    )
    canvas.circle(-20, -76, 15, colour, outline=False)
    canvas.shape(
        shapes.disc(-26, -92, 5) + shapes.disc(-19, -95, 5.4) + shapes.disc(-12, -91, 5), "#d8353f"
    )
    canvas.polygon([(-33, -79), (-46, -74), (-33, -70)], "#f0a53c")
    canvas.ellipse(-32, -64, 4, 6, "#d8353f")
    eye(canvas, -24, -78, 2.8)


def penguin(canvas: Canvas, look: Look) -> None:
    """Draw a penguin."""
    colour = look.main("#333a4d", "#2f3340")
    canvas.shape(discs_twice(12, -3, 12, 5), "#f0a53c")
    canvas.shape(
        twice([(22, -66), (40, -40), (38, -22), (26, -40)], soft=True), darker(colour, 0.2)
    )
    canvas.shape(
        symmetrical([(0, -100), (17, -95), (23, -78), (29, -48), (26, -12), (12, -2), (0, -2)]),
        colour,
    )
    canvas.shape(
        symmetrical([(0, -66), (14, -60), (21, -38), (17, -10), (0, -5)]), "#fffaf2", outline=False
    )
    canvas.shape(
        twice([(1, -74), (5, -88), (14, -88), (17, -76), (10, -68)], soft=True),
        "#fffaf2",
        outline=False,
    )
    canvas.shape(discs_twice(8.5, -80, 3.2), INK, outline=False)
    canvas.polygon([(-6, -75), (6, -75), (0, -66)], "#f0a53c")
    blush(canvas, 0, -71, 24, 4)
    if look.rng.random() < 0.5 or len(look.colours) > 1:
        scarf = look.accent("#d8433f", "#3f7fb5")
        canvas.shape("M-23 -66Q0 -54 23 -66L23 -58Q0 -46 -23 -58Z", scarf)
        canvas.polygon([(8, -56), (18, -58), (20, -36), (10, -36)], darker(scarf, 0.15))


def butterfly(canvas: Canvas, look: Look) -> None:
    """Draw a butterfly with its wings open."""
    colour = look.main("#f08a3c", "#4f8fd8", "#b06ad0", "#f0b83c", "#e8607f")
    spot = look.accent("#fff3d8", "#fbe08a")
    edge = darker(colour, 0.6)
    canvas.shape(twice([(2, -54), (24, -94), (56, -98), (58, -68), (34, -48)], soft=True), edge)
    canvas.shape(twice([(2, -50), (34, -48), (46, -28), (34, -6), (16, -16)], soft=True), edge)
    canvas.shape(
        twice([(5, -55), (26, -88), (50, -91), (51, -70), (32, -53)], soft=True),
        colour,
        outline=False,
    )
    canvas.shape(
        twice([(6, -46), (32, -43), (39, -28), (31, -13), (17, -20)], soft=True),
        lighter(colour, 0.2),
        outline=False,
    )
    canvas.shape(
        discs_twice(40, -78, 6) + discs_twice(28, -28, 5) + discs_twice(26, -66, 3.6),
        spot,
        outline=False,
    )
    canvas.stroke("M-1 -66Q-6 -88 -14 -94M1 -66Q6 -88 14 -94", INK, 1.4)
    canvas.shape(symmetrical([(0, -72), (3.4, -66), (3, -40), (1.4, -18), (0, -16)]), INK)


def bee(canvas: Canvas, look: Look) -> None:
    """Draw a bee in flight."""
    colour = look.main("#f6c23c")
    canvas.shape(
        shapes.smooth([(-2, -62), (-22, -94), (2, -104), (10, -72)])
        + shapes.smooth([(8, -62), (16, -98), (40, -92), (22, -62)]),
        "#e8f3fa",
    )
    body = shapes.smooth([(-44, -44), (-22, -66), (16, -66), (46, -42), (18, -16), (-24, -18)])
    canvas.polygon([(42, -46), (58, -40), (42, -36)], INK)
    canvas.shape(body, colour)
    with canvas.clipped(body):
        canvas.shape(
            shapes.box(-12, -70, 12, 60)
            + shapes.box(12, -70, 11, 60)
            + shapes.box(34, -70, 14, 60),
            INK,
            outline=False,
        )
    canvas.stroke("M-36 -58Q-44 -74 -52 -74", INK, 1.8)
    eye(canvas, -32, -46, 4.4)
