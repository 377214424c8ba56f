"""A content check by a list of terms: no model, no network."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_COMMENT = "#"
_JOINED_SCRIPTS = (
    (0x0E00, 0x0EFF),  # Thai and Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # Han marks
    (0x3040, 0x30FF),  # kana
    (0x3400, 0x9FFF),  # Han
    (0xAC00, 0xD7AF),  # Hangul, whose words take endings
    (0xF900, 0xFAFF),  # Han
    (0x20000, 0x3FFFF),  # Han
)
"""Scripts that put no space between words, or write endings on to them. Source: Unicode, Blocks."""


class WordCheck:
    """Implements `ContentCheck`: refuses texts in which one of its terms stands.

    Case, width and invisible characters do not count (NFKC, case folding). A term stands where it
    is no part of a longer word; in scripts that write words together, anywhere.
    """

    looks_at_pictures = False

    def __init__(self, terms: Iterable[str]) -> None:
        folded = {_fold(term) for term in terms} - {""}
        self._terms = _group(folded)

    async def allows_text(self, text: str) -> bool:
        """See the port; it always answers."""
        return not self._has_term(_fold(text))

    async def allows_picture(self, picture: bytes) -> bool:
        """See the port; every picture is allowed."""
        del picture
        return True

    def _has_term(self, text: str) -> bool:
        for start, character in enumerate(text):
            for length, terms in self._terms.get(character, ()):
                end = start + length
                if text[start:end] in terms and _is_apart(text, start, end):
                    return True
        return False


def read_words(file: Path) -> Sequence[str]:
    """Give the terms of a file in UTF-8: one a line; empty lines and those with `#` are none.

    Raises:
        OSError: it can't be read.
        UnicodeDecodeError: it is no UTF-8.
    """
    lines = (line.strip() for line in file.read_text("utf-8-sig").splitlines())
    return [line for line in lines if line and not line.startswith(_COMMENT)]


def _fold(text: str) -> str:
    """Write a text so that what reads alike is alike; white space becomes single spaces."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    shown = "".join(each for each in folded if unicodedata.category(each) != "Cf")
    return " ".join(shown.split())


def _group(terms: Iterable[str]) -> Mapping[str, Sequence[tuple[int, frozenset[str]]]]:
    """Put terms in order by their first character and their length, so that a text is read once."""
    found: dict[str, dict[int, set[str]]] = {}
    for term in terms:
        found.setdefault(term[0], {}).setdefault(len(term), set()).add(term)
    return {
        first: [(length, frozenset(same)) for length, same in by_length.items()]
        for first, by_length in found.items()
    }


def _is_apart(text: str, start: int, end: int) -> bool:
    """Tell whether `text[start:end]` is no part of a longer word."""
    begins = start == 0 or not (_is_spelt(text[start - 1]) and _is_spelt(text[start]))
    return begins and (end == len(text) or not (_is_spelt(text[end - 1]) and _is_spelt(text[end])))


def _is_spelt(character: str) -> bool:
    """Tell whether words are spelt with this character and have spaces between them."""
    if not character.isalnum():
        return False
    return not any(first <= ord(character) <= last for first, last in _JOINED_SCRIPTS)
