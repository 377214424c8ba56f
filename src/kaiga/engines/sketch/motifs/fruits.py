"""Fruit, single and in a bowl; about 100 units high, resting on y = 0."""

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.features import symmetrical

STEM = "#6b4a30"


def apple(canvas: Canvas, look: Look) -> None:
    """Draw an apple."""
    skin = look.main("#d8353f", "#8fb84a", "#e0533f")
    canvas.shape(
        symmetrical([(0, -78), (18, -84), (38, -70), (40, -38), (26, -6), (8, 0), (0, -3)]), skin
    )
    canvas.shape(
        shapes.smooth([(14, -80), (38, -66), (38, -36), (24, -6), (12, -2), (26, -40)]),
        darker(skin, 0.18),
        outline=False,
    )
    canvas.ellipse(-20, -54, 6, 12, "#ffffff", turn=18, opacity=0.5)
    canvas.stroke("M0 -78Q0 -92 7 -100", STEM, 4)
    canvas.shape(shapes.leaf((3, -88), (34, -100), 0.3), "#6aa552")


def orange_fruit(canvas: Canvas, look: Look) -> None:
    """Draw an orange beside a half one."""
    skin = look.main("#f2923a")
    canvas.circle(-14, -44, 44, skin)
    canvas.shape("M-14 -88a44 44 0 0 1 0 88a58 58 0 0 0 0 -88Z", darker(skin, 0.12), outline=False)
    canvas.shape(shapes.leaf((-14, -86), (18, -98), 0.3), "#5f9a4f")
    canvas.circle(42, -30, 30, skin)
    canvas.circle(42, -30, 26, "#fdf0d8", outline=False)
    canvas.shape(shapes.petals(42, -30, 23, 8, width=0.34), lighter(skin, 0.16), outline=False)


def lemon(canvas: Canvas, look: Look) -> None:
    """Draw a lemon."""
    skin = look.main("#f6d43c")
    canvas.shape(
        shapes.smooth(
            [
                (-62, -40),
                (-48, -56),
                (-14, -78),
                (26, -72),
                (50, -52),
                (66, -44),
                (56, -28),
                (24, -6),
                (-20, -6),
                (-48, -26),
            ]
        ),
        skin,
    )
    canvas.shape(
        shapes.smooth([(-44, -26), (0, -22), (50, -32), (24, -8), (-18, -8)]),
        darker(skin, 0.14),
        outline=False,
    )
    canvas.shape(shapes.leaf((-54, -46), (-80, -76), 0.26), "#5f9a4f")
    canvas.ellipse(-12, -58, 14, 5, "#ffffff", turn=-16, opacity=0.55)


def cherry(canvas: Canvas, look: Look) -> None:
    """Draw a pair of cherries."""
    skin = look.main("#c9253f")
    canvas.stroke("M-24 -44Q-18 -78 14 -98M28 -40Q30 -72 14 -98", "#5f7f3f", 3.2)
    canvas.shape(shapes.leaf((14, -96), (52, -84), 0.3), "#5f9a4f")
    for x, y in ((-26, -24), (30, -22)):
        canvas.circle(x, y, 24, skin)
        canvas.ellipse(x - 8, y - 8, 5, 7, "#ffffff", turn=30, opacity=0.6)


def strawberry(canvas: Canvas, look: Look) -> None:
    """Draw a strawberry."""
    skin = look.main("#e03a46")
    canvas.shape(symmetrical([(0, -82), (26, -82), (40, -64), (30, -30), (12, -4), (0, 0)]), skin)
    seeds = "".join(
        shapes.leaf((x, y), (x, y + 7), 0.26)
        for y, row in (
            (-66, (-24, -8, 8, 24)),
            (-50, (-28, -14, 0, 14, 28)),
            (-34, (-18, -6, 6, 18)),
            (-20, (-8, 4)),
        )
        for x in row
    )
    canvas.shape(seeds, "#fbdc8a", outline=False)
    canvas.shape(
        "".join(
            shapes.leaf((0, -84), (x, y), 0.24)
            for x, y in (
                (-36, -76),
                (-22, -96),
                (0, -106),
                (22, -96),
                (36, -76),
                (-12, -68),
                (14, -68),
            )
        ),
        "#5f9a4f",
    )


