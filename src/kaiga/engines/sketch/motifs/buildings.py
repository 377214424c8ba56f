"""Houses, towers and other buildings; about 100 units high, ground at y = 0."""

import math

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import blooms

PANE = "#8fb8cc"
LIT_PANE = "#ffd978"


def panes(canvas: Canvas, look: Look, spots: list[tuple[float, float, float, float]], frame: str = "#fdf6e8") -> None:
    """Draw framed windows at (x, y, width, height), lit or not as the hour wants."""
    for x, y, width, height in spots:
        lit = look.lit and look.rng.random() < 0.8
        canvas.rect(x - 1.4, y - 1.4, width + 2.8, height + 2.8, frame)
        canvas.rect(x, y, width, height, LIT_PANE if lit else PANE, light=lit, outline=False)
        canvas.polygon([(x, y), (x + width * 0.6, y), (x, y + height * 0.6)], "#ffffff", opacity=0.25)
        canvas.shape(shapes.box(x + width / 2 - 0.6, y, 1.2, height) + shapes.box(x, y + height * 0.48, width, 1.2), frame, outline=False)


def house(canvas: Canvas, look: Look) -> None:
    """Draw a gabled house with a chimney, flower boxes and a path."""
    wall = look.main("#f3e3c6", "#f6d9c4", "#dfe6d3", "#e8d3d8", "#d6e2ea")
    roof = look.accent("#b5564a", "#8a5a6b", "#5f7488", "#c9784a")
    canvas.rect(20, -98, 10, 26, "#b07a62")
    canvas.rect(18.5, -100, 13, 5, "#8a5a48")
    canvas.rect(-46, -52, 92, 52, wall)
    canvas.rect(-46, -8, 92, 8, darker(wall, 0.2), outline=False)
    canvas.polygon([(-22, -52), (0, -86), (22, -52)], wall)
    canvas.polygon([(-54, -50), (-40, -86), (40, -86), (54, -50)], roof)
    canvas.shape("".join(shapes.box(-50 + i * 3, -56 - i * 7.4, 100 - i * 6, 1.5) for i in range(4)), darker(roof, 0.2), outline=False)
    canvas.polygon([(-25, -50), (0, -88), (25, -50), (20, -50), (0, -80), (-20, -50)], darker(roof, 0.25))
    canvas.polygon([(-20, -50), (0, -80), (20, -50)], lighter(wall, 0.15), outline=False)
    panes(canvas, look, [(-5, -68, 10, 12), (-38, -42, 16, 18), (22, -42, 16, 18)])
    door = look.rng.choice(("#8a5230", "#4f7f8a", "#a8433f", "#5f7f4f"))
    canvas.shape("M-9 0V-26a9 9 0 0 1 18 0V0Z", "#fdf6e8")
    canvas.shape("M-7 0V-26a7 7 0 0 1 14 0V0Z", door)
    canvas.circle(4, -14, 1.3, "#f3cf6a", outline=False)
    for x in (-30, 30):
        blooms.bunch(canvas, look.rng, x, -19, 20, 10, kinds=("rose", "daisy"), heads=5)
        canvas.rect(x - 10, -21, 20, 5, "#8a5c38")
    canvas.shape(shapes.disc(-50, -6, 8) + shapes.disc(-42, -5, 6) + shapes.disc(50, -7, 9), "#5f9a55" if look.season != "winter" else "#e8eef2")
    if look.season == "winter":
        canvas.shape("M-55 -49L-40 -87H40L55 -49Q48 -56 42 -52Q34 -60 26 -54L0 -88L-26 -54Q-36 -60 -42 -52Q-48 -56 -55 -49Z", "#fbfdff")


