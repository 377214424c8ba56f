"""What lives in the sea and in ponds; about 100 units high, resting on y = 0."""

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.features import (
    INK,
    blush,
    discs_twice,
    eye,
    eyes,
    smile,
    symmetrical,
)


def fish(canvas: Canvas, look: Look) -> None:
    """Draw a fish with flowing fins."""
    colour = look.main("#f0803c", "#f6c23c", "#4fa3d8", "#e8607f", "#5fc0a8")
    fin = look.accent(lighter(colour, 0.45))
    body = shapes.smooth(
        [(-62, -46), (-36, -76), (4, -82), (40, -62), (56, -48), (40, -32), (2, -14), (-38, -20)]
    )
    canvas.shape(
        shapes.smooth([(46, -48), (76, -86), (98, -88), (84, -48), (96, -10), (74, -12)]), fin
    )
    canvas.shape(
        shapes.smooth([(-26, -74), (-4, -100), (36, -92), (30, -66)])
        + shapes.smooth([(-10, -20), (4, 4), (28, 0), (22, -24)]),
        fin,
    )
    canvas.shape(body, colour)
    with canvas.clipped(body):
        stripes = shapes.smooth(
            [(-24, -90), (-14, -90), (-10, -46), (-14, -4), (-26, -4), (-18, -46)]
        )
        stripes += shapes.smooth([(16, -90), (26, -90), (30, -46), (26, -4), (14, -4), (22, -46)])
        canvas.shape(
            stripes, "#fff6ea" if look.rng.random() < 0.6 else darker(colour, 0.16), outline=False
        )
        canvas.ellipse(-6, -20, 60, 14, lighter(colour, 0.4), opacity=0.5)
    canvas.shape(shapes.smooth([(-10, -44), (8, -54), (24, -46), (12, -34)]), darker(fin, 0.06))
    canvas.circle(-40, -54, 8, "#fffdf4", outline=False)
    eye(canvas, -42, -54, 5)
    smile(canvas, -54, -38, 10)


def whale(canvas: Canvas, look: Look) -> None:
    """Draw a whale that spouts."""
    colour = look.main("#4a7fb0", "#3f6a96", "#5f8fb8")
    belly = lighter(colour, 0.7)
    canvas.stroke(
        "M-40 -74C-42 -96 -56 -100 -60 -90M-40 -74C-38 -98 -24 -102 -20 -90", "#d8eef8", 4.5
    )
    canvas.shape(
        shapes.smooth(
            [
                (72, -34),
                (86, -60),
                (74, -78),
                (92, -74),
                (104, -86),
                (108, -66),
                (94, -50),
                (80, -14),
            ]
        ),
        colour,
    )
    canvas.shape(
        shapes.smooth(
            [
                (-86, -34),
                (-72, -64),
                (-30, -74),
                (20, -64),
                (62, -40),
                (88, -38),
                (76, -8),
                (30, 0),
                (-40, 0),
                (-78, -10),
            ]
        ),
        colour,
    )
    canvas.shape(
        shapes.smooth([(-84, -26), (-40, -24), (6, -20), (40, -2), (-10, 1), (-50, 0), (-76, -8)]),
        belly,
        outline=False,
    )
    grooves = "".join(
        shapes.leaf((-74, y), (-6 - (y + 20) * 2, y + 3), 0.03) for y in (-20, -14, -8)
    )
    canvas.shape(grooves, darker(belly, 0.25), outline=False)
    canvas.shape(shapes.smooth([(-24, -20), (-4, -16), (4, 4), (-14, 6)]), darker(colour, 0.2))
    eye(canvas, -56, -38, 4)
    canvas.shape("M-86 -30Q-66 -20 -48 -28Q-66 -24 -86 -30Z", darker(colour, 0.5), outline=False)


def dolphin(canvas: Canvas, look: Look) -> None:
    """Draw a leaping dolphin."""
    colour = look.main("#6f9fc0", "#5a8ab0")
    canvas.shape(shapes.smooth([(4, -88), (22, -104), (34, -100), (28, -80)]), darker(colour, 0.16))
    canvas.shape(
        shapes.smooth([(56, -16), (82, -20), (90, -6), (70, -4), (68, 8), (54, 2)]),
        darker(colour, 0.1),
    )
    canvas.shape(
        shapes.smooth(
            [
                (-78, -44),
                (-58, -64),
                (-24, -86),
                (22, -84),
                (56, -50),
                (68, -10),
                (52, -14),
                (24, -42),
                (-14, -46),
                (-52, -40),
            ]
        ),
        colour,
    )
    canvas.shape(
        shapes.smooth(
            [(-74, -42), (-40, -54), (0, -56), (34, -40), (20, -42), (-14, -44), (-50, -38)]
        ),
        "#eef6fa",
        outline=False,
    )
    canvas.shape(
        shapes.smooth([(-22, -54), (-4, -52), (-2, -28), (-16, -34)]), darker(colour, 0.16)
    )
    eye(canvas, -46, -60, 3)


def jellyfish(canvas: Canvas, look: Look) -> None:
    """Draw a glowing jellyfish."""
    colour = look.main("#f3a6d8", "#a9b8f5", "#8fe0e8", "#f7c59a")
    pale = lighter(colour, 0.4)
    for x, bend in ((-24, 8), (-12, -7), (0, 8), (12, -8), (24, 7)):
        canvas.stroke(
            f"M{x} -58q{bend} 14 0 28t0 {22 + abs(bend)}", pale, 3.2, opacity=0.8, light=True
        )
    canvas.shape(
        "M-40 -56C-40 -112 40 -112 40 -56Q30 -48 20 -56Q10 -48 0 -56Q-10 -48 -20 -56"
        "Q-30 -48 -40 -56Z",
        colour,
        light=True,
    )
    canvas.shape(
        shapes.smooth([(-30, -66), (-22, -88), (-2, -94), (-16, -80), (-22, -66)]),
        "#ffffff",
        opacity=0.45,
        light=True,
    )
    eyes(canvas, 0, -70, 20, 2.8)
    smile(canvas, 0, -65, 7)


def octopus(canvas: Canvas, look: Look) -> None:
    """Draw an octopus."""
    colour = look.main("#e0604f", "#b56ac8", "#e8855a")
    for x, sway in ((-30, -22), (-18, -10), (-6, -3), (6, 3), (18, 10), (30, 22)):
        canvas.stroke(
            f"M{x * 0.7} -42C{x} -22 {x + sway} -24 {x + sway} -6q{sway * 0.3} 8 {sway * 0.6} -2",
            colour,
            10,
        )
    canvas.shape(
        symmetrical([(0, -102), (24, -96), (36, -72), (28, -48), (18, -34), (0, -32)]), colour
    )
    canvas.shape(
        shapes.disc(-20, -84, 5) + shapes.disc(-10, -92, 3.4) + shapes.disc(22, -88, 3.6),
        lighter(colour, 0.3),
        outline=False,
    )
    canvas.shape(discs_twice(11, -60, 7.5, 8.5), "#fffdf4", outline=False)
    canvas.shape(discs_twice(10.5, -59, 4.2, 5), INK, outline=False)
    blush(canvas, 0, -48, 44, 5)
    smile(canvas, 0, -46, 10)
