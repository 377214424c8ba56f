"""The visible mark at the lower right, its letters drawn as strokes of our own."""

from kaiga.engines.sketch.canvas import Canvas

# Each letter in a box 4 wide and 6 high, y downwards, tails down to 8: polylines through grid
# points.
_LETTERS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "A": (((0, 6), (2, 0), (4, 6)), ((0.8, 3.8), (3.2, 3.8))),
    "I": (((0, 0), (0, 6)),),
    "G": (
        (
            (3.9, 1.2),
            (2.8, 0),
            (1.2, 0),
            (0, 1.4),
            (0, 4.6),
            (1.2, 6),
            (2.8, 6),
            (4, 4.8),
            (4, 3.2),
            (2.4, 3.2),
        ),
    ),
    "e": (
        (
            (0.1, 4),
            (3.3, 4),
            (3.2, 2.8),
            (2.4, 2),
            (1, 2),
            (0, 3),
            (0, 5),
            (1, 6),
            (2.4, 6),
            (3.2, 5.3),
        ),
    ),
    "n": (((0, 2), (0, 6)), ((0, 3.2), (1, 2), (2.2, 2), (3, 3), (3, 6))),
    "r": (((0, 2), (0, 6)), ((0, 3.4), (1, 2.1), (2, 2))),
    "a": (
        ((0.3, 2.4), (1.2, 2), (2.2, 2), (3, 2.8), (3, 6)),
        ((3, 3.8), (1.2, 3.8), (0.1, 4.5), (0.1, 5.4), (1, 6), (2, 6), (3, 5.1)),
    ),
    "t": (((0.9, 0.6), (0.9, 5.2), (1.6, 6), (2.3, 6)), ((0, 2), (2.2, 2))),
    "d": (
        ((3.1, 0), (3.1, 6)),
        ((3.1, 3), (2.1, 2), (1, 2), (0, 3), (0, 5), (1, 6), (2.1, 6), (3.1, 5)),
    ),
    "Q": (
        (
            (2, 0),
            (0.6, 0.7),
            (0, 2),
            (0, 4),
            (0.6, 5.3),
            (2, 6),
            (3.4, 5.3),
            (4, 4),
            (4, 2),
            (3.4, 0.7),
            (2, 0),
        ),
        ((2.5, 4.5), (4.1, 6.4)),
    ),
    "H": (((0, 0), (0, 6)), ((4, 0), (4, 6)), ((0, 2.9), (4, 2.9))),
    "w": (((0, 2), (1.1, 6), (2.2, 2.6), (3.3, 6), (4.4, 2)),),
    "m": (
        ((0, 2), (0, 6)),
        ((0, 3.1), (0.8, 2), (1.7, 2), (2.3, 2.8), (2.3, 6)),
        ((2.3, 3.1), (3.1, 2), (4, 2), (4.6, 2.8), (4.6, 6)),
    ),
    "g": (
        ((3.1, 2), (3.1, 7), (2.2, 8), (0.9, 8), (0.2, 7.4)),
        ((3.1, 3), (2.1, 2), (1, 2), (0, 3), (0, 5), (1, 6), (2.1, 6), (3.1, 5)),
    ),
    "p": (
        ((0, 2), (0, 8)),
        ((0, 3), (1, 2), (2.1, 2), (3.1, 3), (3.1, 5), (2.1, 6), (1, 6), (0, 5)),
    ),
    "y": (((0, 2), (1.6, 5.8)), ((3.2, 2), (1.2, 7.2), (0.3, 8))),
    "o": (((1.1, 2), (0, 3), (0, 5), (1.1, 6), (2.2, 6), (3.3, 5), (3.3, 3), (2.2, 2), (1.1, 2)),),
    "s": (
        (
            (2.7, 2.6),
            (2, 2),
            (0.8, 2),
            (0.1, 2.7),
            (0.5, 3.6),
            (2.2, 4.3),
            (2.8, 5.1),
            (2.1, 6),
            (0.7, 6),
            (0, 5.4),
        ),
    ),
    "-": (((0, 4), (1.8, 4)),),
}
_UNKNOWN = (((0, 0.6), (3, 0.6), (3, 6), (0, 6), (0, 0.6)),)
"""A box in place of a character that has no strokes here."""
_TAILED = frozenset("gpyQ")
_TAIL = 1.8
"""How much further down the plate goes where a letter has a tail."""
_SPACE = 2.6
_GAP = 1.5
HEIGHT_SHARE = 0.024
"""Height of a capital letter per the geometric mean of the picture's sides."""


def draw_watermark(canvas: Canvas, text: str) -> None:
    """Write `text` in the lower right corner, on a plate that keeps it legible."""
    size = (canvas.width * canvas.height) ** 0.5 * HEIGHT_SHARE
    unit = min(size, canvas.width * 0.35 / (_length(text) / 6)) / 6
    width, height = _length(text) * unit, 6 * unit
    left = canvas.width - width - unit * 5
    top = canvas.height - height - unit * 5
    canvas.rect(
        left - unit * 2.4,
        top - unit * 2,
        width + unit * 4.8,
        height + unit * (4 + (_TAIL if _TAILED & set(text) else 0)),
        "#14141c",
        round_by=unit * 2,
        opacity=0.5,
        light=True,
        outline=False,
    )
    for character in text:
        if character == " ":
            left += _SPACE * unit
            continue
        for line in _LETTERS.get(character, _UNKNOWN):
            points = [(left + x * unit, top + y * unit) for x, y in line]
            canvas.line(points, "#ffffff", unit * 0.85, opacity=0.95, light=True)
        left += (_width(character) + _GAP) * unit


def _length(text: str) -> float:
    letters = sum(_SPACE if c == " " else _width(c) + _GAP for c in text)
    return letters - _GAP


def _width(character: str) -> float:
    return max(x for line in _LETTERS.get(character, _UNKNOWN) for x, _ in line)