def cabin(canvas: Canvas, look: Look) -> None:
    """Draw a log cabin with smoke from its chimney."""
    wood = look.main("#9a6a42", "#8a5c3a")
    canvas.shape(shapes.disc(28, -112, 5) + shapes.disc(34, -122, 7) + shapes.disc(28, -134, 9), "#f3efe8", opacity=0.7)
    canvas.rect(22, -104, 12, 34, "#8f8780")
    canvas.rect(-46, -50, 92, 50, wood)
    canvas.shape("".join(shapes.box(-46, -46 + i * 8.4, 92, 1.8) for i in range(6)), darker(wood, 0.3), outline=False)
    canvas.shape("".join(shapes.disc(x, -46 + i * 8.4, 3.6) for i in range(6) for x in (-48, 48)), lighter(wood, 0.2))
    canvas.polygon([(-60, -46), (0, -98), (60, -46)], darker(wood, 0.3))
    canvas.polygon([(-48, -46), (0, -88), (48, -46)], wood, outline=False)
    panes(canvas, look, [(-34, -38, 18, 18), (-6, -70, 12, 12)], frame="#5d3c25")
    canvas.rect(8, -34, 20, 34, "#6b4428")
    canvas.shape(shapes.box(14, -34, 1.2, 34) + shapes.box(21, -34, 1.2, 34), "#4f3120", outline=False)
    canvas.circle(24, -16, 1.5, "#f3cf6a", outline=False)
    if look.season == "winter":
        canvas.shape("M-62 -44L0 -100L62 -44Q56 -40 50 -46L0 -90L-50 -46Q-56 -40 -62 -44Z", "#fbfdff")


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
    slits = "".join(f"M{x - 2} {y}v-6a2 2 0 0 1 4 0v6Z" for x, y in ((0, -66), (-52, -36), (52, -36), (-26, -44), (26, -44), (-30, -22), (30, -22)))
    canvas.shape(slits, LIT_PANE if look.lit else "#4a4f6b", light=look.lit, outline=False)


def _castle_tower(canvas: Canvas, x: float, top: float, half: float, *, stone: str, roof: str) -> None:
    canvas.rect(x - half, top, half * 2, -top, stone)
    canvas.rect(x + half * 0.3, top, half * 0.7, -top, darker(stone, 0.14), outline=False)
    canvas.rect(x - half * 1.16, top - 3, half * 2.32, 6, darker(stone, 0.06))
    canvas.polygon([(x - half * 1.3, top - 2), (x, top - half * 2.7), (x + half * 1.3, top - 2)], roof)
    canvas.polygon([(x + half * 0.3, top - 2), (x, top - half * 2.7), (x + half * 1.3, top - 2)], darker(roof, 0.2), outline=False)
    canvas.rect(x - 0.5, top - half * 2.7 - 9, 1, 10, "#4a4048", outline=False)
    canvas.polygon([(x + 0.5, top - half * 2.7 - 9), (x + 9, top - half * 2.7 - 6.5), (x + 0.5, top - half * 2.7 - 4)], "#e8615f")


def tower(canvas: Canvas, look: Look) -> None:
    """Draw a clock tower."""
    brick = look.main("#c98f6b", "#d9c0a0", "#b5a094")
    canvas.rect(-15, -84, 30, 84, brick)
    canvas.rect(5, -84, 10, 84, darker(brick, 0.14), outline=False)
    for y in (-84, -58, -20):
        canvas.rect(-18, y, 36, 4, lighter(brick, 0.3))
    canvas.circle(0, -69, 9.5, "#fff8e6", light=look.lit)
    canvas.stroke("M0 -69V-75.5M0 -69L4.6 -66.5", "#3a3038", 1.4)
    canvas.polygon([(-19, -84), (0, -112), (19, -84)], look.accent("#5f7a8a", "#8a5a6b"))
    canvas.rect(-0.6, -120, 1.2, 10, "#d8aa4e")
    panes(canvas, look, [(-4, -48, 8, 13), (-4, -16, 8, 16)])


def skyscraper(canvas: Canvas, look: Look) -> None:
    """Draw a high building full of windows."""
    wall = look.main("#6f86a8", "#8a93a8", "#a8907f", "#5f7f94")
    canvas.rect(-20, -94, 40, 94, wall)
    canvas.rect(8, -94, 12, 94, darker(wall, 0.16), outline=False)
    canvas.rect(-13, -101, 26, 7, darker(wall, 0.1))
    canvas.rect(-0.8, -114, 1.6, 13, darker(wall, 0.3))
    windows(canvas, look, left=-16, top=-89, columns=5, rows=13, step_x=6.8, step_y=6.3, size=(4.4, 3.9))
    canvas.rect(-6, -8, 12, 8, "#ffe2a0" if look.lit else "#cfe0e8", light=look.lit)


def windows(
    canvas: Canvas, look: Look, *, left: float, top: float, columns: int, rows: int,
    step_x: float, step_y: float, size: tuple[float, float],
) -> None:  # fmt: skip
    """Draw a grid of small windows in two paths: dark ones and lit ones."""
    dark, lit = "", ""
    for row in range(rows):
        for column in range(columns):
            pane = shapes.box(left + column * step_x, top + row * step_y, *size)
            if look.lit and look.rng.random() < 0.55:
                lit += pane
            else:
                dark += pane
    if dark:
        canvas.shape(dark, "#c3dbe8" if not look.lit else "#4a5878", outline=False)
    if lit:
        canvas.shape(lit, "#ffd978", light=True, outline=False)


