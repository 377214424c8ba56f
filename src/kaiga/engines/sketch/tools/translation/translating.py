"""Makes a picture whose known phrases stand in another language; all else stays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kaiga.engines.sketch.colours import Rgb
from kaiga.engines.sketch.edits.fields import grown
from kaiga.engines.sketch.edits.files import make_jpeg
from kaiga.engines.sketch.edits.filling import filled, smoothly_filled
from kaiga.engines.sketch.edits.pictures import Field, Mask, Pixels, open_pixels, resized
from kaiga.engines.sketch.judging.boxes import Box
from kaiga.engines.sketch.lettering.fonts import Typecase
from kaiga.engines.sketch.lettering.typefaces import BOLD
from kaiga.engines.sketch.lettering.typesetting import Setting, fit_text
from kaiga.engines.sketch.lettering.writing import written
from kaiga.engines.sketch.making import Made, Making, Step
from kaiga.engines.sketch.tools.options import as_list, as_object, object_option, text_option
from kaiga.engines.sketch.tools.translation.lines import WORKING_SIDE, Line, find_lines
from kaiga.engines.sketch.tools.translation.phrasebook import (
    Match,
    Phrasebook,
    code_of,
    folded,
    open_phrasebook,
)
from kaiga.engines.sketch.tools.translation.reading import (
    LATIN_LETTERS,
    SURE,
    Reading,
    make_alphabet,
    read_line,
)
from kaiga.ports.engine import GenerationJob

NO_TEXT = "No text detected for translation"
"""Source: contract/image-models.md, 11."""
MOST_LINES = 260
LEAST_FITS = (0.88, 0.8, 0.72)
"""How well letters must fit to be a phrase of one, of two, and of more letters."""
WIDER = 0.5
"""How much further a translation may reach to each side than its line did, in its heights."""
EVEN = 55.0
"""A ground that varies less than this (of 255) is filled without texture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """A line that could be read, in the pixels of the picture, and the known phrases in it."""

    line: Line
    reading: Reading
    matches: Sequence[Match]


def translate_picture(job: GenerationJob) -> Making:
    """Translate the texts of a picture as far as the phrasebook goes; gives a JPEG of its size.

    The client's `terminologies` come before the phrasebook, and a line that is one of its
    `sensitives` stays. Without any text that can be read, the finding `message` says so.
    """
    pixels = open_pixels(job.media_of("image")[0])
    book = _phrasebook(job)
    yield Step(step=1, steps=3)
    found = _read(pixels, book)
    yield Step(step=2, steps=3)
    if not found:
        return Made(files=(make_jpeg(job, pixels),), findings={"message": NO_TEXT})
    kept = {folded(str(each)) for each in as_list(object_option(job, "ext").get("sensitives"))}
    result = pixels
    for read in found:
        if folded(read.reading.text) in kept:
            continue
        for match in read.matches:
            whole = match.last - match.first == len(read.reading.letters)
            room = WIDER if whole else 0.0
            part = _part(read, match)
            result = _replaced(result, part, match.translation, language=_target(job), wider=room)
    return Made(files=(make_jpeg(job, result),))


def _target(job: GenerationJob) -> str:
    return code_of(text_option(job, "target_lang", "en"))


def _phrasebook(job: GenerationJob) -> Phrasebook:
    terms = [
        (str(term.get("src", "")), str(term.get("tgt", "")))
        for term in map(as_object, as_list(object_option(job, "ext").get("terminologies")))
    ]
    return open_phrasebook(code_of(text_option(job, "source_lang", "auto")), _target(job), terms)


def _read(pixels: Pixels, book: Phrasebook) -> Sequence[ReadLine]:
    """Give the lines that are surely text, from top to bottom, each place once."""
    height, width = pixels.shape[:2]
    share = min(1.0, WORKING_SIDE / max(height, width))
    small = resized(pixels, max(1, round(width * share)), max(1, round(height * share)))
    alphabet = make_alphabet(LATIN_LETTERS + "".join(book.known))
    lines = sorted(find_lines(small), key=lambda line: -line.box.area)[:MOST_LINES]
    sure: list[ReadLine] = []
    for line in lines:
        reading = read_line(line, alphabet)
        matches = _sure_matches(reading, book)
        if matches or _is_text(reading):
            sure.append(ReadLine(line=line, reading=reading, matches=matches))
    sure.sort(key=lambda read: (-len(read.matches), -_worth(read.reading), read.line.box))
    kept: list[ReadLine] = []
    for read in sure:
        box = read.line.box
        if all(box.shared_area(other.line.box) < 0.3 * box.area for other in kept):
            kept.append(read)
    return [_enlarged(read, 1 / share) for read in sorted(kept, key=lambda read: read.line.box.top)]


