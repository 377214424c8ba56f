"""Reads lines by comparing their shapes with letters of the fonts at hand.

It knows only the letters it is told to look for, and reads clean, upright print at best.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kaiga.engines.sketch.edits.pictures import Field
from kaiga.engines.sketch.lettering.fonts import Typecase
from kaiga.engines.sketch.lettering.scripts import is_east_asian
from kaiga.engines.sketch.lettering.typefaces import BOLD, REGULAR, Typeface
from kaiga.engines.sketch.lettering.typesetting import Setting, set_line
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.tools.translation.lines import Line

LATIN_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789&%$'!?"
GRID = 24
"""Letters are compared on so many places each way."""
TEMPLATE_SIZE = 64.0
SLANTED = Typeface(slant=0.12)
SURE = 0.8
"""A line is text where its letters fit at least so well on average (correlation)."""
WORD_GAP = 0.16
WIDER_THAN_USUAL = 1.8
"""A gap wider than this share of the line's height, and than its usual gap, parts words."""
WIDEST_LETTER = 1.35
"""How wide one letter may be, in heights of the line."""
MOST_CUTS = 140
MOST_JOINED = 9
"""A letter is made of at most so many stretches."""
THIN, THIN_REACH = 0.42, 0.1
"""Touching letters part where less than this share of a column is ink; how far around is looked."""
LINE_HEIGHT = 40
"""Lines are read at this height, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter, where it stands in its line from the left, 0 to 1, and how well it fits.

    `begins` tells that there is a gap before it, as between words.
    """

    character: str
    start: float
    end: float
    fit: float
    begins: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a line says, letter by letter."""

    letters: Sequence[Letter] = ()

    @property
    def text(self) -> str:
        """The words, with a space in each gap."""
        return "".join((" " if each.begins else "") + each.character for each in self.letters)

    @property
    def fit(self) -> float:
        """How well the letters fit on average, wide ones counting more; 0 without any."""
        wide = sum(each.end - each.start for each in self.letters)
        return sum((each.end - each.start) * each.fit for each in self.letters) / max(wide, 1e-6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """The letters that are looked for: their shapes as rows of unit length, and their measures.

    `aspects` are widths per height of each letter's own ink.
    """

    letters: Sequence[str]
    shapes: NDArray[np.float32]
    aspects: NDArray[np.float32]


def read_line(line: Line, alphabet: Alphabet) -> Reading:
    """Read a line; without letters where no cut into letters makes sense."""
    ink = _at_reading_height(line.ink)
    cuts = _cuts(ink)
    if not 1 <= len(cuts) <= MOST_CUTS:
        return Reading()
    height, width = ink.shape
    pieces = _best_pieces(ink, cuts, alphabet)
    gaps = [after[0] - before[1] for before, after in pairwise(pieces)]
    wide = max(WORD_GAP * height, WIDER_THAN_USUAL * median(gaps)) if gaps else 0.0
    return Reading(
        letters=[
            Letter(
                character=character,
                start=start / width,
                end=end / width,
                fit=fit,
                begins=gap > wide and not is_east_asian(character),
            )
            for (start, end, character, fit), gap in zip(pieces, [0, *gaps], strict=True)
        ]
    )


def _at_reading_height(ink: Field) -> Field:
    height, width = ink.shape
    wide = max(1, round(width * LINE_HEIGHT / height))
    image = Image.fromarray(np.ascontiguousarray(ink, dtype=np.float32))
    return np.array(image.resize((wide, LINE_HEIGHT), Image.Resampling.BILINEAR))


@lru_cache(maxsize=8)
def make_alphabet(letters: str) -> Alphabet:
    """Draw every letter, regular, bold and slanted; letters that no font has are left out."""
    typecase = Typecase()
    names: list[str] = []
    shapes: list[NDArray[np.float32]] = []
    aspects: list[float] = []
    for letter in sorted(set(letters)):
        for face in (REGULAR, BOLD, SLANTED):
            try:
                ink = set_line(letter, TEMPLATE_SIZE, Setting(typecase=typecase, typeface=face))
            except Refused:
                break
            own = _own_ink(ink.astype(np.float32) / 255)
            if own is None:
                break
            names.append(letter)
            shapes.append(_shape(own))
            aspects.append(own.shape[1] / own.shape[0])
    return Alphabet(
        letters=names,
        shapes=np.array(shapes, dtype=np.float32),
        aspects=np.array(aspects, dtype=np.float32),
    )


def _cuts(ink: Field) -> list[tuple[int, int]]:
    """Give the stretches of columns that letters are made of: first column, and the one after.

    Where letters may touch, a stretch ends at the thinnest place between them.
    """
    inked = ink.max(axis=0) > 0.45
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(np.int8), [0]])))
    cuts: list[tuple[int, int]] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        places = [start, *_thin_places(ink[:, start:end], start), end]
        cuts += list(pairwise(places))
    return cuts


def _thin_places(run: Field, start: int) -> list[int]:
    """Give the columns inside a run that have less ink than those around them, and little."""
    height, width = run.shape
    if width < 0.5 * height:
        return []
    ink = run.sum(axis=0) / height
    reach = max(1, round(height * THIN_REACH))
    found: list[int] = []
    for column in range(reach, width - reach):
        around = ink[column - reach : column + reach + 1]
        if ink[column] < THIN and ink[column] <= around.min() and around.max() > 1.4 * ink[column]:
            if found and start + column - found[-1] < reach:
                continue
            found.append(start + column)
    return found


Piece = tuple[int, int, str, float]
"""Start, end, letter and fit of one letter of a line."""


def _best_pieces(ink: Field, cuts: Sequence[tuple[int, int]], alphabet: Alphabet) -> list[Piece]:
    """Join runs of columns to letters, so that together they fit best."""
    height = ink.shape[0]
    best: list[tuple[float, list[Piece]]] = [(0.0, [])]
    for last in range(len(cuts)):
        options: list[tuple[float, list[Piece]]] = []
        for first in range(last, max(-1, last - MOST_JOINED), -1):
            start, end = cuts[first][0], cuts[last][1]
            if first < last and end - start > WIDEST_LETTER * height:
                break
            letter, fit = _letter(ink[:, start:end], alphabet)
            total, before = best[first]
            # Weighed by width, so that one good wide letter beats two good halves of it.
            worth = total + (fit - 0.35) * (end - start) + (fit > 0.9) * 0.02 * height
            options.append((worth, [*before, (start, end, letter, fit)]))
        best.append(max(options, key=lambda option: option[0]))
    return best[-1][1]


def _letter(part: Field, alphabet: Alphabet) -> tuple[str, float]:
    own = _own_ink(part)
    if own is None or not len(alphabet.letters):
        return "", 0.0
    aspect = own.shape[1] / own.shape[0]
    unlike = np.abs(np.log(np.maximum(alphabet.aspects, 0.02) / max(aspect, 0.02)))
    fits = alphabet.shapes @ _shape(own) - np.clip(unlike - 0.15, 0, 1) * 0.6
    index = int(fits.argmax())
    return alphabet.letters[index], float(np.clip(fits[index], 0, 1))


def _own_ink(part: Field) -> Field | None:
    """Cut a part down to what is inked."""
    rows, columns = np.flatnonzero(part.max(axis=1) > 0.4), np.flatnonzero(part.max(axis=0) > 0.4)
    if not rows.size or not columns.size:
        return None
    return part[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _shape(own: Field) -> NDArray[np.float32]:
    """Bring ink to the grid, as a row of unit length around its own mean."""
    image = Image.fromarray(own.astype(np.float32))
    grid = np.array(image.resize((GRID, GRID), Image.Resampling.BILINEAR)).ravel()
    off = grid - grid.mean()
    return (off / max(float(np.linalg.norm(off)), 1e-6)).astype(np.float32)
