"""Things that carry people over land, water and air; wheels or keel at y = 0."""

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.features import INK

GLASS = "#b9dcea"


def _wheels(canvas: Canvas, places: tuple[float, ...], radius: float) -> None:
    canvas.shape("".join(shapes.disc(x, -radius, radius) for x in places), "#33303c")
    canvas.shape(
        "".join(shapes.disc(x, -radius, radius * 0.55) for x in places), "#d5d8de", outline=False
    )
    canvas.shape(
        "".join(shapes.disc(x, -radius, radius * 0.2) for x in places), "#6b6a78", outline=False
    )


def car(canvas: Canvas, look: Look) -> None:
    """Draw a rounded car from the side."""
    paint = look.main("#d8433f", "#3f86b5", "#f0b43c", "#5fa08a", "#e88f7a")
    canvas.shape("M-52 -46Q-40 -76 -20 -78H18Q38 -76 54 -46Z", paint)
    canvas.shape(
        "M-42 -47Q-33 -69 -18 -70H-3V-47ZM3 -47V-70H16Q30 -68 42 -47Z",
        "#ffe6a8" if look.lit else GLASS,
        outline=False,
    )
    canvas.polygon([(-34, -47), (-20, -70), (-12, -70), (-26, -47)], "#ffffff", opacity=0.35)
    canvas.shape(
        "M-88 -14Q-94 -44 -70 -47L56 -49Q90 -46 92 -14Q92 -8 86 -8H-82Q-88 -8 -88 -14Z", paint
    )
    canvas.shape(
        "M-88 -20H92V-14Q92 -8 86 -8H-82Q-88 -8 -88 -14Z", darker(paint, 0.24), outline=False
    )
    canvas.shape("M-76 -42Q0 -48 70 -43L64 -40Q0 -44 -72 -38Z", lighter(paint, 0.36), outline=False)
    canvas.shape(
        shapes.disc(-50, -14, 21) + shapes.disc(52, -14, 21), darker(paint, 0.5), outline=False
    )
    canvas.shape(
        shapes.box(0, -46, 1.4, 34) + shapes.box(8, -36, 11, 2.6),
        darker(paint, 0.34),
        outline=False,
    )
    canvas.ellipse(-84, -34, 5, 6.5, "#fff3c4", light=look.lit)
    canvas.rect(85, -38, 6, 11, "#e8553f", round_by=2, light=look.lit)
    _wheels(canvas, (-50, 52), 16)


def bus(canvas: Canvas, look: Look) -> None:
    """Draw a city bus from the side."""
    paint = look.main("#e0533f", "#f0b43c", "#4f8fb5", "#5f9a6b")
    canvas.rect(-104, -92, 208, 80, paint, round_by=10)
    canvas.rect(-104, -34, 208, 22, darker(paint, 0.2), round_by=8, outline=False)
    canvas.rect(-104, -44, 208, 6, "#fff6e6", outline=False)
    glass = "#ffe6a8" if look.lit else GLASS
    canvas.shape(
        "".join(shapes.box(x, -82, 27, 30) for x in (-60, -29, 2, 33)), glass, light=look.lit
    )
    canvas.shape("M-98 -82H-68V-50H-100Z", glass, light=look.lit)
    canvas.rect(66, -82, 30, 66, glass, light=look.lit)
    canvas.shape(shapes.box(80, -82, 2, 66), darker(paint, 0.3), outline=False)
    canvas.circle(-99, -28, 5, "#fff3c4", light=look.lit)
    _wheels(canvas, (-58, 44), 15)


def truck(canvas: Canvas, look: Look) -> None:
    """Draw a lorry."""
    paint = look.main("#4f8fb5", "#d8533f", "#e8a83c")
    canvas.rect(-30, -92, 124, 76, look.accent("#f3ebdc", "#d9e3e6"), round_by=4)
    canvas.rect(-30, -30, 124, 14, "#5d5a68", outline=False)
    canvas.shape("M-92 -14V-44Q-84 -50 -78 -72Q-76 -78 -70 -78H-34V-14Z", paint)
    canvas.shape("M-78 -46Q-74 -56 -70 -70H-46V-46Z", GLASS if not look.lit else "#ffe6a8")
    canvas.rect(-96, -20, 192, 8, "#4a4754", round_by=3)
    canvas.circle(-88, -30, 4.6, "#fff3c4", light=look.lit)
    _wheels(canvas, (-64, 20, 66), 15)