def _worth(reading: Reading) -> float:
    return reading.fit * min(len(reading.letters), 8)


def _sure_matches(reading: Reading, book: Phrasebook) -> Sequence[Match]:
    """Give the known phrases whose letters fit well enough; short ones have to fit better."""
    letters = reading.letters
    found = book.find(
        [letter.character for letter in letters], [letter.begins for letter in letters]
    )
    sure: list[Match] = []
    for match in found:
        fits = [letter.fit for letter in letters[match.first : match.last]]
        if sum(fits) / len(fits) >= LEAST_FITS[min(len(fits), len(LEAST_FITS)) - 1]:
            sure.append(match)
    return sure


def _is_text(reading: Reading) -> bool:
    """Tell whether letters that say nothing known are text all the same."""
    letters = [each.character for each in reading.letters if each.character.isalpha()]
    return reading.fit >= SURE and len(letters) >= 3 and len(set(letters)) >= 3


def _enlarged(read: ReadLine, share: float) -> ReadLine:
    box = read.line.box.scaled(share)
    ink = resized((read.line.ink * 255).astype(np.uint8), max(1, box.width), max(1, box.height))
    line = Line(box=box, ink=ink.astype(np.float32) / 255, dark=read.line.dark)
    return ReadLine(line=line, reading=read.reading, matches=read.matches)


def _part(read: ReadLine, match: Match) -> Line:
    """Give the part of a line that says a phrase."""
    box, width = read.line.box, read.line.ink.shape[1]
    letters = read.reading.letters
    start = round(letters[match.first].start * width)
    end = max(start + 1, round(letters[match.last - 1].end * width))
    part = Box(box.left + start, box.top, box.left + end, box.bottom)
    return Line(box=part, ink=read.line.ink[:, start:end], dark=read.line.dark)


def _replaced(pixels: Pixels, line: Line, text: str, *, language: str, wider: float) -> Pixels:
    """Take a line's strokes out of the picture, and write another text in their colour."""
    height, width = pixels.shape[:2]
    box = line.box.within(width, height)
    ink = np.zeros((height, width), dtype=np.float32)
    ink[box.top : box.bottom, box.left : box.right] = line.ink[: box.height, : box.width]
    colour = _colour(pixels, ink)
    strokes = grown(ink > 0.12, max(2, round(box.height * 0.09)))
    clean = _cleaned(pixels, strokes, box)
    room = _room(box, width, height, wider)
    setting = Setting(typecase=Typecase(), typeface=BOLD, language=language)
    block = fit_text(text, room.width, room.height, setting, largest=box.height * 1.05)
    coverage = np.zeros((height, width), dtype=np.uint8)
    coverage[room.top : room.bottom, room.left : room.right] = block.coverage
    return written(clean, coverage, colour)


def _colour(pixels: Pixels, ink: Field) -> Rgb:
    core = pixels[ink > 0.85] if (ink > 0.85).any() else pixels[ink >= ink.max()]
    red, green, blue = np.median(core, axis=0).tolist()
    return (float(red), float(green), float(blue))


def _cleaned(pixels: Pixels, strokes: Mask, box: Box) -> Pixels:
    """Fill where strokes were: softly on an even ground, with texture on another."""
    around = grown(strokes, max(3, round(box.height * 0.15))) & ~strokes
    rough = float(pixels[around].astype(np.float32).std(axis=0).max()) if around.any() else 0.0
    return (
        smoothly_filled(pixels, strokes) if rough < EVEN else filled(pixels, strokes, "translation")
    )


def _room(box: Box, width: int, height: int, wider: float) -> Box:
    """Give the box of a line with a little more room above, below and, in heights, to the sides."""
    aside, above = round(box.height * wider), round(box.height * 0.2)
    return Box(box.left - aside, box.top - above, box.right + aside, box.bottom + above).within(
        width, height
    )
