"""Trees, flowers in the ground, pots and bunches; about 100 units high, roots at y = 0."""

import math

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs import blooms
from kaiga.engines.sketch.motifs.features import symmetrical
from kaiga.engines.sketch.motifs.trees import CROWNS


def bush(canvas: Canvas, look: Look) -> None:
    """Draw a round bush with a few flowers."""
    green = look.main(*CROWNS[look.season])
    lobes = ((-38, -28, 28), (0, -46, 38), (40, -28, 28))
    canvas.shape(
        "".join(shapes.disc(x, y, r) for x, y, r in lobes) + shapes.box(-60, -20, 122, 20),
        darker(green, 0.14),
    )
    canvas.shape(
        "".join(shapes.disc(x - 5, y - 6, r * 0.76) for x, y, r in lobes), green, outline=False
    )
    if look.season in {"spring", "summer"}:
        for index in range(7):
            blooms.rose(
                canvas,
                -44 + index * 15,
                -34 - (index * 29 % 34),
                6,
                blooms.colour_of("rose", look.rng, look.colours[1:]),
            )


def grass(canvas: Canvas, look: Look) -> None:
    """Draw a tuft of long grass."""
    green = look.main("#6fa552", "#8ab860", "#c9b36a" if look.season == "autumn" else "#7fae5a")
    blades = "".join(
        shapes.leaf(
            (x * 0.4, 0),
            (x * look.rng.uniform(0.9, 1.3), -100 + abs(x) * 0.7 + look.rng.uniform(-14, 8)),
            0.07,
        )
        for x in range(-50, 51, 9)
    )
    canvas.shape(blades, green)


def mushroom(canvas: Canvas, look: Look) -> None:
    """Draw a toadstool with a smaller one beside it."""
    cap = look.main("#d8433f", "#c9753f", "#d98a9a")
    for x, size in ((26, 0.55), (-8, 1.0)):
        with canvas.at(x, 0, size):
            canvas.shape("M-14 0Q-8 -30 -12 -52H12Q8 -30 16 0Z", "#fbf0dc")
            canvas.shape("M-18 -40Q0 -30 18 -40L14 -50H-14Z", "#e8d6b8")
            canvas.shape("M-50 -48C-48 -112 48 -112 50 -48Q0 -34 -50 -48Z", cap)
            canvas.shape(
                shapes.disc(-22, -70, 7, 6)
                + shapes.disc(4, -82, 8.5, 7)
                + shapes.disc(28, -64, 6.5, 6)
                + shapes.disc(-2, -56, 5, 4),
                "#fff8ee",
                outline=False,
            )


def cactus(canvas: Canvas, look: Look) -> None:
    """Draw a cactus with arms and a flower."""
    green = look.main("#5a9a5f", "#4f8f6a")
    canvas.shape("M-12 0V-88a12 12 0 0 1 24 0V0Z", green)
    canvas.shape(
        "M-12 -30H-22a14 14 0 0 1 -14 -14V-62a7 7 0 0 1 14 0V-46H-12Z M12 -42H22a14"
        " 14 0 0 0 14 -14V-76a7 7 0 0 0 -14 0V-58H12Z",
        green,
    )
    canvas.shape(
        "".join(shapes.box(x, -90, 1.6, 88) for x in (-6, 0, 6)), darker(green, 0.24), outline=False
    )
    blooms.daisy(canvas, 2, -101, 10, "#f28ba8")
    canvas.ellipse(0, 0, 22, 3.5, "#d9b87f", outline=False)


def leaf(canvas: Canvas, look: Look) -> None:
    """Draw one large leaf with its veins."""
    colour = look.main(
        *("#d9703a", "#e0a03c") if look.season == "autumn" else ("#6aa555", "#5a9a5a")
    )
    canvas.stroke("M0 0Q-4 -20 0 -34", darker(colour, 0.3), 3)
    canvas.shape(symmetrical([(0, -104), (22, -80), (34, -52), (22, -26), (0, -16)]), colour)
    veins = "M0 -20V-96" + "".join(
        f"M0 {y}L{side * 20} {y - 14}" for y in (-34, -52, -70) for side in (-1, 1)
    )
    canvas.stroke(veins, lighter(colour, 0.3), 1.8)


def flower_of(kind: str, canvas: Canvas, look: Look) -> None:
    """Draw one flower of a kind on its stem, with leaves."""
    colour = look.colours[0] if look.colours else blooms.colour_of(kind, look.rng)
    size = {
        "lavender": 19.0,
        "sunflower": 28.0,
        "tulip": 17.0,
        "hydrangea": 26.0,
        "peony": 25.0,
    }.get(kind, 22.0)
    head = -100 + size
    lean = look.rng.uniform(-4, 4)
    canvas.stroke(f"M0 0Q{lean * 2:.1f} {head / 2:.1f} 0 {head}", "#4f8a4e", 3.6)
    canvas.shape(
        shapes.leaf((0, -8), (-26, -48), 0.2) + shapes.leaf((0, -4), (25, -38), 0.2), "#5f9a55"
    )
    canvas.shape(shapes.leaf((0, -8), (-26, -48), 0.07), "#7fb56a", outline=False)
    blooms.BLOOMS[kind](canvas, 0, head, size, colour)


