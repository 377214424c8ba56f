"""Trees, in the colours of their season; about 100 units high, roots at y = 0."""

import math

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter, mix
from kaiga.engines.sketch.look import Look

TRUNK = "#7d5638"


CROWNS = {
    "spring": ("#8fc46a", "#9fce7a", "#7db868"),
    "summer": ("#5f9a52", "#4f8a4e", "#6ea85a"),
    "autumn": ("#e0863a", "#d9603a", "#e8b03f", "#c9502f"),
    "winter": ("#dfe8ee", "#cfdce6", "#e8eef2"),
}


def tree(canvas: Canvas, look: Look) -> None:
    """Draw a broad tree in the colours of the season."""
    crown = look.main(*CROWNS[look.season])
    _trunk(canvas, width=13, top=-48)
    _crown(canvas, look, crown)


def sakura(canvas: Canvas, look: Look) -> None:
    """Draw a cherry tree in flower."""
    crown = look.main("#f7b9cb", "#f9c8d6")
    _trunk(canvas, width=12, top=-48, colour="#6b4a3e")
    _crown(canvas, look, crown)
    petals = ""
    for _ in range(26):
        angle, reach = look.rng.uniform(0, math.tau), look.rng.random() ** 0.5
        petals += shapes.petals(
            math.cos(angle) * reach * 42, -66 + math.sin(angle) * reach * 30, 3.2, 5, width=0.55
        )
    canvas.shape(petals, "#fff4f6", outline=False)
    fallen = "".join(
        shapes.disc(look.rng.uniform(-44, 44), look.rng.uniform(-34, 0), 1.3, 0.8)
        for _ in range(16)
    )
    canvas.shape(fallen, lighter(crown, 0.3), outline=False)


def _trunk(canvas: Canvas, *, width: float, top: float, colour: str = TRUNK) -> None:
    half = width / 2
    canvas.shape(
        f"M{-half * 1.9} 0Q{-half} -8 {-half * 0.8} {top}H{half * 0.8}Q{half} -8 {half * 1.9} 0Z"
        f"M{-half * 0.6} {top + 14}L-20 {top - 14}L-15 {top - 15}L{half * 0.4} {top + 6}Z"
        f"M{half * 0.5} {top + 18}L19 {top - 10}L15 {top - 13}L{-half * 0.2} {top + 10}Z",
        colour,
    )
    canvas.shape(
        f"M{half * 0.1} {top}H{half * 0.8}Q{half} -8 {half * 1.9} 0H{half * 0.5}Z",
        darker(colour, 0.24),
        outline=False,
    )


def _crown(canvas: Canvas, look: Look, colour: str) -> None:
    rng = look.rng
    lobes = [
        (0.0, -78.0, 24.0),
        (-24.0, -64.0, 20.0),
        (24.0, -64.0, 20.0),
        (-12.0, -84.0, 17.0),
        (14.0, -86.0, 15.0),
        (0.0, -54.0, 19.0),
    ]
    lobes = [
        (x + rng.uniform(-3, 3), y + rng.uniform(-3, 3), r * rng.uniform(0.94, 1.08))
        for x, y, r in lobes
    ]
    canvas.shape("".join(shapes.disc(x, y, r) for x, y, r in lobes), darker(colour, 0.16))
    canvas.shape(
        "".join(shapes.disc(x - 3.5, y - 4.5, r * 0.78) for x, y, r in lobes), colour, outline=False
    )
    canvas.shape(
        "".join(shapes.disc(x - 7, y - 8, r * 0.4) for x, y, r in lobes[:5]),
        lighter(colour, 0.2),
        outline=False,
    )


def pine(canvas: Canvas, look: Look) -> None:
    """Draw a pine with snow on it in winter."""
    needles = look.main("#3f7558", "#35684f", "#4a7f5a")
    canvas.rect(-4.5, -18, 9, 18, TRUNK)
    tiers = ((-12, 34, -48), (-34, 27, -68), (-56, 20, -86), (-74, 13, -102))
    for base, half, top in tiers:
        canvas.shape(
            f"M0 {top}Q{half * 0.4} {base - 8} {half} {base}Q{half * 0.5} {base + 5} 0"
            f" {base + 2}Q{-half * 0.5} {base + 5} {-half} {base}Q{-half * 0.4}"
            f" {base - 8} 0 {top}Z",
            needles,
        )
        canvas.shape(
            f"M0 {top}Q{half * 0.4} {base - 8} {half} {base}Q{half * 0.5} {base + 5}"
            f" {half * 0.1} {base + 2}Z",
            darker(needles, 0.18),
            outline=False,
        )
        if look.season == "winter":
            canvas.shape(
                f"M0 {top}Q{half * 0.3} {base - 14} {half * 0.7} {base - 7}"
                f"Q{half * 0.3} {base - 11} {half * 0.1} {base - 4}Q{-half * 0.3}"
                f" {base - 10} {-half * 0.7} {base - 7}Q{-half * 0.3} {base - 14} 0"
                f" {top}Z",
                "#fbfdff",
                outline=False,
            )