def temple(canvas: Canvas, look: Look) -> None:
    """Draw a wooden temple with a sweeping roof and a stair."""
    wood = look.main("#b5443a", "#a84a38", "#8a5a3a")
    roof = look.accent("#4f5a66", "#5a6470", "#3f5a54")
    canvas.polygon([(-70, 0), (-62, -10), (62, -10), (70, 0)], "#c9c0b4")
    canvas.rect(-50, -46, 100, 36, "#f5e6cc")
    canvas.shape("".join(shapes.box(x - 2.6, -46, 5.2, 36) for x in (-48, -28, -11, 11, 28, 48)), wood)
    canvas.rect(-52, -47, 104, 5, wood)
    canvas.rect(-9, -40, 18, 30, "#6b3f2c")
    canvas.shape("".join(shapes.box(x, -38, 5, 26) for x in (-7.4, 2.4)), "#e8c98a" if not look.lit else "#ffd978", light=look.lit, outline=False)
    _sweeping_roof(canvas, y=-46, half=72, tall=28, colour=roof)
    canvas.rect(-30, -80, 60, 8, "#f5e6cc")
    canvas.shape("".join(shapes.box(x - 1.6, -80, 3.2, 8) for x in (-28, -10, 10, 28)), wood, outline=False)
    _sweeping_roof(canvas, y=-79, half=46, tall=22, colour=roof)
    canvas.rect(-16, -103, 32, 4, darker(roof, 0.3), round_by=2)
    canvas.shape("".join(shapes.box(-16 - i * 2.5, -9 + i * 3, 32 + i * 5, 2.4) for i in range(3)), "#e3dacd", outline=False)


def _sweeping_roof(canvas: Canvas, *, y: float, half: float, tall: float, colour: str) -> None:
    canvas.shape(
        f"M{-half} {y - 3}Q{-half * 0.6} {y - tall * 0.35} {-half * 0.36} {y - tall}H{half * 0.36}"
        f"Q{half * 0.6} {y - tall * 0.35} {half} {y - 3}Q{half * 0.7} {y + 4} 0 {y + 4}Q{-half * 0.7} {y + 4} {-half} {y - 3}Z",
        colour,
    )
    ribs = "".join(
        shapes.polygon([(half * s * 0.36, y - tall + 2), (half * s * 0.36 + 1, y - tall + 2), (half * s * 0.82 + 1.4, y), (half * s * 0.82, y)])
        for s in (-0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9)
    )
    canvas.shape(ribs, lighter(colour, 0.2), outline=False)


def torii(canvas: Canvas, look: Look) -> None:
    """Draw a shrine gate."""
    red = look.main("#d8452f", "#cf4a38")
    dark = "#37323a"
    canvas.shape(shapes.polygon([(-38, 0), (-30, -84), (-23, -84), (-29, 0)]) + shapes.polygon([(38, 0), (30, -84), (23, -84), (29, 0)]), red)
    canvas.shape(shapes.polygon([(31, 0), (24.6, -84), (23, -84), (29, 0)]) + shapes.polygon([(-29, 0), (-23, -84), (-25, -84), (-32, 0)]), darker(red, 0.2), outline=False)
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
        canvas.shape("".join(shapes.box(half * s - 1.2, y - 12, 2.4, 12) for s in (-0.94, -0.4, 0.4, 0.94)), wood, outline=False)
        canvas.rect(-4, y - 10, 8, 9, "#ffd978" if look.lit else "#6b3f2c", light=look.lit, outline=False)
        _sweeping_roof(canvas, y=y - 11, half=half * 1.62, tall=9.5, colour=roof)
    canvas.shape("M-1.4 -98V-122H1.4V-98Z" + "".join(shapes.box(-4 + i * 0.5, -104 - i * 4, 8 - i, 1.6) for i in range(4)), "#d8aa4e")


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
        canvas.shape(shapes.box(-20, -68, 40, 13) + shapes.box(-20, -42, 40, 13) + shapes.box(-20, -18, 40, 12), band, outline=False)
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
    canvas.shape("M-84 0Q-60 -38 0 -40T84 0H76Q56 -32 0 -34T-76 0Z", darker(stone, 0.24), outline=False)
    canvas.stroke("M-110 -14Q-60 -80 0 -82T110 -14", lighter(stone, 0.14), 5)
    posts = "".join(shapes.box(x - 2.4, y, 4.8, 20) for x, y in ((-96, -32), (-70, -58), (-42, -74), (-14, -83), (14, -83), (42, -74), (70, -58), (96, -32)))
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
            canvas.shape("".join(shapes.box(1, -50 + i * 8, 11, 1.2) for i in range(5)) + shapes.box(6, -52, 1.2, 40), "#8a6a50", outline=False)
    canvas.circle(0, -70, 3.6, "#4a3428")


