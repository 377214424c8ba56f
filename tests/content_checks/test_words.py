"""The check by a list of terms: where a term stands, and where it only seems to."""

from pathlib import Path

import pytest

from content_checks.content_check_contract import ContentCheckContract
from kaiga.content_checks.words import WordCheck, read_words
from kaiga.ports.content_check import ContentCheck


class TestContract(ContentCheckContract):
    @pytest.fixture
    def check(self) -> ContentCheck:
        return WordCheck(["forbidden"])


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("gore", "gore"),
        ("gore", "no GORE, please"),
        ("gore", "ｇｏｒｅ in full width"),
        ("gore", "go\u200bre with a space that nobody sees"),
        ("gore", "看gore照片"),
        ("Straße", "STRASSE"),
        ("nude beach", "a nude\n beach"),
        ("血腥", "一幅血腥的画"),
        ("ヌード", "水着ヌード写真"),
        ("ﾇｰﾄﾞ", "ヌード"),
        ("누드", "누드를 그려"),
        ("c++", "written in C++ today"),
        ("кровь", "Кровь на стене"),
    ],
)
async def test_a_term_is_found_however_it_is_written(term: str, text: str):
    assert not await WordCheck([term]).allows_text(text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("ass", "a glass of assam in the grass"),
        ("gore", "Al Gorey and gores"),
        ("nude beach", "a nude on a beach"),
        ("кровь", "кровью"),
        ("血腥", "血与火"),
        ("gore", ""),
    ],
)
async def test_a_part_of_another_word_is_no_term(term: str, text: str):
    assert await WordCheck([term]).allows_text(text)


async def test_of_several_terms_each_is_found():
    check = WordCheck(["cat", "cats and dogs", "catalogue"])

    assert not await check.allows_text("two cats and dogs")
    assert not await check.allows_text("a catalogue")
    assert await check.allows_text("two cats")


async def test_a_list_without_terms_allows_everything():
    assert await WordCheck(["", "  "]).allows_text("anything")


def test_a_file_has_one_term_a_line(tmp_path: Path):
    file = tmp_path / "words.txt"
    file.write_bytes("\ufeff# what we do not draw\r\ngore\r\n\r\n  nude beach  \n血腥\n".encode())

    assert read_words(file) == ["gore", "nude beach", "血腥"]
