"""Set text: its size and place, where lines break, and that typefaces look different."""

import itertools

import numpy as np
import pytest

from kaiga.engines.sketch.lettering.fonts import Typecase
from kaiga.engines.sketch.lettering.typefaces import BOLD, TYPEFACES, Typeface, find_typeface
from kaiga.engines.sketch.lettering.typesetting import (
    Coverage,
    Setting,
    broken,
    fit_text,
    set_line,
    text_width,
)

LATIN = Setting(typecase=Typecase(package="", folders=()))
EAST = Setting(typecase=Typecase(folders=()))


def inked_box(coverage: Coverage) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(coverage > 127)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def test_a_line_is_about_as_large_as_asked_for() -> None:
    left, top, right, bottom = inked_box(set_line("H", 100, LATIN))

    assert 60 < bottom - top < 85
    assert 40 < right - left < 85


def test_twice_the_size_is_twice_the_ink_in_each_direction() -> None:
    small, large = (set_line("Kaiga", size, LATIN).sum() for size in (60, 120))

    assert 3.5 < large / small < 4.5


@pytest.mark.parametrize("text", ["福", "Kaiga 绘画"])
def test_east_asian_letters_have_ink(text: str) -> None:
    coverage = set_line(text, 80, EAST)

    assert 0.02 < (coverage > 127).mean() < 0.5


def test_the_same_text_has_the_same_ink() -> None:
    assert np.array_equal(set_line("Kaiga", 50, LATIN), set_line("Kaiga", 50, LATIN))


def test_a_heavier_typeface_has_more_ink() -> None:
    bold = Setting(typecase=LATIN.typecase, typeface=BOLD)

    assert set_line("Kaiga", 80, bold).sum() > 1.15 * set_line("Kaiga", 80, LATIN).sum()


def test_a_slanted_typeface_leans_to_the_right() -> None:
    slanted = Setting(typecase=LATIN.typecase, typeface=Typeface(slant=0.3))
    left, top, right, bottom = inked_box(set_line("I", 200, slanted))
    ink = set_line("I", 200, slanted)[top:bottom, left:right] > 127

    upper, lower = (np.nonzero(ink[row])[0].mean() for row in (3, -4))
    assert upper - lower > 20


def test_every_named_typeface_looks_different() -> None:
    inks = [
        set_line("Ag", 120, Setting(typecase=LATIN.typecase, typeface=face))
        for face in TYPEFACES.values()
    ]

    for first, second in itertools.combinations(inks, 2):
        same = first.shape == second.shape
        assert not same or np.abs(first.astype(int) - second).mean() > 1


def test_an_unknown_typeface_is_drawn_bold() -> None:
    assert find_typeface("nonesuch") == find_typeface(None) == BOLD


def test_lines_break_between_words() -> None:
    width = text_width("one two", 40, LATIN) + 2

    assert broken("one two three", width, 40, LATIN) == ["one two", "three"]


def test_east_asian_lines_break_anywhere_but_before_a_stop() -> None:
    width = text_width("你好你好", 40, EAST) + 2

    assert broken("你好你好。世界", width, 40, EAST) == ["你好你", "好。世界"]


def test_a_line_feed_breaks_a_line() -> None:
    assert broken("a\nb", 1000, 40, LATIN) == ["a", "b"]


def test_a_text_is_set_as_large_as_its_box_allows() -> None:
    block = fit_text("Grand opening on Sunday", 300, 120, LATIN, largest=500)

    left, top, right, bottom = inked_box(block.coverage)
    assert block.coverage.shape == (120, 300)
    assert left >= 0
    assert right <= 300
    assert right - left > 150
    assert bottom - top > 50
    assert " ".join(block.lines) == "Grand opening on Sunday"


def test_a_short_text_is_never_larger_than_the_largest_size() -> None:
    assert fit_text("Hi", 1000, 1000, LATIN, largest=48).size_pixels == 48


@pytest.mark.parametrize(("align", "side"), [("left", 0), ("right", 1)])
def test_text_stands_where_it_is_aligned(align: str, side: int) -> None:
    setting = Setting(typecase=LATIN.typecase, align=align)
    left, _, right, _ = inked_box(fit_text("Hi", 400, 60, setting, largest=40).coverage)

    assert (left, 400 - right)[side] < 12


def test_a_long_text_in_a_tiny_box_is_still_set() -> None:
    assert fit_text("word " * 60, 20, 10, LATIN, largest=90).coverage.shape == (10, 20)