def tent(canvas: Canvas, look: Look) -> None:
    """Draw a tent with an open flap."""
    cloth = look.main("#e8853c", "#4f8fa0", "#d8b04a", "#7a9a5a")
    canvas.polygon([(-78, 0), (-6, -84), (62, -2), (78, 0)], darker(cloth, 0.22))
    canvas.polygon([(-78, 0), (-6, -84), (48, 0)], cloth)
    canvas.polygon([(-38, 0), (-8, -66), (14, 0)], "#ffd98a" if look.lit else "#4a3a44", light=look.lit)
    canvas.polygon([(-38, 0), (-8, -66), (-20, -20), (-30, 0)], lighter(cloth, 0.3))
    canvas.stroke("M-78 0L-92 2M78 0L92 2M-6 -84L-2 -92", "#5d4a42", 1.6)


def ferris_wheel(canvas: Canvas, look: Look) -> None:
    """Draw a big wheel with coloured cabins."""
    steel = look.main("#e8e3ea", "#c9d6e3")
    canvas.stroke("M0 -56L-26 0M0 -56L26 0M-16 -22H16", darker(steel, 0.2), 3.4)
    spokes = "".join(f"M0 -56L{math.cos(math.tau * i / 12) * 44:.1f} {-56 + math.sin(math.tau * i / 12) * 44:.1f}" for i in range(12))
    canvas.stroke(spokes, steel, 1)
    for radius in (44, 38):
        canvas.shape(shapes.disc(0, -56, radius) + shapes.disc(0, -56, radius - 1.8), steel, even_odd=True)
    canvas.circle(0, -56, 5, "#e8615f")
    colours = ("#e8615f", "#f3b84a", "#6fb58a", "#5fa0d8", "#a87fd0", "#f29ab5")
    for index in range(12):
        x, y = math.cos(math.tau * index / 12) * 44, -56 + math.sin(math.tau * index / 12) * 44
        canvas.shape(f"M{x - 5:.1f} {y + 2:.1f}h10v3a5 5 0 0 1 -10 0Z", colours[index % 6])
        canvas.shape(f"M{x - 5:.1f} {y + 2:.1f}a5 5 0 0 1 10 0Z", "#ffe9a8" if look.lit else lighter(colours[index % 6], 0.5), light=look.lit)


def fence(canvas: Canvas, look: Look) -> None:
    """Draw a picket fence."""
    colour = look.main("#fbf6ec", "#c9976a")
    canvas.shape(shapes.box(-130, -70, 260, 10) + shapes.box(-130, -34, 260, 10), darker(colour, 0.14))
    pickets = "".join(f"M{x} 0V-84l9 -14l9 14V0Z" for x in range(-126, 126, 28))
    canvas.shape(pickets, colour)


def fountain(canvas: Canvas, look: Look) -> None:
    """Draw a fountain of two basins."""
    stone = look.main("#cfc8c0", "#d9cdbb")
    water = "#8fcbe3"
    canvas.shape("M-70 -22H70L62 0H-62Z", stone)
    canvas.ellipse(0, -22, 70, 10, lighter(stone, 0.2))
    canvas.ellipse(0, -22, 62, 7, water)
    canvas.polygon([(-8, -22), (-5, -56), (5, -56), (8, -22)], darker(stone, 0.1))
    canvas.shape("M-36 -60H36Q28 -48 0 -48T-36 -60Z", stone)
    canvas.ellipse(0, -60, 36, 5, water)
    canvas.stroke("M0 -62Q-2 -100 -18 -96T-30 -60M0 -62Q2 -100 18 -96T30 -60M0 -62V-98M-36 -58Q-50 -54 -50 -24M36 -58Q50 -54 50 -24", "#d8f0fa", 2.6)