def bicycle(canvas: Canvas, look: Look) -> None:
    """Draw a bicycle with a basket of flowers."""
    frame = look.main("#4f9a8f", "#d8604f", "#4f7fb5", "#e8a83c")
    canvas.shape(
        "".join(shapes.disc(x, -32, 32) + shapes.disc(x, -32, 28.5) for x in (-52, 52)),
        INK,
        even_odd=True,
        outline=False,
    )
    spokes = "".join(
        f"M{x} -60V-4M{x - 28} -32H{x + 28}M{x - 20} -52L{x + 20} -12M{x + 20} -52L{x - 20} -12"
        for x in (-52, 52)
    )
    canvas.stroke(spokes, "#b5b3bd", 0.9)
    canvas.stroke("M52 -32L22 -74H-34L-2 -32ZM-2 -32L22 -74L18 -86M-52 -32L-36 -84", frame, 4.4)
    canvas.stroke("M-36 -84L-40 -94Q-30 -100 -22 -94", INK, 3)
    canvas.shape("M4 -92Q18 -98 36 -92Q34 -84 18 -86Z", "#7a4f34")
    canvas.circle(-2, -32, 7, "#8a8894")
    canvas.stroke("M-2 -32L6 -18M2 -18H11", "#5d5a68", 2.6)
    canvas.shape(
        "".join(shapes.disc(-60 + i * 6.5, -88 - (i % 2) * 5, 6) for i in range(5)), "#5f9a55"
    )
    canvas.shape(shapes.disc(-60, -94, 5) + shapes.disc(-40, -96, 5), "#e8607f", outline=False)
    canvas.shape(shapes.disc(-50, -98, 5) + shapes.disc(-33, -90, 4), "#f6cf5a", outline=False)
    canvas.polygon([(-68, -86), (-28, -86), (-33, -64), (-63, -64)], "#b98a57")
    canvas.shape(
        "".join(shapes.box(-66 + i * 9.4, -84, 1.6, 19) for i in range(4))
        + shapes.box(-66, -76, 36, 1.6),
        "#8a6238",
        outline=False,
    )


def train(canvas: Canvas, look: Look) -> None:
    """Draw a steam locomotive with a carriage, on rails."""
    paint = look.main("#3f6a5a", "#3f4f7a", "#a8433f")
    canvas.rect(-150, -3, 320, 3, "#6b5d54", outline=False)
    canvas.shape(
        shapes.disc(-84, -124, 9) + shapes.disc(-70, -138, 13) + shapes.disc(-48, -150, 17),
        "#f3f0ec",
        opacity=0.85,
    )
    canvas.polygon(
        [(-92, -84), (-88, -110), (-94, -116), (-70, -116), (-76, -110), (-72, -84)], INK
    )
    canvas.rect(-112, -86, 84, 54, paint, round_by=14)
    canvas.shape(
        shapes.box(-84, -86, 4, 54) + shapes.box(-56, -86, 4, 54), "#d8aa4e", outline=False
    )
    canvas.shape("M-52 -86a9 10 0 0 1 18 0Z", "#d8aa4e")
    canvas.rect(-34, -104, 52, 74, paint)
    canvas.rect(-40, -110, 64, 8, darker(paint, 0.35), round_by=3)
    canvas.rect(-24, -94, 30, 26, "#ffe6a8" if look.lit else GLASS, light=look.lit)
    canvas.rect(-116, -36, 136, 12, "#a8433f")
    canvas.polygon([(-116, -30), (-134, -4), (-112, -4)], "#8a3530")
    canvas.circle(-112, -72, 7, "#fff0b0", light=True)
    canvas.rect(34, -96, 124, 66, lighter(paint, 0.12), round_by=4)
    canvas.rect(30, -102, 132, 9, darker(paint, 0.35), round_by=4)
    canvas.shape(
        "".join(shapes.box(x, -84, 20, 24) for x in (44, 72, 100, 128)),
        "#ffe6a8" if look.lit else GLASS,
        light=look.lit,
    )
    canvas.rect(34, -46, 124, 4, "#d8aa4e", outline=False)
    canvas.rect(18, -30, 142, 8, "#4a4048")
    _wheels(canvas, (-94, -60, 56, 136), 12)
    _wheels(canvas, (-10,), 17)


