"""What stands in rooms and streets; about 100 units high, resting on y = 0."""

import math

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.features import INK, symmetrical


def lantern(canvas: Canvas, look: Look) -> None:
    """Draw a glowing paper lantern."""
    paper = look.main("#e0453c", "#e8853c")
    if look.lit:
        canvas.circle(0, -52, 62, "#ffcf7a", opacity=0.22, light=True)
    canvas.rect(-0.8, -112, 1.6, 18, "#5d4030")
    canvas.shape(
        symmetrical([(0, -90), (22, -88), (36, -66), (36, -42), (22, -22), (0, -20)]),
        paper,
        light=look.lit,
    )
    canvas.ellipse(0, -54, 20, 30, "#ffd98a", opacity=0.55, light=True)
    ribs = "".join(
        shapes.box(-half, y, half * 2, 1.3)
        for y, half in ((-80, 27), (-70, 33), (-60, 36), (-50, 36.4), (-40, 34), (-30, 29))
    )
    canvas.shape(ribs, darker(paper, 0.26), outline=False)
    canvas.shape(shapes.box(-16, -95, 32, 7) + shapes.box(-16, -23, 32, 7), "#3a3038")
    canvas.shape("M-3 -16H3L5 4H-5Z", "#d8aa4e")


def lamp_post(canvas: Canvas, look: Look) -> None:
    """Draw an old street lamp."""
    iron = look.main("#3a3f4d")
    if look.lit:
        canvas.circle(0, -92, 34, "#ffe39a", opacity=0.2, light=True)
        canvas.circle(0, -92, 19, "#ffeab0", opacity=0.35, light=True)
    canvas.shape("M-8 0L-4 -10H4L8 0ZM-1.8 -10V-82H1.8V-10Z", iron)
    canvas.rect(-8, -74, 16, 2, iron)
    canvas.polygon(
        [(-8, -100), (8, -100), (5, -82), (-5, -82)],
        "#fff3c0" if look.lit else "#dfe8e8",
        light=look.lit,
    )
    canvas.polygon([(-10, -100), (0, -109), (10, -100)], iron)


def piano(canvas: Canvas, look: Look) -> None:
    """Draw a grand piano."""
    wood = look.main("#2f2b36", "#5d3526")
    canvas.shape("M-70 -46V-50Q-20 -112 64 -94Q84 -78 76 -46Z", lighter(wood, 0.12))
    canvas.shape("M-62 -48Q-18 -102 58 -88Q72 -74 68 -48Z", "#c98f4a", outline=False)
    canvas.shape(
        "".join(
            shapes.box(x, -48 - (x + 62) * 0.22, 1, (x + 62) * 0.22) for x in range(-40, 64, 9)
        ),
        "#f3e3b8",
        outline=False,
    )
    canvas.stroke("M40 -88L30 -46", wood, 2.4)
    canvas.shape("M-78 -48H80Q86 -36 78 -26H-78Z", wood)
    canvas.rect(-78, -38, 74, 7, "#fdfaf2")
    canvas.shape(
        "".join(shapes.box(-73 + i * 7.4, -38, 3.4, 4.4) for i in range(10) if i % 7 not in (2, 6)),
        INK,
        outline=False,
    )
    canvas.shape(
        shapes.box(-70, -26, 7, 26) + shapes.box(62, -26, 7, 26) + shapes.box(-6, -26, 6, 24), wood
    )


def chair(canvas: Canvas, look: Look) -> None:
    """Draw an upholstered armchair."""
    cloth = look.main("#c9705a", "#5f8a8f", "#d8a84a", "#7a6f9a")
    canvas.shape(shapes.box(-44, -10, 7, 10) + shapes.box(37, -10, 7, 10), "#6b4a34")
    canvas.rect(-42, -98, 84, 80, darker(cloth, 0.1), round_by=20)
    canvas.rect(-34, -90, 68, 60, cloth, round_by=14, outline=False)
    canvas.shape(
        "".join(
            shapes.disc(x, y, 2) for x, y in ((-16, -72), (0, -72), (16, -72), (-8, -60), (8, -60))
        ),
        darker(cloth, 0.26),
        outline=False,
    )
    canvas.rect(-40, -46, 80, 24, lighter(cloth, 0.12), round_by=9)
    canvas.rect(-58, -56, 22, 48, cloth, round_by=10)
    canvas.rect(36, -56, 22, 48, darker(cloth, 0.12), round_by=10)
    canvas.rect(-50, -26, 100, 18, darker(cloth, 0.18), round_by=6)