def well(canvas: Canvas, look: Look) -> None:
    """Draw a roofed well with a bucket."""
    stone = look.main("#b5aca4", "#a8a09c")
    canvas.shape(shapes.box(-32, -78, 5, 50) + shapes.box(27, -78, 5, 50), "#7d5638")
    canvas.polygon([(-46, -72), (0, -102), (46, -72)], look.accent("#a8563f", "#6b7a8a"))
    canvas.rect(-30, -66, 60, 4, "#6b4a30")
    canvas.rect(-0.8, -64, 1.6, 18, "#c9b08a")
    canvas.polygon([(-8, -48), (8, -48), (6, -32), (-6, -32)], "#a8754a")
    canvas.shape("M-38 -34H38L34 0H-34Z", stone)
    canvas.shape("".join(shapes.box(-32 + (r % 2) * 8 + c * 17, -28 + r * 9, 13, 6) for r in range(3) for c in range(4 - r % 2)), lighter(stone, 0.22), outline=False)


def door(canvas: Canvas, look: Look) -> None:
    """Draw a fine arched wooden door in its frame, on a step."""
    wood = look.colours[0] if look.colours else look.varied(look.rng.choice(("#9a5f34", "#8a5230", "#a86a3a")))
    frame = look.accent("#e3d6c3", "#c9b8a4")
    canvas.shape("M-34 0V-70a34 34 0 0 1 68 0V0Z", frame)
    canvas.shape("M-28 0V-70a28 28 0 0 1 56 0V0Z", wood)
    planks = "".join(shapes.box(x, -97 + abs(x) * 0.34, 1, 97 - abs(x) * 0.34) for x in (-19, -9.5, 0, 9.5, 19))
    canvas.shape(planks, darker(wood, 0.34), outline=False)
    grain = "".join(shapes.leaf((x + look.rng.uniform(-2, 2), -8 - look.rng.uniform(0, 12)), (x + look.rng.uniform(-2, 2), -62 + look.rng.uniform(-14, 24)), 0.018) for x in (-23, -14, -5, 5, 14, 23) for _ in (0, 1))
    canvas.shape(grain, darker(wood, 0.24), outline=False)
    canvas.shape("M-13 -60V-74a13 13 0 0 1 26 0V-60Z", darker(wood, 0.3))
    canvas.shape("M-11 -62V-74a11 11 0 0 1 22 0V-62Z", LIT_PANE if look.lit else "#a9cbd8", light=look.lit, outline=False)
    canvas.shape(shapes.box(-0.7, -85, 1.4, 23) + shapes.box(-11, -74, 22, 1.4), wood, outline=False)
    for y in (-48, -14):
        canvas.shape(f"M-28 {y}h30l4 1.6l-4 1.6h-30Z", "#3a3338")
    canvas.circle(19, -34, 3.2, "#d8aa4e")
    canvas.shape(shapes.disc(19, -27, 3.4) + shapes.disc(19, -27, 2.2), "#f3d27c", even_odd=True, outline=False)
    canvas.rect(-42, -3, 84, 5, "#cfc4b6")
    canvas.rect(-48, 2, 96, 5, "#b5a999")


def window(canvas: Canvas, look: Look) -> None:
    """Draw a window with shutters, curtains and a flower box."""
    frame = "#fdf6e8"
    shutter = look.main("#5b8a86", "#6d84a3", "#a8665c", "#75855a")
    canvas.rect(-34, -94, 68, 82, frame)
    canvas.rect(-28, -88, 56, 72, "#ffdf94" if look.lit else "#9cc6dc", light=look.lit)
    canvas.polygon([(-28, -88), (6, -88), (-28, -46)], "#ffffff", opacity=0.3)
    canvas.shape("M-28 -88H-6Q-14 -60 -28 -44ZM28 -88H6Q14 -60 28 -44Z", "#fbeee0", outline=False)
    canvas.shape(shapes.box(-1.6, -88, 3.2, 72) + shapes.box(-28, -56, 56, 3), frame, outline=False)
    for left in (-66, 36):
        canvas.rect(left, -94, 30, 82, shutter)
        canvas.shape("".join(shapes.box(left + 4, -88 + i * 9.4, 22, 5) for i in range(8)), darker(shutter, 0.2), outline=False)
    for x in (-26, 0, 26):
        blooms.bunch(canvas, look.rng, x, -6, 32, 24, kinds=("rose", "daisy", "peony"), colours=look.colours[1:], heads=6)
    canvas.rect(-42, -12, 84, 14, "#8a5c38", round_by=2)
    canvas.rect(-42, -4, 84, 6, "#6b4428", outline=False)