def sailboat(canvas: Canvas, look: Look) -> None:
    """Draw a sailing boat."""
    sail = look.main("#fdf8ec", "#fbe8d0")
    hull = look.accent("#c9563f", "#3f6f94", "#8a5a3a")
    canvas.rect(-1.4, -104, 2.8, 90, "#6b4a34")
    canvas.shape("M4 -100Q46 -66 44 -24H4Z", sail)
    canvas.shape("M4 -100Q22 -60 18 -24H4Z", darker(sail, 0.06), outline=False)
    canvas.shape("M-4 -94Q-34 -56 -36 -24H-4Z", lighter(sail, 0.4))
    canvas.polygon([(1, -104), (16, -110), (1, -112)], "#e8615f")
    canvas.shape("M-52 -18H56Q48 0 34 2H-36Q-48 -4 -52 -18Z", hull)
    canvas.shape("M-52 -18H56L54 -13H-50Z", "#fdf6e8", outline=False)


def boat(canvas: Canvas, look: Look) -> None:
    """Draw a small wooden boat with oars and someone fishing in it, now and then."""
    wood = look.main("#a8703f", "#8a5a3a", "#c9503f")
    if look.rng.random() < 0.6:
        canvas.shape(symmetrical_person(), look.accent("#4f6f8f", "#6b7a5a"))
        canvas.circle(-8, -70, 9, "#eec09a")
        canvas.shape("M-26 -72Q-8 -96 10 -72Q-8 -78 -26 -72Z", "#d9b36a")
        canvas.stroke("M0 -52L50 -96V-14", "#5d4030", 1.6)
    canvas.shape("M-86 -34Q-70 -20 0 -20T86 -38Q74 0 44 2H-46Q-74 0 -86 -34Z", wood)
    canvas.shape(
        "M-86 -34Q-70 -20 0 -20T86 -38Q84 -30 80 -26Q60 -12 0 -12T-80 -24Z",
        lighter(wood, 0.25),
        outline=False,
    )
    canvas.stroke("M-70 -12Q0 -2 70 -14", darker(wood, 0.3), 1.6)


def symmetrical_person() -> str:
    """Give the outline of a seated figure seen from afar."""
    return shapes.smooth([(-22, -20), (-20, -48), (-8, -62), (6, -48), (8, -20)])


def ship(canvas: Canvas, look: Look) -> None:
    """Draw a steamship with funnels and portholes."""
    hull = look.main("#33476b", "#a8433f", "#3a3f4d")
    canvas.shape(
        shapes.disc(34, -112, 8) + shapes.disc(50, -120, 11) + shapes.disc(72, -124, 14),
        "#eceaea",
        opacity=0.8,
    )
    for x in (-12, 26):
        canvas.polygon(
            [(x - 10, -66), (x - 6, -102), (x + 12, -102), (x + 10, -66)],
            look.accent("#e0653f", "#d8aa4e"),
        )
        canvas.polygon(
            [(x - 7, -94), (x - 6, -102), (x + 12, -102), (x + 11.4, -94)], INK, outline=False
        )
    canvas.rect(-44, -70, 104, 18, "#fdf8ee")
    canvas.rect(-66, -54, 142, 18, "#f3ebdc")
    lit = "#ffe08a" if look.lit else "#6f93b0"
    canvas.shape(
        "".join(shapes.box(x, -65, 8, 7) for x in range(-36, 54, 14))
        + "".join(shapes.box(x, -49, 8, 7) for x in range(-58, 70, 14)),
        lit,
        light=look.lit,
        outline=False,
    )
    canvas.shape("M-104 -40H112Q104 -8 86 2H-78Q-96 -10 -104 -40Z", hull)
    canvas.shape("M-99 -14Q-92 -2 -78 2H86Q96 -4 101 -14Z", "#c9483f", outline=False)
    canvas.shape("".join(shapes.disc(x, -26, 4) for x in range(-76, 92, 21)), lit, light=look.lit)
    canvas.stroke("M-80 -40V-82L-96 -44", "#5d5a68", 1.6)


def plane(canvas: Canvas, look: Look) -> None:
    """Draw an airliner in flight."""
    paint = look.main("#fbfaf7", "#f3f0ea")
    tail = look.accent("#e0533f", "#3f86b5", "#f0b43c")
    canvas.polygon([(6, -58), (34, -92), (46, -92), (36, -56)], darker(paint, 0.2))
    canvas.polygon([(66, -58), (92, -98), (108, -98), (96, -54)], tail)
    canvas.shape(
        "M-108 -46Q-100 -64 -70 -66H70Q98 -66 112 -54Q90 -34 60 -32H-80Q-106 -34 -108 -46Z", paint
    )
    canvas.shape(
        "M-107 -42Q-60 -36 104 -48Q88 -34 60 -32H-80Q-104 -34 -107 -42Z",
        darker(paint, 0.16),
        outline=False,
    )
    canvas.shape("M-100 -52Q-94 -61 -80 -62V-53Z", "#4f7fa8", outline=False)
    canvas.shape(
        "".join(shapes.disc(x, -54, 3) for x in range(-64, 70, 11)),
        "#ffe08a" if look.lit else "#6f9fc0",
        light=look.lit,
        outline=False,
    )
    canvas.polygon([(-12, -44), (34, -6), (52, -6), (34, -44)], darker(paint, 0.1))
    canvas.rect(2, -32, 26, 11, tail, round_by=5)
    canvas.polygon([(80, -50), (104, -40), (112, -40), (100, -52)], darker(paint, 0.2))


