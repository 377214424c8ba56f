"""People: standing, walking, sitting, and as a portrait; about 100 units high, feet at y = 0."""

from dataclasses import dataclass

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.features import (
    INK,
    blush,
    discs_twice,
    eyes,
    smile,
    symmetrical,
    twice,
)  # fmt: skip

SKINS = ("#f6d3b8", "#eec09a", "#d9a074", "#b57a50", "#8a5a3c")
HAIRS = ("#33282a", "#5d3f2c", "#8a5a34", "#c99a4a", "#2b2a33", "#a8a3a0")
CLOTHES = ("#d9604f", "#4f7fb5", "#e8b04a", "#5f9a78", "#8a6fb0", "#e88fa3", "#3f5f7f", "#f0e0c4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The choices that make one person."""

    skin: str
    hair: str
    top: str
    bottom: str
    long_hair: bool
    skirt: bool


def _figure(look: Look, *, long_hair: bool, skirt: bool) -> Figure:
    return Figure(
        skin=look.rng.choice(SKINS),
        hair=look.rng.choice(HAIRS),
        top=look.main(*CLOTHES),
        bottom=look.accent("#3f4a63", "#5d4a42", "#6b7a8f", "#2f3a4a"),
        long_hair=long_hair,
        skirt=skirt,
    )


def man(canvas: Canvas, look: Look) -> None:
    """Draw a man."""
    _person(canvas, look, _figure(look, long_hair=False, skirt=False))


def woman(canvas: Canvas, look: Look) -> None:
    """Draw a woman in a dress."""
    _person(canvas, look, _figure(look, long_hair=True, skirt=True))


def person(canvas: Canvas, look: Look) -> None:
    """Draw a man or a woman."""
    (man if look.rng.random() < 0.5 else woman)(canvas, look)


def girl(canvas: Canvas, look: Look) -> None:
    """Draw a girl: a larger head on a shorter body."""
    _child(canvas, look, _figure(look, long_hair=True, skirt=True))


def boy(canvas: Canvas, look: Look) -> None:
    """Draw a boy."""
    _child(canvas, look, _figure(look, long_hair=False, skirt=False))


def child(canvas: Canvas, look: Look) -> None:
    """Draw a girl or a boy."""
    (girl if look.rng.random() < 0.5 else boy)(canvas, look)


def couple(canvas: Canvas, look: Look) -> None:
    """Draw two people hand in hand."""
    with canvas.at(-17, 0):
        man(canvas, look)
    with canvas.at(17, 0, 0.94, flip=True):
        woman(canvas, Look(rng=look.rng, season=look.season, variant=look.variant))


def _person(canvas: Canvas, look: Look, figure: Figure) -> None:
    match look.variant:
        case "sitting":
            _sitting(canvas, look, figure)
        case "umbrella":
            _standing(canvas, look, figure, stride=7)
            _held_umbrella(canvas, look, figure)
        case "walking":
            _standing(canvas, look, figure, stride=11)
        case _:
            _standing(canvas, look, figure, stride=3.5)


def _standing(canvas: Canvas, look: Look, figure: Figure, *, stride: float) -> None:
    skin = figure.skin
    if figure.long_hair:
        canvas.shape(
            shapes.smooth(
                [(-9, -92), (0, -99), (9, -92), (11, -76), (8, -64), (-8, -64), (-11, -76)]
            ),
            figure.hair,
        )
    leg = skin if figure.skirt else figure.bottom
    for side in (-1, 1):
        foot = side * stride
        canvas.polygon(
            [(side * 1 - 3.4, -44), (side * 1 + 3.4, -44), (foot + 2.6, -2), (foot - 2.6, -2)],
            leg if side > 0 else darker(leg, 0.14),
        )
        canvas.shape(f"M{foot - 3} 0v-3.4q4 -2 8 1.6v1.8Z", "#4a3630")
    _arm(canvas, figure, side=-1, swing=stride * 0.7)
    if figure.skirt:
        canvas.shape(
            "M-8 -76Q0 -79 8 -76Q8 -62 6 -58Q14 -40 15 -27Q0 -22 -15 -27Q-14 -40 -6"
            " -58Q-8 -62 -8 -76Z",
            figure.top,
        )
        canvas.shape(
            "M3 -57Q9 -40 10 -25Q14 -26 15 -27Q14 -40 6 -58Z",
            darker(figure.top, 0.16),
            outline=False,
        )
        canvas.rect(-6.2, -60, 12.4, 3, darker(figure.top, 0.3), outline=False)
    else:
        canvas.shape("M-9 -74Q0 -80 9 -74L8.6 -42Q0 -39 -8.6 -42Z", figure.top)
        canvas.shape("M3 -76L9 -74L8.6 -42L3 -41Z", darker(figure.top, 0.16), outline=False)
        canvas.shape("M-3.6 -77L0 -70L3.6 -77Z", lighter(figure.top, 0.5), outline=False)
    _arm(canvas, figure, side=1, swing=stride * 0.7)
    _head(canvas, look, figure, y=-86)


def _arm(canvas: Canvas, figure: Figure, *, side: float, swing: float) -> None:
    hand = side * (10.5 + swing)
    canvas.stroke(f"M{side * 7.6} -72Q{side * 11} -60 {hand} -48", darker(figure.top, 0.1), 4.6)
    canvas.circle(hand, -46, 2.5, figure.skin)


def _head(canvas: Canvas, look: Look, figure: Figure, *, y: float) -> None:
    canvas.rect(-2.6, y + 5, 5.2, 8, darker(figure.skin, 0.12), outline=False)
    canvas.ellipse(0, y, 7.6, 8.8, figure.skin)
    n = shapes.number
    if figure.long_hair:
        canvas.shape(
            f"M-9 {n(y + 3)}Q-10 {n(y - 11)} 0 {n(y - 11.5)}T9 {n(y + 3)}Q8 {n(y - 4)}"
            f" 2 {n(y - 6)}Q-5 {n(y - 4)} -7 {n(y - 1)}Z",
            figure.hair,
        )
    else:
        canvas.shape(
            f"M-8.4 {n(y)}Q-9 {n(y - 11)} 0 {n(y - 11.5)}T8.4 {n(y)}Q7 {n(y - 5)} 4"
            f" {n(y - 5.4)}Q-4 {n(y - 3.6)} -6.6 {n(y - 5)}Z",
            figure.hair,
        )
    canvas.shape(
        shapes.disc(-2.8, y + 0.8, 0.95, 1.2) + shapes.disc(2.8, y + 0.8, 0.95, 1.2),
        INK,
        outline=False,
    )
    blush(canvas, 0, y + 3.2, 9, 1.5)
    smile(canvas, 0, y + 3.6, 3.6, thick=0.6)
    if look.season == "winter":
        scarf = look.accent("#d8433f", "#e8b04a", "#4f8a9a")
        canvas.rect(-6, y + 8, 12, 4.4, scarf, round_by=2)
        canvas.polygon(
            [(2, y + 11), (5.4, y + 11), (6, y + 22), (2.6, y + 22)], darker(scarf, 0.12)
        )


def _held_umbrella(canvas: Canvas, look: Look, figure: Figure) -> None:
    canvas.stroke("M7.6 -71Q13 -58 15 -64", darker(figure.top, 0.1), 4.6)
    canvas.circle(15, -65, 2.6, figure.skin)
    colour = look.accent("#d8433f", "#f0b43c", "#4f8fc8", "#e88fb0")
    canvas.rect(14.4, -100, 1.3, 54, "#4a3a38")
    canvas.shape(
        "M-19 -94Q-14 -124 15 -124T49 -94Q42 -99 38 -94Q30 -100 26 -94Q20 -100 15 -94"
        "Q9 -100 4 -94Q-2 -100 -8 -94Q-13 -99 -19 -94Z",
        colour,
    )
    canvas.shape(
        "M15 -124Q34 -120 49 -94Q42 -99 38 -94Q34 -112 15 -124Z", darker(colour, 0.2), outline=False
    )
    canvas.rect(14.3, -128, 1.5, 5, "#4a3a38", outline=False)


def _sitting(canvas: Canvas, look: Look, figure: Figure) -> None:
    """Draw a figure that sits on the ground, legs crossed."""
    with canvas.at(0, 0, 1.35):
        leg = figure.bottom
        canvas.shape(
            shapes.smooth([(-26, -6), (-10, -16), (12, -12), (22, -3), (4, 0), (-20, 1)]),
            darker(leg, 0.12),
        )
        canvas.shape(
            shapes.smooth([(26, -6), (10, -16), (-12, -10), (-20, -2), (-4, 1), (20, 1)]), leg
        )
        with canvas.at(0, 33):
            if figure.long_hair:
                canvas.shape(
                    shapes.smooth(
                        [(-9, -92), (0, -99), (9, -92), (11, -76), (8, -62), (-8, -62), (-11, -76)]
                    ),
                    figure.hair,
                )
            canvas.shape("M-10 -73Q0 -79 10 -73L11 -42Q0 -38 -11 -42Z", figure.top)
            canvas.stroke(
                "M-9 -71Q-17 -56 -10 -46M9 -71Q17 -56 10 -46", darker(figure.top, 0.12), 5
            )
            canvas.shape(discs_twice(9.5, -45, 2.8), figure.skin)
            _head(canvas, look, figure, y=-86)


def _child(canvas: Canvas, look: Look, figure: Figure) -> None:
    skin = figure.skin
    stride = 8 if look.variant == "walking" else 4
    for side in (-1, 1):
        canvas.polygon(
            [
                (side * 3 - 4, -34),
                (side * 3 + 4, -34),
                (side * stride + 4, -3),
                (side * stride - 4, -3),
            ],
            skin if figure.skirt else figure.bottom,
        )
        canvas.shape(
            f"M{side * stride - 5} 0v-5q6 -3 11 2v3Z", "#d8604f" if figure.skirt else "#4a5468"
        )
    canvas.stroke("M-10 -56Q-18 -46 -20 -36M10 -56Q18 -46 20 -36", darker(figure.top, 0.1), 6.4)
    canvas.shape(discs_twice(20, -34, 3.8), skin)
    if figure.skirt:
        canvas.shape(
            symmetrical([(0, -62), (10, -60), (12, -46), (21, -22), (0, -18)], tension=0.5),
            figure.top,
        )
        canvas.shape(twice([(1, -60), (9, -60), (4, -54)]), "#fff8ec", outline=False)
        canvas.shape(
            twice([(14, -92), (26, -88), (27, -66), (20, -62), (17, -76)], soft=True), figure.hair
        )
    else:
        canvas.shape("M-12 -58Q0 -64 12 -58L12 -30H-12Z", figure.top)
        canvas.shape(
            shapes.box(-12, -50, 24, 3.4) + shapes.box(-12, -42, 24, 3.4),
            lighter(figure.top, 0.5),
            outline=False,
        )
    canvas.ellipse(0, -79, 18, 19, skin)
    canvas.shape(discs_twice(18, -77, 3), skin)
    if figure.skirt:
        canvas.shape("M-19 -76Q-22 -102 0 -103T19 -76Q15 -88 6 -91Q-8 -86 -14 -88Z", figure.hair)
        canvas.circle(15, -94, 4, look.accent("#e8607f", "#f3b84a"))
    else:
        canvas.shape(
            "M-19 -78Q-20 -102 0 -103T19 -78Q16 -88 10 -90L4 -86L-2 -91L-8 -86L-13 -90Z",
            figure.hair,
        )
    eyes(canvas, 0, -77, 15, 2.5)
    blush(canvas, 0, -70, 22, 3.4)
    smile(canvas, 0, -70, 8, thick=1)


def portrait(canvas: Canvas, look: Look) -> None:
    """Draw head and shoulders."""
    long_hair = look.variant != "man" and (look.variant == "woman" or look.rng.random() < 0.6)
    figure = _figure(look, long_hair=long_hair, skirt=long_hair)
    skin, hair = figure.skin, figure.hair
    if long_hair:
        canvas.shape(
            symmetrical(
                [(0, -101), (20, -96), (31, -76), (30, -50), (34, -28), (24, -14), (0, -12)]
            ),
            darker(hair, 0.16),
        )
    canvas.shape(
        symmetrical([(0, -26), (12, -24), (34, -17), (46, -6), (50, 4), (0, 4)], tension=0.8),
        figure.top,
    )
    canvas.shape("M-9 -40V-22Q0 -10 9 -22V-40Z", darker(skin, 0.12))
    canvas.shape(
        "M-12 -24Q0 -8 12 -24L16 -22Q0 0 -16 -22Z", lighter(figure.top, 0.35), outline=False
    )
    canvas.shape(discs_twice(21.5, -62, 4, 6), darker(skin, 0.06))
    canvas.shape(
        symmetrical([(0, -92), (14, -89), (22, -74), (20, -54), (11, -39), (0, -34)]), skin
    )
    canvas.shape(
        "M0 -92Q22 -90 22 -66Q20 -44 0 -34Q12 -46 13 -64Z", darker(skin, 0.07), outline=False
    )
    blush(canvas, 0, -52, 26, 4.6)
    canvas.shape(
        "M-15.5 -70.5Q-10 -76.5 -4 -72Q-10 -73.6 -15.5 -70.5ZM15.5 -70.5Q10 -76.5 4"
        " -72Q10 -73.6 15.5 -70.5Z",
        darker(hair, 0.1),
        outline=False,
    )
    canvas.shape(discs_twice(9.4, -63, 4.2, 3.4), "#fffdf6", outline=False)
    canvas.shape(
        discs_twice(9.4, -63, 2.9),
        look.rng.choice(("#5a7a5a", "#5d4030", "#4f6f8f")),
        outline=False,
    )
    canvas.shape(discs_twice(9.4, -63, 1.5), INK, outline=False)
    canvas.shape(
        "M-14 -64.5Q-9.4 -69 -4.8 -64.5Q-9.4 -67 -14 -64.5ZM14 -64.5Q9.4 -69 4.8"
        " -64.5Q9.4 -67 14 -64.5Z",
        INK,
        outline=False,
    )
    canvas.shape(
        "M1 -62Q4 -54 2.4 -52Q0 -50.6 -2 -52Q1 -54 1 -62Z", darker(skin, 0.18), outline=False
    )
    canvas.shape(
        "M-7.4 -46.6Q-3 -46.8 0 -45.8Q3 -46.8 7.4 -46.6Q0 -38.6 -7.4 -46.6Z",
        "#c9525a" if long_hair else darker(skin, 0.36),
        outline=False,
    )
    if long_hair:
        canvas.shape(
            "M-25 -56Q-30 -100 2 -102T26 -54Q22 -64 21 -74Q8 -76 1 -88Q-8 -76 -20 -72"
            "Q-22 -64 -25 -56Z",
            hair,
        )
        canvas.shape("M-4 -98Q-20 -94 -22 -74Q-18 -90 -4 -98Z", lighter(hair, 0.2), outline=False)
        canvas.shape(discs_twice(22, -50, 2), "#f3cf6a")
    else:
        canvas.shape(
            "M-23 -66Q-27 -102 2 -103T23 -66Q21 -78 17 -82Q2 -80 -8 -86Q-16 -82 -20 -78Z", hair
        )
        canvas.shape("M-8 -99Q-18 -94 -20 -84Q-14 -94 -8 -99Z", lighter(hair, 0.2), outline=False)


def astronaut(canvas: Canvas, look: Look) -> None:
    """Draw an astronaut who waves."""
    suit = look.main("#f2f1ee")
    shade, stripe = darker(suit, 0.16), look.accent("#e8733c", "#4f8fc8")
    canvas.rect(-25, -62, 50, 40, darker(suit, 0.3), round_by=8)
    canvas.shape(
        shapes.smooth([(-4, -30), (-20, -30), (-22, -4), (-18, 0), (-4, 0)])
        + shapes.smooth([(4, -30), (20, -30), (22, -4), (18, 0), (4, 0)]),
        suit,
    )
    canvas.shape(shapes.box(-22, -9, 18, 5) + shapes.box(4, -9, 18, 5), stripe, outline=False)
    canvas.stroke("M-19 -52Q-36 -44 -32 -26", shade, 12)
    canvas.stroke("M19 -54Q36 -60 36 -80", suit, 12)
    canvas.shape(shapes.disc(-32, -23, 6.5) + shapes.disc(36, -84, 6.5), stripe)
    canvas.rect(-21, -62, 42, 40, suit, round_by=13)
    canvas.rect(-11, -50, 22, 15, shade, round_by=3)
    canvas.shape(shapes.disc(-5, -45, 2) + shapes.disc(1, -45, 2), "#e8615f", outline=False)
    canvas.rect(-8, -40, 15, 2.4, "#6fb58a", outline=False)
    canvas.circle(0, -80, 22, suit)
    canvas.ellipse(0, -79, 16.5, 14.5, "#2f3f66")
    canvas.shape("M-12 -86Q-6 -94 4 -92Q-6 -88 -10 -78Z", "#b8d8f0", outline=False)
    canvas.shape(shapes.disc(8, -73, 2), "#ffffff", outline=False)