def christmas_tree(canvas: Canvas, look: Look) -> None:
    """Draw a decorated fir with a star and presents."""
    pine(canvas, Look(rng=look.rng, colours=look.colours or ("#2f7552",), season="summer"))
    for y, half in ((-16, 26), (-38, 20), (-60, 14), (-78, 8)):
        canvas.stroke(f"M{-half} {y - 2}Q0 {y + 9} {half} {y - 5}", "#f5d782", 1.6)
    colours = ("#e0454f", "#f5c542", "#6fb2e6", "#f2a0c0")
    for index, (x, y) in enumerate(
        ((-18, -18), (2, -14), (19, -20), (-11, -40), (10, -38), (-6, -60), (8, -62), (0, -80))
    ):
        canvas.circle(x, y, 3.4, colours[index % 4])
    canvas.shape(shapes.star(0, -103, 9), "#ffd84f", light=True)
    for x, colour in ((-26, "#d8433f"), (24, "#4f8fc8")):
        canvas.rect(x - 9, -14, 18, 14, colour)
        canvas.rect(x - 2, -14, 4, 14, "#fbe7b0", outline=False)


def palm(canvas: Canvas, look: Look) -> None:
    """Draw a leaning palm."""
    green = look.main("#4f9a5a", "#5aa864")
    canvas.shape("M-8 0Q-2 -40 8 -76L14 -74Q6 -36 4 0Z", "#a9794c")
    canvas.shape(
        "".join(shapes.box(-5 + i * 2.1, -8 - i * 10, 8 - i * 0.3, 1.6) for i in range(7)),
        "#8a5f3a",
        outline=False,
    )
    for end, width in (
        ((-34, -78), 0.18),
        ((50, -80), 0.18),
        ((-24, -100), 0.18),
        ((42, -102), 0.18),
        ((-28, -56), 0.16),
        ((46, -56), 0.16),
        ((10, -110), 0.2),
    ):
        middle = ((10 + end[0]) / 2, min(-78, end[1]) - 14)
        canvas.shape(
            f"M10 -76Q{middle[0]:.1f} {middle[1]:.1f} {end[0]} {end[1]}"
            f"Q{middle[0]:.1f} {middle[1] + 60 * width:.1f} 10 -72Z",
            mix(green, "#2f6b45", abs(end[0]) % 3 / 4),
        )
    canvas.shape(
        shapes.disc(6, -70, 4.5) + shapes.disc(14, -69, 4.5) + shapes.disc(10, -65, 4.5), "#7a4f2e"
    )


def bare_tree(canvas: Canvas, look: Look) -> None:
    """Draw a tree without leaves."""
    colour = look.main("#5d4a42", "#6b5548")
    canvas.shape("M-8 0Q-3 -30 -5 -56L5 -56Q4 -30 10 0Z", colour)
    twigs = (
        "M0 -50Q-6 -70 -24 -88M0 -52Q4 -76 2 -104M0 -46Q10 -66 30 -84M-10 -70Q-24 -72"
        " -38 -70M-17 -80Q-20 -92 -18 -100"
        "M14 -66Q28 -66 42 -62M22 -78Q24 -92 36 -98M2 -84Q-6 -92 -8 -102M3 -80Q12 -90 16 -102"
    )
    canvas.stroke(twigs, colour, 3.4)
    if look.season == "winter":
        canvas.stroke("M-23 -89Q-18 -84 -12 -78M29 -86Q22 -80 16 -74M-36 -72L-26 -73", "#ffffff", 2)


def bamboo(canvas: Canvas, look: Look) -> None:
    """Draw a stand of bamboo."""
    green = look.main("#6fa04e", "#7aab58")
    for x, tall, lean in ((-26, 92, -3), (-8, 106, 2), (12, 98, -1), (30, 88, 4)):
        canvas.polygon(
            [(x - 3, 0), (x + 3, 0), (x + 2.4 + lean, -tall), (x - 2.4 + lean, -tall)],
            mix(green, "#3f6b3a", (x + 26) / 120),
        )
        joints = "".join(
            shapes.box(x - 3.4 + lean * i * 0.16, -i * 17 - 10, 6.8, 1.6) for i in range(tall // 18)
        )
        canvas.shape(joints, darker(green, 0.34), outline=False)
        leaves = ""
        for index in range(5):
            y = -tall + index * 13
            side = 1 if index % 2 else -1
            leaves += shapes.leaf((x + lean, y), (x + side * 17, y + 10), 0.17) + shapes.leaf(
                (x + lean, y), (x + side * 14, y - 4), 0.17
            )
        canvas.shape(leaves, lighter(green, 0.1), outline=False)


def willow(canvas: Canvas, look: Look) -> None:
    """Draw a willow with hanging branches."""
    green = look.main("#8fb85f", "#7fae5a")
    _trunk(canvas, width=12, top=-54)
    canvas.shape(
        "".join(shapes.disc(x, -84 + abs(x) * 0.24, 17) for x in (-28, -12, 4, 20, 32)),
        darker(green, 0.2),
    )
    strands = ""
    for index in range(15):
        x = -46 + index * 6.6
        drop = look.rng.uniform(-26, -12)
        strands += f"M{x * 0.82:.1f} -84Q{x - 5:.1f} -50 {x:.1f} {drop:.1f}Q{x + 6:.1f} -50"
        f" {x * 0.82 + 6:.1f} -84Z"
    canvas.shape(strands, green, outline=False)