def lotus(canvas: Canvas, look: Look) -> None:
    """Draw a lotus over its leaves."""
    pink = look.main("#f4a3bd", "#f9c3d0", "#fbe3ea")
    for x, y, r in ((-44, -4, 36), (46, -6, 34), (0, 2, 30)):
        canvas.ellipse(x, y, r, r * 0.3, "#4f8f68")
        canvas.ellipse(x - 2, y - 2, r * 0.8, r * 0.2, "#6fae7c", outline=False)
    canvas.shape(
        shapes.leaf((0, -8), (-58, -42), 0.2) + shapes.leaf((0, -8), (58, -42), 0.2),
        darker(pink, 0.12),
    )
    canvas.shape(
        shapes.leaf((0, -6), (-42, -72), 0.24) + shapes.leaf((0, -6), (42, -72), 0.24),
        darker(pink, 0.05),
    )
    canvas.shape(
        shapes.leaf((0, -6), (-20, -92), 0.24) + shapes.leaf((0, -6), (20, -92), 0.24),
        lighter(pink, 0.15),
    )
    canvas.shape(shapes.leaf((0, -4), (0, -98), 0.26), lighter(pink, 0.3))
    canvas.shape(
        shapes.leaf((0, -4), (-30, -50), 0.3) + shapes.leaf((0, -4), (30, -50), 0.3),
        lighter(pink, 0.22),
    )
    canvas.shape(shapes.leaf((0, -2), (0, -54), 0.34), lighter(pink, 0.45))


def flowers(canvas: Canvas, look: Look) -> None:
    """Draw a small clump of mixed flowers."""
    kinds = ["daisy", "tulip", "peony", "lily", "rose"]
    look.rng.shuffle(kinds)
    blooms.foliage(canvas, look.rng, 0, 0, 76, 46, leaves=9)
    for x, tall, kind in (
        (-30, 62, kinds[0]),
        (30, 58, kinds[1]),
        (0, 84, kinds[2]),
        (-14, 40, kinds[3]),
        (16, 38, kinds[3]),
    ):
        colour = look.rng.choice(look.colours) if look.colours else blooms.colour_of(kind, look.rng)
        canvas.stroke(f"M{x * 0.3:.1f} 0Q{x * 0.7:.1f} {-tall / 2:.1f} {x} {-tall}", "#4f8a4e", 2.6)
        blooms.BLOOMS[kind](canvas, x, -tall, 15, colour)


def bouquet(canvas: Canvas, look: Look) -> None:
    """Draw a wrapped bouquet."""
    kinds = ("rose", "peony", "tulip", "daisy", "lily")
    canvas.shape(
        shapes.polygon(
            [(-40, -58), (-16, -70), (0, -60), (20, -70), (42, -56), (10, -8), (-8, -8)]
        ),
        "#fdf3e4",
    )
    blooms.foliage(canvas, look.rng, 0, -36, 98, 66, leaves=13)
    for index in range(13):
        angle = index * 2.4
        reach = math.sqrt(index / 13)
        kind = kinds[index % 3] if not look.colours else "rose"
        colour = look.rng.choice(look.colours) if look.colours else blooms.colour_of(kind, look.rng)
        blooms.BLOOMS[kind](
            canvas, math.cos(angle) * reach * 36, -72 + math.sin(angle) * reach * 25, 11.5, colour
        )
    wrap = look.accent("#f0d9c0", "#f6cdd3", "#cfe0d2")
    canvas.polygon([(-44, -58), (-2, -34), (14, -4), (-14, -4)], wrap)
    canvas.polygon([(46, -56), (-4, -34), (-12, -4), (14, -4)], darker(wrap, 0.1))
    canvas.shape(
        shapes.leaf((0, -18), (-24, -26), 0.3)
        + shapes.leaf((0, -18), (24, -24), 0.3)
        + shapes.leaf((0, -18), (-12, 4), 0.2)
        + shapes.leaf((0, -18), (12, 4), 0.2),
        "#d8536a",
    )
    canvas.circle(0, -18, 4.5, "#b83a55")


def vase(canvas: Canvas, look: Look) -> None:
    """Draw a vase of flowers."""
    glaze = look.main("#6f9fc0", "#e8e2d6", "#c9785a", "#8fae8a")
    kinds = ("peony", "rose", "tulip", "daisy")
    blooms.bunch(
        canvas,
        look.rng,
        0,
        -34,
        78,
        68,
        kinds=(look.rng.choice(kinds),),
        colours=look.colours[1:],
        heads=9,
    )
    canvas.shape("M-11 -44H11Q9 -36 18 -26Q24 -10 12 0H-12Q-24 -10 -18 -26Q-9 -36 -11 -44Z", glaze)
    canvas.shape(
        "M4 -44H11Q9 -36 18 -26Q24 -10 12 0H2Q16 -14 8 -30Z", darker(glaze, 0.14), outline=False
    )
    canvas.ellipse(-11, -20, 2.4, 7, lighter(glaze, 0.6), outline=False)


def potted_plant(canvas: Canvas, look: Look) -> None:
    """Draw a plant in a clay pot."""
    clay = look.main("#c8704a", "#e8dcc8", "#5f8a94")
    for start, end, width in (
        ((0, -34), (-40, -78), 0.2),
        ((0, -34), (40, -74), 0.2),
        ((0, -34), (-20, -100), 0.2),
        ((0, -34), (22, -102), 0.2),
        ((0, -34), (-42, -50), 0.2),
        ((0, -34), (44, -48), 0.2),
        ((0, -34), (2, -92), 0.2),
    ):
        canvas.shape(shapes.leaf(start, end, width), "#4f8f5a" if end[0] < 0 else "#66a865")
        canvas.shape(shapes.leaf(start, end, 0.03), "#8fc47f", outline=False)
    canvas.polygon([(-24, -36), (24, -36), (17, 0), (-17, 0)], clay)
    canvas.polygon([(8, -36), (24, -36), (17, 0), (8, 0)], darker(clay, 0.18), outline=False)
    canvas.rect(-27, -40, 54, 11, lighter(clay, 0.14), round_by=2)
