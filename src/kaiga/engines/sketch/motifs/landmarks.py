"""Buildings seen from afar: castles, temples, towers; about 100 units high, ground at y = 0."""

import math

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.buildings import LIT_PANE, panes


def castle(canvas: Canvas, look: Look) -> None:
    """Draw a castle with round towers, flags and a gate."""
    stone = look.main("#d9cfc6", "#c9c4d3", "#e3d3c0")
    roof = look.accent("#5f6fa8", "#b5566b", "#6b8a9a")
    shade = darker(stone, 0.16)
    for x, top, half in ((0, -84, 13), (-52, -56, 11), (52, -56, 11)):
        _castle_tower(canvas, x, top, half, stone=shade if x == 0 else stone, roof=roof)
    canvas.rect(-44, -42, 88, 42, stone)
    canvas.shape("".join(shapes.box(-44 + i * 12.6, -48, 7.4, 8) for i in range(7)), stone)
    for x, top in ((-26, -62), (26, -62)):
        _castle_tower(canvas, x, top, 9, stone=lighter(stone, 0.1), roof=roof)
    canvas.shape("M-13 0V-20a13 13 0 0 1 26 0V0Z", shade)
    canvas.shape("M-10 0V-20a10 10 0 0 1 20 0V0Z", "#6b4428")
    canvas.shape("".join(shapes.box(x, -30, 1.4, 30) for x in (-5, 0, 5)), "#4f3120", outline=False)
    slits = "".join(
        f"M{x - 2} {y}v-6a2 2 0 0 1 4 0v6Z"
        for x, y in ((0, -66), (-52, -36), (52, -36), (-26, -44), (26, -44), (-30, -22), (30, -22))
    )
    canvas.shape(slits, LIT_PANE if look.lit else "#4a4f6b", light=look.lit, outline=False)


def _castle_tower(
    canvas: Canvas, x: float, top: float, half: float, *, stone: str, roof: str
) -> None:
    canvas.rect(x - half, top, half * 2, -top, stone)
    canvas.rect(x + half * 0.3, top, half * 0.7, -top, darker(stone, 0.14), outline=False)
    canvas.rect(x - half * 1.16, top - 3, half * 2.32, 6, darker(stone, 0.06))
    canvas.polygon(
        [(x - half * 1.3, top - 2), (x, top - half * 2.7), (x + half * 1.3, top - 2)], roof
    )
    canvas.polygon(
        [(x + half * 0.3, top - 2), (x, top - half * 2.7), (x + half * 1.3, top - 2)],
        darker(roof, 0.2),
        outline=False,
    )
    canvas.rect(x - 0.5, top - half * 2.7 - 9, 1, 10, "#4a4048", outline=False)
    canvas.polygon(
        [
            (x + 0.5, top - half * 2.7 - 9),
            (x + 9, top - half * 2.7 - 6.5),
            (x + 0.5, top - half * 2.7 - 4),
        ],
        "#e8615f",
    )


def temple(canvas: Canvas, look: Look) -> None:
    """Draw a wooden temple with a sweeping roof and a stair."""
    wood = look.main("#b5443a", "#a84a38", "#8a5a3a")
    roof = look.accent("#4f5a66", "#5a6470", "#3f5a54")
    canvas.polygon([(-70, 0), (-62, -10), (62, -10), (70, 0)], "#c9c0b4")
    canvas.rect(-50, -46, 100, 36, "#f5e6cc")
    canvas.shape(
        "".join(shapes.box(x - 2.6, -46, 5.2, 36) for x in (-48, -28, -11, 11, 28, 48)), wood
    )
    canvas.rect(-52, -47, 104, 5, wood)
    canvas.rect(-9, -40, 18, 30, "#6b3f2c")
    canvas.shape(
        "".join(shapes.box(x, -38, 5, 26) for x in (-7.4, 2.4)),
        "#e8c98a" if not look.lit else "#ffd978",
        light=look.lit,
        outline=False,
    )
    _sweeping_roof(canvas, y=-46, half=72, tall=28, colour=roof)
    canvas.rect(-30, -80, 60, 8, "#f5e6cc")
    canvas.shape(
        "".join(shapes.box(x - 1.6, -80, 3.2, 8) for x in (-28, -10, 10, 28)), wood, outline=False
    )
    _sweeping_roof(canvas, y=-79, half=46, tall=22, colour=roof)
    canvas.rect(-16, -103, 32, 4, darker(roof, 0.3), round_by=2)
    canvas.shape(
        "".join(shapes.box(-16 - i * 2.5, -9 + i * 3, 32 + i * 5, 2.4) for i in range(3)),
        "#e3dacd",
        outline=False,
    )


