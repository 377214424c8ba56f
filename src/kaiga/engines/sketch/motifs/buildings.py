"""Houses, towers and other buildings; about 100 units high, ground at y = 0."""

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import blooms

PANE = "#8fb8cc"
LIT_PANE = "#ffd978"


def panes(
    canvas: Canvas,
    look: Look,
    spots: list[tuple[float, float, float, float]],
    frame: str = "#fdf6e8",
) -> None:
    """Draw framed windows at (x, y, width, height), lit or not as the hour wants."""
    for x, y, width, height in spots:
        lit = look.lit and look.rng.random() < 0.8
        canvas.rect(x - 1.4, y - 1.4, width + 2.8, height + 2.8, frame)
        canvas.rect(x, y, width, height, LIT_PANE if lit else PANE, light=lit, outline=False)
        canvas.polygon(
            [(x, y), (x + width * 0.6, y), (x, y + height * 0.6)], "#ffffff", opacity=0.25
        )
        canvas.shape(
            shapes.box(x + width / 2 - 0.6, y, 1.2, height)
            + shapes.box(x, y + height * 0.48, width, 1.2),
            frame,
            outline=False,
        )


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
    canvas.shape(
        "".join(shapes.box(-50 + i * 3, -56 - i * 7.4, 100 - i * 6, 1.5) for i in range(4)),
        darker(roof, 0.2),
        outline=False,
    )
    canvas.polygon(
        [(-25, -50), (0, -88), (25, -50), (20, -50), (0, -80), (-20, -50)], darker(roof, 0.25)
    )
    canvas.polygon([(-20, -50), (0, -80), (20, -50)], lighter(wall, 0.15), outline=False)
    panes(canvas, look, [(-5, -68, 10, 12), (-38, -42, 16, 18), (22, -42, 16, 18)])
    door = look.rng.choice(("#8a5230", "#4f7f8a", "#a8433f", "#5f7f4f"))
    canvas.shape("M-9 0V-26a9 9 0 0 1 18 0V0Z", "#fdf6e8")
    canvas.shape("M-7 0V-26a7 7 0 0 1 14 0V0Z", door)
    canvas.circle(4, -14, 1.3, "#f3cf6a", outline=False)
    for x in (-30, 30):
        blooms.bunch(canvas, look.rng, x, -19, 20, 10, kinds=("rose", "daisy"), heads=5)
        canvas.rect(x - 10, -21, 20, 5, "#8a5c38")
    canvas.shape(
        shapes.disc(-50, -6, 8) + shapes.disc(-42, -5, 6) + shapes.disc(50, -7, 9),
        "#5f9a55" if look.season != "winter" else "#e8eef2",
    )
    if look.season == "winter":
        canvas.shape(
            "M-55 -49L-40 -87H40L55 -49Q48 -56 42 -52Q34 -60 26 -54L0 -88L-26 -54Q-36"
            " -60 -42 -52Q-48 -56 -55 -49Z",
            "#fbfdff",
        )


def cabin(canvas: Canvas, look: Look) -> None:
    """Draw a log cabin with smoke from its chimney."""
    wood = look.main("#9a6a42", "#8a5c3a")
    canvas.shape(
        shapes.disc(28, -112, 5) + shapes.disc(34, -122, 7) + shapes.disc(28, -134, 9),
        "#f3efe8",
        opacity=0.7,
    )
    canvas.rect(22, -104, 12, 34, "#8f8780")
    canvas.rect(-46, -50, 92, 50, wood)
    canvas.shape(
        "".join(shapes.box(-46, -46 + i * 8.4, 92, 1.8) for i in range(6)),
        darker(wood, 0.3),
        outline=False,
    )
    canvas.shape(
        "".join(shapes.disc(x, -46 + i * 8.4, 3.6) for i in range(6) for x in (-48, 48)),
        lighter(wood, 0.2),
    )
    canvas.polygon([(-60, -46), (0, -98), (60, -46)], darker(wood, 0.3))
    canvas.polygon([(-48, -46), (0, -88), (48, -46)], wood, outline=False)
    panes(canvas, look, [(-34, -38, 18, 18), (-6, -70, 12, 12)], frame="#5d3c25")
    canvas.rect(8, -34, 20, 34, "#6b4428")
    canvas.shape(
        shapes.box(14, -34, 1.2, 34) + shapes.box(21, -34, 1.2, 34), "#4f3120", outline=False
    )
    canvas.circle(24, -16, 1.5, "#f3cf6a", outline=False)
    if look.season == "winter":
        canvas.shape(
            "M-62 -44L0 -100L62 -44Q56 -40 50 -46L0 -90L-50 -46Q-56 -40 -62 -44Z", "#fbfdff"
        )


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
    windows(
        canvas, look, left=-16, top=-89, columns=5, rows=13, step_x=6.8, step_y=6.3, size=(4.4, 3.9)
    )
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