def table(canvas: Canvas, look: Look) -> None:
    """Draw a wooden table."""
    wood = look.main("#a8703f", "#8a5a38", "#c99a68")
    canvas.shape(
        shapes.polygon([(-78, -88), (-68, -88), (-72, 0), (-79, 0)])
        + shapes.polygon([(78, -88), (68, -88), (72, 0), (79, 0)]),
        darker(wood, 0.2),
    )
    canvas.rect(-84, -88, 168, 14, darker(wood, 0.12))
    canvas.rect(-96, -98, 192, 13, wood, round_by=4)
    canvas.rect(-96, -98, 192, 4, lighter(wood, 0.25), round_by=2, outline=False)


def bed(canvas: Canvas, look: Look) -> None:
    """Draw a bed with a quilt."""
    quilt = look.main("#7a9ac0", "#d98f8a", "#8fae8a")
    canvas.shape("M-110 0V-96Q-104 -104 -96 -96V0ZM104 0V-58Q110 -66 116 -58V0Z", "#8a5c38")
    canvas.rect(-102, -34, 210, 24, "#a8754a")
    canvas.rect(-98, -52, 204, 22, "#fdf8ee", round_by=8)
    canvas.rect(-92, -70, 52, 24, "#ffffff", round_by=10)
    canvas.shape("M-40 -58Q34 -70 108 -54V-18H-40Z", quilt)
    canvas.shape("M-40 -58Q-30 -60 -22 -61V-18H-40Z", lighter(quilt, 0.4), outline=False)


def clock(canvas: Canvas, look: Look) -> None:
    """Draw an alarm clock."""
    case = look.main("#d8533f", "#4f8f9a", "#e8b04a", "#7a6fa8")
    canvas.shape(
        shapes.polygon([(-30, -14), (-20, -10), (-30, 0), (-37, 0)])
        + shapes.polygon([(30, -14), (20, -10), (30, 0), (37, 0)]),
        "#5d5a68",
    )
    canvas.shape("M-40 -76a20 20 0 0 1 30 -18ZM40 -76a20 20 0 0 0 -30 -18Z", darker(case, 0.16))
    canvas.circle(0, -46, 42, case)
    canvas.circle(0, -46, 34, "#fdf8ec", outline=False)
    marks = "".join(
        shapes.disc(
            math.cos(math.tau * i / 12) * 28,
            -46 + math.sin(math.tau * i / 12) * 28,
            2.4 if i % 3 == 0 else 1.3,
        )
        for i in range(12)
    )
    canvas.shape(marks, "#4a4048", outline=False)
    canvas.stroke("M0 -46L-12 -60M0 -46L17 -55", "#3a3038", 3.6)
    canvas.circle(0, -46, 3.4, "#d8433f", outline=False)


def candle(canvas: Canvas, look: Look) -> None:
    """Draw a burning candle."""
    wax = look.main("#fbf0d8", "#e8a0a0", "#c9d8b8")
    canvas.circle(0, -84, 44, "#ffdf8a", opacity=0.25, light=True)
    canvas.circle(0, -84, 26, "#ffe9a8", opacity=0.35, light=True)
    canvas.ellipse(0, -5, 36, 7, "#b98a34")
    canvas.rect(-16, -62, 32, 58, wax, round_by=3)
    canvas.shape(
        "M-16 -62H16V-46q-4 10 -8 0q-3 -6 -6 2q-5 12 -9 0q-4 -8 -9 -2Z",
        lighter(wax, 0.4),
        outline=False,
    )
    canvas.rect(-1, -72, 2, 12, "#4a3a30", outline=False)
    canvas.shape("M0 -106Q13 -88 8 -76T-8 -76Q-13 -88 0 -106Z", "#ffb03c", light=True)
    canvas.shape("M0 -94Q6 -84 4 -76T-4 -76Q-6 -84 0 -94Z", "#fff6c8", light=True, outline=False)


def computer(canvas: Canvas, look: Look) -> None:
    """Draw a laptop with a landscape on its screen."""
    case = look.main("#b8bec8", "#5d6370")
    canvas.rect(-58, -90, 116, 76, darker(case, 0.3), round_by=5)
    canvas.rect(-53, -85, 106, 64, "#8fcbe8", light=look.lit, outline=False)
    canvas.shape(
        "M-53 -38Q-26 -62 0 -42Q26 -58 53 -36V-21H-53Z", "#6fae7a", outline=False, light=look.lit
    )
    canvas.circle(28, -70, 8, "#fff0a8", outline=False, light=look.lit)
    canvas.polygon([(-60, -14), (60, -14), (78, 0), (-78, 0)], case)
    canvas.polygon([(-50, -11), (50, -11), (54, -6), (-54, -6)], darker(case, 0.3), outline=False)