def _sweeping_roof(canvas: Canvas, *, y: float, half: float, tall: float, colour: str) -> None:
    canvas.shape(
        f"M{-half} {y - 3}Q{-half * 0.6} {y - tall * 0.35} {-half * 0.36} {y - tall}H{half * 0.36}"
        f"Q{half * 0.6} {y - tall * 0.35} {half} {y - 3}Q{half * 0.7} {y + 4} 0"
        f" {y + 4}Q{-half * 0.7} {y + 4} {-half} {y - 3}Z",
        colour,
    )
    ribs = "".join(
        shapes.polygon(
            [
                (half * s * 0.36, y - tall + 2),
                (half * s * 0.36 + 1, y - tall + 2),
                (half * s * 0.82 + 1.4, y),
                (half * s * 0.82, y),
            ]
        )
        for s in (-0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9)
    )
    canvas.shape(ribs, lighter(colour, 0.2), outline=False)


def torii(canvas: Canvas, look: Look) -> None:
    """Draw a shrine gate."""
    red = look.main("#d8452f", "#cf4a38")
    dark = "#37323a"
    canvas.shape(
        shapes.polygon([(-38, 0), (-30, -84), (-23, -84), (-29, 0)])
        + shapes.polygon([(38, 0), (30, -84), (23, -84), (29, 0)]),
        red,
    )
    canvas.shape(
        shapes.polygon([(31, 0), (24.6, -84), (23, -84), (29, 0)])
        + shapes.polygon([(-29, 0), (-23, -84), (-25, -84), (-32, 0)]),
        darker(red, 0.2),
        outline=False,
    )
    canvas.rect(-48, -68, 96, 8, red)
    canvas.rect(-6, -84, 12, 17, darker(red, 0.25))
    canvas.shape("M-60 -98Q0 -84 60 -98L56 -85Q0 -76 -56 -85Z", red)
    canvas.shape("M-63 -104Q0 -90 63 -104L60 -97Q0 -84 -60 -97Z", dark)
    canvas.shape(shapes.box(-40, -7, 13, 7) + shapes.box(27, -7, 13, 7), dark)
    canvas.stroke("M-27 -58Q-14 -50 0 -56T27 -58", "#e8d6a8", 2.2)


def pagoda(canvas: Canvas, look: Look) -> None:
    """Draw a pagoda of five roofs."""
    wood = look.main("#b5443a", "#a84a38")
    roof = look.accent("#4f5a66", "#3f5f66")
    canvas.polygon([(-38, 0), (-34, -5), (34, -5), (38, 0)], "#c9c0b4")
    for level in range(5):
        y = -5 - level * 18
        half = 25 - level * 2.6
        canvas.rect(-half, y - 12, half * 2, 12, "#f5e6cc")
        canvas.shape(
            "".join(shapes.box(half * s - 1.2, y - 12, 2.4, 12) for s in (-0.94, -0.4, 0.4, 0.94)),
            wood,
            outline=False,
        )
        canvas.rect(
            -4, y - 10, 8, 9, "#ffd978" if look.lit else "#6b3f2c", light=look.lit, outline=False
        )
        _sweeping_roof(canvas, y=y - 11, half=half * 1.62, tall=9.5, colour=roof)
    canvas.shape(
        "M-1.4 -98V-122H1.4V-98Z"
        + "".join(shapes.box(-4 + i * 0.5, -104 - i * 4, 8 - i, 1.6) for i in range(4)),
        "#d8aa4e",
    )


def church(canvas: Canvas, look: Look) -> None:
    """Draw a church with a steeple."""
    wall = look.main("#f5ede0", "#e8dccb", "#dfe3e6")
    roof = look.accent("#5f7488", "#8a5a4a")
    canvas.rect(-14, -42, 62, 42, wall)
    canvas.polygon([(-18, -40), (-2, -66), (42, -66), (54, -40)], roof)
    canvas.rect(-40, -62, 28, 62, lighter(wall, 0.2))
    canvas.polygon([(-44, -62), (-26, -104), (-8, -62)], roof)
    canvas.polygon([(-26, -104), (-8, -62), (-20, -62)], darker(roof, 0.2), outline=False)
    canvas.stroke("M-26 -104V-116M-30 -112H-22", "#d8aa4e", 2)
    arches = "".join(f"M{x - 4} -12v-14a4 4 0 0 1 8 0v14Z" for x in (0, 17, 34))
    canvas.shape(arches, LIT_PANE if look.lit else "#7fa0c4", light=look.lit)
    canvas.circle(-26, -50, 5, LIT_PANE if look.lit else "#e8a6b0", light=look.lit)
    canvas.shape("M-34 0V-18a8 8 0 0 1 16 0V0Z", "#8a5230")


