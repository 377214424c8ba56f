"""Sets texts as coverage: arrays that say how much of each pixel is ink, 0 to 255."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from kaiga.engines.sketch.lettering.fonts import Run, Typecase
from kaiga.engines.sketch.lettering.scripts import is_east_asian, language_of
from kaiga.engines.sketch.lettering.typefaces import REGULAR, Typeface

Coverage = NDArray[np.uint8]
"""How much of each pixel is ink: height by width, 0 to 255."""

ASCENT, DESCENT = 0.92, 0.28
"""Room above and below the baseline, per size: what Han letters and descenders need."""
LEADING = 1.3
"""From baseline to baseline, per size."""
SMALLEST = 4.0
"""Letters are never set smaller than this, in pixels; what does not fit then is cut off."""
NEVER_FIRST = frozenset(
    "、。，．！？：；）」』】〉》〕’”…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.!?:;)]}%"
)
"""Signs that may not begin a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a text is set; `align` is `left`, `centre` or `right`."""

    typecase: Typecase
    typeface: Typeface = REGULAR
    align: str = "centre"
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A text set to fit a box: its ink, the box's height by width, and the letters' size."""

    coverage: Coverage
    size_pixels: float
    lines: tuple[str, ...]


def set_line(text: str, size_pixels: float, setting: Setting) -> Coverage:
    """Set one line; the array is as tall as a line of this size needs, whatever its letters.

    Raises:
        Refused: no font has its letters.
    """
    runs = setting.typecase.runs(text, setting.language or language_of(text))
    face = setting.typeface
    stroke = face.weight * size_pixels
    margin = math.ceil(stroke + face.slant * size_pixels) + 1
    height = math.ceil((ASCENT + DESCENT) * size_pixels)
    width = sum(_advance(run, size_pixels) for run in runs)
    image = Image.new("L", (math.ceil(width) + 2 * margin, height))
    pen, at = ImageDraw.Draw(image), float(margin)
    for run in runs:
        font = run.font.at(size_pixels)
        place = (at, ASCENT * size_pixels)
        pen.text(place, run.text, fill=255, font=font, anchor="ls", stroke_width=stroke)
        at += _advance(run, size_pixels)
    return _shaped(image, size_pixels, face)


def fit_text(text: str, width: int, height: int, setting: Setting, *, largest: float) -> Block:
    """Set a text as large as fits into a box, at most `largest`, in as many lines as it needs.

    Raises:
        Refused: no font has its letters.
    """
    most, size = max(SMALLEST, largest), SMALLEST
    if _fits(text, most, width, height, setting):
        return _block(text, most, width, height, setting)
    for _ in range(10):
        middle = (size + most) / 2
        if _fits(text, middle, width, height, setting):
            size = middle
        else:
            most = middle
    return _block(text, size, width, height, setting)


def text_width(text: str, size_pixels: float, setting: Setting) -> float:
    """Measure one line, in pixels."""
    runs = setting.typecase.runs(text, setting.language or language_of(text))
    return sum(_advance(run, size_pixels) for run in runs) * setting.typeface.width


def broken(text: str, width: float, size_pixels: float, setting: Setting) -> list[str]:
    """Break a text into lines of at most `width` pixels; a single longer word stays whole."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for piece in _pieces(paragraph):
            longer = line + piece
            if line.strip() and text_width(longer.rstrip(), size_pixels, setting) > width:
                lines.append(line.strip())
                longer = piece.lstrip()
            line = longer
        lines.append(line.strip())
    return lines


def _pieces(text: str) -> Sequence[str]:
    """Cut where a line may break: after spaces, and around East Asian letters."""
    pieces: list[str] = []
    for character in text:
        joins = pieces and (
            character in NEVER_FIRST
            or (
                not is_east_asian(character)
                and not is_east_asian(pieces[-1][-1])
                and not pieces[-1].endswith(" ")
            )
        )
        if joins:
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _block(text: str, size: float, width: int, height: int, setting: Setting) -> Block:
    lines = broken(text, width, size, setting)
    coverage = np.zeros((height, width), dtype=np.uint8)
    step = LEADING * size
    tall = step * (len(lines) - 1) + (ASCENT + DESCENT) * size
    top = (height - tall) / 2
    for index, line in enumerate(lines):
        if line:
            ink = set_line(line, size, setting)
            _put(coverage, ink, _left(ink.shape[1], width, setting.align), top + index * step)
    return Block(coverage=coverage, size_pixels=size, lines=tuple(lines))


def _fits(text: str, size: float, width: int, height: int, setting: Setting) -> bool:
    lines = broken(text, width, size, setting)
    tall = LEADING * size * (len(lines) - 1) + (ASCENT + DESCENT) * size
    return tall <= height and all(
        text_width(line, size, setting) <= width for line in lines if line
    )


def _left(wide: int, width: int, align: str) -> float:
    match align:
        case "left":
            return 0
        case "right":
            return width - wide
        case _:
            return (width - wide) / 2


def _put(coverage: Coverage, ink: Coverage, left: float, top: float) -> None:
    x, y = round(left), round(top)
    height, width = coverage.shape
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + ink.shape[1], width), min(y + ink.shape[0], height)
    if x0 < x1 and y0 < y1:
        part = ink[y0 - y : y1 - y, x0 - x : x1 - x]
        coverage[y0:y1, x0:x1] = np.maximum(coverage[y0:y1, x0:x1], part)


def _advance(run: Run, size_pixels: float) -> float:
    return run.font.at(size_pixels).getlength(run.text)


def _shaped(image: Image.Image, size_pixels: float, face: Typeface) -> Coverage:
    if face.slant:
        lean = face.slant
        image = image.transform(
            image.size,
            Image.Transform.AFFINE,
            (1, lean, -lean * ASCENT * size_pixels, 0, 1, 0),
            Image.Resampling.BICUBIC,
        )
    if face.width != 1:
        wide = max(1, round(image.width * face.width))
        image = image.resize((wide, image.height), Image.Resampling.BICUBIC)
    if face.roundness:
        image = _rounded(image, face.roundness * size_pixels)
    return np.array(image)


def _rounded(image: Image.Image, radius: float) -> Image.Image:
    """Round corners: blurred, ink and paper meet at a half where a corner no longer reaches."""
    soft = np.array(image.filter(ImageFilter.GaussianBlur(radius))).astype(np.float32)
    sharp = np.clip((soft / 255 - 0.5) * max(2.0, radius * 2.2) + 0.5, 0, 1)
    return Image.fromarray(np.rint(sharp * 255).astype(np.uint8))