def tent(canvas: Canvas, look: Look) -> None:
    """Draw a tent with an open flap."""
    cloth = look.main("#e8853c", "#4f8fa0", "#d8b04a", "#7a9a5a")
    canvas.polygon([(-78, 0), (-6, -84), (62, -2), (78, 0)], darker(cloth, 0.22))
    canvas.polygon([(-78, 0), (-6, -84), (48, 0)], cloth)
    canvas.polygon(
        [(-38, 0), (-8, -66), (14, 0)], "#ffd98a" if look.lit else "#4a3a44", light=look.lit
    )
    canvas.polygon([(-38, 0), (-8, -66), (-20, -20), (-30, 0)], lighter(cloth, 0.3))
    canvas.stroke("M-78 0L-92 2M78 0L92 2M-6 -84L-2 -92", "#5d4a42", 1.6)


def fence(canvas: Canvas, look: Look) -> None:
    """Draw a picket fence."""
    colour = look.main("#fbf6ec", "#c9976a")
    canvas.shape(
        shapes.box(-130, -70, 260, 10) + shapes.box(-130, -34, 260, 10), darker(colour, 0.14)
    )
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
    canvas.stroke(
        "M0 -62Q-2 -100 -18 -96T-30 -60M0 -62Q2 -100 18 -96T30 -60M0 -62V-98M-36 -58"
        "Q-50 -54 -50 -24M36 -58Q50 -54 50 -24",
        "#d8f0fa",
        2.6,
    )


def well(canvas: Canvas, look: Look) -> None:
    """Draw a roofed well with a bucket."""
    stone = look.main("#b5aca4", "#a8a09c")
    canvas.shape(shapes.box(-32, -78, 5, 50) + shapes.box(27, -78, 5, 50), "#7d5638")
    canvas.polygon([(-46, -72), (0, -102), (46, -72)], look.accent("#a8563f", "#6b7a8a"))
    canvas.rect(-30, -66, 60, 4, "#6b4a30")
    canvas.rect(-0.8, -64, 1.6, 18, "#c9b08a")
    canvas.polygon([(-8, -48), (8, -48), (6, -32), (-6, -32)], "#a8754a")
    canvas.shape("M-38 -34H38L34 0H-34Z", stone)
    canvas.shape(
        "".join(
            shapes.box(-32 + (r % 2) * 8 + c * 17, -28 + r * 9, 13, 6)
            for r in range(3)
            for c in range(4 - r % 2)
        ),
        lighter(stone, 0.22),
        outline=False,
    )


def door(canvas: Canvas, look: Look) -> None:
    """Draw a fine arched wooden door in its frame, on a step."""
    wood = (
        look.colours[0]
        if look.colours
        else look.varied(look.rng.choice(("#9a5f34", "#8a5230", "#a86a3a")))
    )
    frame = look.accent("#e3d6c3", "#c9b8a4")
    canvas.shape("M-34 0V-70a34 34 0 0 1 68 0V0Z", frame)
    canvas.shape("M-28 0V-70a28 28 0 0 1 56 0V0Z", wood)
    planks = "".join(
        shapes.box(x, -97 + abs(x) * 0.34, 1, 97 - abs(x) * 0.34) for x in (-19, -9.5, 0, 9.5, 19)
    )
    canvas.shape(planks, darker(wood, 0.34), outline=False)
    grain = "".join(
        shapes.leaf(
            (x + look.rng.uniform(-2, 2), -8 - look.rng.uniform(0, 12)),
            (x + look.rng.uniform(-2, 2), -62 + look.rng.uniform(-14, 24)),
            0.018,
        )
        for x in (-23, -14, -5, 5, 14, 23)
        for _ in (0, 1)
    )
    canvas.shape(grain, darker(wood, 0.24), outline=False)
    canvas.shape("M-13 -60V-74a13 13 0 0 1 26 0V-60Z", darker(wood, 0.3))
    canvas.shape(
        "M-11 -62V-74a11 11 0 0 1 22 0V-62Z",
        LIT_PANE if look.lit else "#a9cbd8",
        light=look.lit,
        outline=False,
    )
    canvas.shape(
        shapes.box(-0.7, -85, 1.4, 23) + shapes.box(-11, -74, 22, 1.4), wood, outline=False
    )
    for y in (-48, -14):
        canvas.shape(f"M-28 {y}h30l4 1.6l-4 1.6h-30Z", "#3a3338")
    canvas.circle(19, -34, 3.2, "#d8aa4e")
    canvas.shape(
        shapes.disc(19, -27, 3.4) + shapes.disc(19, -27, 2.2),
        "#f3d27c",
        even_odd=True,
        outline=False,
    )
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
        canvas.shape(
            "".join(shapes.box(left + 4, -88 + i * 9.4, 22, 5) for i in range(8)),
            darker(shutter, 0.2),
            outline=False,
        )
    for x in (-26, 0, 26):
        blooms.bunch(
            canvas,
            look.rng,
            x,
            -6,
            32,
            24,
            kinds=("rose", "daisy", "peony"),
            colours=look.colours[1:],
            heads=6,
        )
    canvas.rect(-42, -12, 84, 14, "#8a5c38", round_by=2)
    canvas.rect(-42, -4, 84, 6, "#6b4428", outline=False)