def lighthouse(canvas: Canvas, look: Look) -> None:
    """Draw a striped lighthouse on its rock."""
    white, band = "#fbf6ec", look.main("#d8433f", "#3f6fa8")
    if look.lit:
        canvas.polygon([(0, -88), (-190, -128), (-190, -72)], "#fff0b8", opacity=0.35, light=True)
        canvas.polygon([(0, -88), (190, -118), (190, -70)], "#fff0b8", opacity=0.35, light=True)
    canvas.shape("M-42 0Q-34 -14 -16 -12Q0 -20 18 -12Q36 -14 44 0Z", "#8a8580")
    tower_shape = shapes.polygon([(-15, -8), (-9, -80), (9, -80), (15, -8)])
    canvas.shape(tower_shape, white)
    with canvas.clipped(tower_shape):
        canvas.shape(
            shapes.box(-20, -68, 40, 13)
            + shapes.box(-20, -42, 40, 13)
            + shapes.box(-20, -18, 40, 12),
            band,
            outline=False,
        )
        canvas.polygon([(4, -8), (3, -80), (20, -80), (20, -8)], "#2a2440", opacity=0.12)
    canvas.rect(-12, -83, 24, 4, "#3f3a48")
    canvas.rect(-7, -95, 14, 12, "#ffe89a" if look.lit else "#cfe3ea", light=look.lit)
    canvas.shape(shapes.box(-3, -95, 1, 12) + shapes.box(2, -95, 1, 12), "#3f3a48", outline=False)
    canvas.shape("M-9 -95Q0 -108 9 -95Z", band)
    canvas.shape("M-4 -8V-16a4 4 0 0 1 8 0V-8Z", "#6b4428")
    canvas.shape(shapes.disc(0, -52, 2.4) + shapes.disc(0, -30, 2.4), "#4a5878", outline=False)


def bridge(canvas: Canvas, look: Look) -> None:
    """Draw an arched bridge of stone, or of red wood when that colour is asked."""
    stone = look.main("#c4b5a3", "#b5aaa0", "#cf4a38")
    canvas.shape("M-110 0Q-60 -62 0 -64T110 0H84Q60 -38 0 -40T-84 0Z", stone)
    canvas.shape(
        "M-84 0Q-60 -38 0 -40T84 0H76Q56 -32 0 -34T-76 0Z", darker(stone, 0.24), outline=False
    )
    canvas.stroke("M-110 -14Q-60 -80 0 -82T110 -14", lighter(stone, 0.14), 5)
    posts = "".join(
        shapes.box(x - 2.4, y, 4.8, 20)
        for x, y in (
            (-96, -32),
            (-70, -58),
            (-42, -74),
            (-14, -83),
            (14, -83),
            (42, -74),
            (70, -58),
            (96, -32),
        )
    )
    canvas.shape(posts, darker(stone, 0.1))


def windmill(canvas: Canvas, look: Look) -> None:
    """Draw a Dutch windmill."""
    wall = look.main("#d9b38a", "#e8dcc4", "#b5806a")
    canvas.polygon([(-24, 0), (-14, -66), (14, -66), (24, 0)], wall)
    canvas.polygon([(6, 0), (4, -66), (14, -66), (24, 0)], darker(wall, 0.16), outline=False)
    canvas.shape("M-17 -65Q0 -94 17 -65Z", look.accent("#7a4a3a", "#5f6a80"))
    canvas.rect(-28, -26, 56, 4, "#6b4a34")
    panes(canvas, look, [(-4, -46, 8, 10)])
    canvas.shape("M-6 0V-14a6 6 0 0 1 12 0V0Z", "#6b4428")
    turn = look.rng.uniform(10, 40)
    for quarter in range(4):
        with canvas.at(0, -70, turn=turn + quarter * 90):
            canvas.rect(-1, -54, 2, 54, "#5d4030")
            canvas.shape(shapes.box(1, -52, 11, 40), "#fbf3e2")
            canvas.shape(
                "".join(shapes.box(1, -50 + i * 8, 11, 1.2) for i in range(5))
                + shapes.box(6, -52, 1.2, 40),
                "#8a6a50",
                outline=False,
            )
    canvas.circle(0, -70, 3.6, "#4a3428")


def ferris_wheel(canvas: Canvas, look: Look) -> None:
    """Draw a big wheel with coloured cabins."""
    steel = look.main("#e8e3ea", "#c9d6e3")
    canvas.stroke("M0 -56L-26 0M0 -56L26 0M-16 -22H16", darker(steel, 0.2), 3.4)
    spokes = "".join(
        f"M0 -56L{math.cos(math.tau * i / 12) * 44:.1f}"
        f" {-56 + math.sin(math.tau * i / 12) * 44:.1f}"
        for i in range(12)
    )
    canvas.stroke(spokes, steel, 1)
    for radius in (44, 38):
        canvas.shape(
            shapes.disc(0, -56, radius) + shapes.disc(0, -56, radius - 1.8), steel, even_odd=True
        )
    canvas.circle(0, -56, 5, "#e8615f")
    colours = ("#e8615f", "#f3b84a", "#6fb58a", "#5fa0d8", "#a87fd0", "#f29ab5")
    for index in range(12):
        x, y = math.cos(math.tau * index / 12) * 44, -56 + math.sin(math.tau * index / 12) * 44
        canvas.shape(f"M{x - 5:.1f} {y + 2:.1f}h10v3a5 5 0 0 1 -10 0Z", colours[index % 6])
        canvas.shape(
            f"M{x - 5:.1f} {y + 2:.1f}a5 5 0 0 1 10 0Z",
            "#ffe9a8" if look.lit else lighter(colours[index % 6], 0.5),
            light=look.lit,
        )