def hot_air_balloon(canvas: Canvas, look: Look) -> None:
    """Draw a striped hot-air balloon."""
    first = look.main("#e0533f", "#f0a83c", "#4f8fb5", "#9a6fc0")
    second = look.accent("#fdf0d8", "#f6d06a", "#8fc8c0")
    canvas.stroke("M-13 -34L-8 -14M13 -34L8 -14", "#5d4030", 1)
    envelope = "M0 -112C-54 -112 -52 -62 -14 -34H14C52 -62 54 -112 0 -112Z"
    canvas.shape(envelope, first)
    canvas.shape("M0 -112C-30 -112 -32 -62 -9 -34H9C32 -62 30 -112 0 -112Z", second, outline=False)
    canvas.shape("M0 -112C-9 -112 -11 -62 -3.4 -34H3.4C11 -62 9 -112 0 -112Z", first, outline=False)
    with canvas.clipped(envelope):
        canvas.shape("M10 -116C40 -100 40 -60 12 -32H60V-116Z", "#2a2440", opacity=0.12)
    canvas.shape("M-36 -66H36L32 -58H-32Z", lighter(first, 0.45), opacity=0.5)
    canvas.rect(-9, -15, 18, 15, "#a8754a", round_by=2)
    canvas.shape(
        shapes.box(-9, -11, 18, 1.4) + shapes.box(-9, -6, 18, 1.4), "#7a5233", outline=False
    )
    canvas.rect(-10, -17, 20, 3.4, "#8a5c38", round_by=1)


def rocket(canvas: Canvas, look: Look) -> None:
    """Draw a rocket that flies on its flame."""
    body = look.main("#f5f2ee")
    red = look.accent("#e0533f", "#3f86b5", "#f0a83c")
    canvas.shape("M-11 -16Q-16 6 0 26Q16 6 11 -16Z", "#f6a63c", light=True)
    canvas.shape("M-6 -16Q-8 0 0 12Q8 0 6 -16Z", "#fff0a8", light=True, outline=False)
    canvas.shape("M-17 -50Q-36 -36 -34 -10L-14 -24ZM17 -50Q36 -36 34 -10L14 -24Z", red)
    canvas.shape("M0 -116C-26 -88 -24 -44 -14 -18H14C24 -44 26 -88 0 -116Z", body)
    canvas.shape(
        "M0 -116C26 -88 24 -44 14 -18H5C14 -44 16 -88 0 -116Z", darker(body, 0.16), outline=False
    )
    canvas.shape("M0 -116C-9 -106 -14 -96 -17 -86H17C14 -96 9 -106 0 -116Z", red)
    canvas.circle(0, -68, 10, red)
    canvas.circle(0, -68, 7, "#8fd0ea", outline=False)
    canvas.shape("M-4 -70Q-2 -74 2 -74Q-1 -71 -2 -67Z", "#ffffff", outline=False)
    canvas.shape(shapes.box(-15, -22, 30, 5), "#5d5a68")
    canvas.shape("M-2.6 -42L2.6 -42L4 -10H-4Z", darker(red, 0.1))


def ufo(canvas: Canvas, look: Look) -> None:
    """Draw a flying saucer with its beam."""
    metal = look.main("#a9b3c8", "#9aa8b5")
    canvas.polygon([(-22, -44), (22, -44), (52, 0), (-52, 0)], "#d8f7b8", opacity=0.4, light=True)
    canvas.shape("M-28 -62C-28 -98 28 -98 28 -62Z", "#bfeaf0")
    canvas.ellipse(0, -68, 8, 11, "#8fc46a")
    canvas.shape(shapes.disc(-3.4, -70, 2, 3) + shapes.disc(3.4, -70, 2, 3), INK, outline=False)
    canvas.ellipse(0, -54, 70, 18, metal)
    canvas.ellipse(0, -59, 52, 10, lighter(metal, 0.35), outline=False)
    canvas.shape(
        "".join(shapes.disc(x, -48 + abs(x) * -0.09, 4) for x in (-48, -24, 0, 24, 48)),
        "#ffe37a",
        light=True,
    )