def grapes(canvas: Canvas, look: Look) -> None:
    """Draw a bunch of grapes."""
    skin = look.main("#7a4f9a", "#8fb04a")
    canvas.stroke("M0 -80V-102", STEM, 4)
    canvas.shape(
        shapes.leaf((0, -88), (38, -96), 0.4) + shapes.leaf((0, -88), (-30, -98), 0.36), "#6aa04f"
    )
    for row, count in enumerate((4, 5, 4, 3, 2, 1)):
        for column in range(count):
            x, y = (column - (count - 1) / 2) * 17, -76 + row * 13
            canvas.circle(x, y, 10.5, skin if (row + column) % 2 else lighter(skin, 0.08))
    canvas.shape(
        "".join(
            shapes.disc((c - 1.5) * 17 - 3, -79 + r * 26, 2.6) for r in range(2) for c in range(4)
        ),
        "#ffffff",
        opacity=0.6,
    )


def watermelon(canvas: Canvas, look: Look) -> None:
    """Draw a slice of watermelon."""
    canvas.shape("M-72 -70H72A72 70 0 0 1 -72 -70Z", "#4f8f4f")
    canvas.shape("M-66 -70H66A66 63 0 0 1 -66 -70Z", "#e8f3c8", outline=False)
    canvas.shape("M-60 -70H60A60 56 0 0 1 -60 -70Z", look.main("#e84f55"), outline=False)
    canvas.shape(
        "".join(
            shapes.leaf((x, y), (x, y + 9), 0.3)
            for x, y in (
                (-38, -60),
                (-16, -62),
                (8, -60),
                (32, -62),
                (-24, -44),
                (0, -42),
                (22, -44),
                (-8, -28),
                (10, -28),
            )
        ),
        "#33282a",
        outline=False,
    )


def banana(canvas: Canvas, look: Look) -> None:
    """Draw two bananas."""
    skin = look.main("#f6cf3c")
    for shift, shade in ((10, 0.14), (0, 0.0)):
        canvas.shape(
            f"M{-58 + shift} -70Q{-50 + shift} -8 {16 + shift} -4Q{52 + shift} -8"
            f" {62 + shift} -30Q{20 + shift} -18 {-10 + shift} -40Q{-34 + shift} -58"
            f" {-44 + shift} -82Z",
            darker(skin, shade),
        )
    canvas.shape("M-58 -70L-60 -88L-48 -92L-44 -82Z", "#8a6a3a")
    canvas.circle(62, -30, 5, "#6b4a30")


def pear(canvas: Canvas, look: Look) -> None:
    """Draw a pear."""
    skin = look.main("#c9cf5a", "#e0b84a")
    canvas.shape(symmetrical([(0, -86), (14, -78), (18, -56), (34, -30), (26, -4), (0, 0)]), skin)
    canvas.shape(
        shapes.smooth([(10, -80), (18, -56), (33, -30), (24, -5), (10, -2), (20, -30)]),
        darker(skin, 0.14),
        outline=False,
    )
    canvas.stroke("M0 -85Q2 -96 8 -102", STEM, 4)
    canvas.shape(shapes.leaf((3, -92), (30, -94), 0.3), "#6aa552")


def fruit(canvas: Canvas, look: Look) -> None:
    """Draw a bowl of fruit."""
    plain = Look(rng=look.rng)
    for draw, x, size in (
        (apple, -34, 0.62),
        (pear, 30, 0.72),
        (orange_fruit, 2, 0.56),
        (banana, 4, 0.5),
    ):
        with canvas.at(x, -34 if draw is not banana else -44, size):
            draw(canvas, plain)
    with canvas.at(40, -40, 0.42):
        grapes(canvas, plain)
    bowl = look.main("#6f9fb5", "#e8dcc8", "#c9785a")
    canvas.shape("M-74 -44H74Q64 0 20 0H-20Q-64 0 -74 -44Z", bowl)
    canvas.shape("M-74 -44H74L71 -34H-71Z", lighter(bowl, 0.3), outline=False)
