"""Finds a phrasebook's words in a text, and so what the text already says."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

_WORD = re.compile(r"[a-z0-9\u00c0-\u024f]+(?:'[a-z]+)?")
_SHORT_KATAKANA = 2


class Mention(NamedTuple):
    """A known word in a text, from character `start` up to `end`, with what it stands for."""

    tags: tuple[str, ...]
    start: int
    end: int


class Vocabulary(Protocol):
    """The words of one language, each with the tags it stands for."""

    def list_mentions(self, text: str) -> list[Mention]:
        """List the known words of lower-case `text` in their order; none overlaps another."""
        ...


class SpacedVocabulary:
    """Words divided by spaces; an entry may be several words, and its plural is known too.

    Where two entries begin at the same word the longer one is meant, and its words are used up.
    """

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        """Index `words`, which gives the entries of every tag."""
        self._by_first: dict[str, list[tuple[list[str], tuple[str, ...]]]] = {}
        for entry, tags in _tags_by_entry(words).items():
            *beginning, last = split_words(entry)
            for ending in list_forms(last):
                form = [*beginning, ending]
                self._by_first.setdefault(form[0], []).append((form, tags))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def list_mentions(self, text: str) -> list[Mention]:
        """List the known words of lower-case `text` in their order; none overlaps another."""
        matches = list(_WORD.finditer(text.replace("’", "'")))
        parts = [match.group() for match in matches]
        found: list[Mention] = []
        used = 0
        for position, part in enumerate(parts):
            entries = self._by_first.get(part)
            if entries is None or position < used:
                continue
            for form, tags in entries:
                length = len(form)
                if length == 1 or parts[position : position + length] == form:
                    used = position + length
                    found.append(Mention(tags, matches[position].start(), matches[used - 1].end()))
                    break
        return found


class UnspacedVocabulary:
    """Words written without spaces between them.

    The longest entry at a place is meant, and its characters are used up. Latin words, and
    katakana ones of up to two characters, count only where they stand alone: `パン` (bread) is
    not in `ジャパン`.
    """

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        """Index `words`, which gives the entries of every tag."""
        self._by_first: dict[str, list[tuple[str, bool, tuple[str, ...]]]] = {}
        for entry, tags in _tags_by_entry(words).items():
            stands_alone = entry.isascii() or _is_short_katakana(entry)
            self._by_first.setdefault(entry[0], []).append((entry, stands_alone, tags))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def list_mentions(self, text: str) -> list[Mention]:
        """List the known words of lower-case `text` in their order; none overlaps another."""
        found: list[Mention] = []
        used = 0
        for position, character in enumerate(text):
            entries = self._by_first.get(character)
            if entries is None or position < used:
                continue
            for entry, stands_alone, tags in entries:
                if not text.startswith(entry, position):
                    continue
                end = position + len(entry)
                if stands_alone and not _is_alone(text, position, end):
                    continue
                found.append(Mention(tags, position, end))
                used = end
                break
        return found


def split_words(text: str) -> list[str]:
    """Give the words of lower-case `text`; a hyphen divides, an apostrophe does not."""
    return _WORD.findall(text.replace("’", "'"))


def list_forms(word: str) -> tuple[str, str]:
    """Give an English word and its regular plural, as written, whether or not it has one."""
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return word, f"{word[:-1]}ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word, f"{word}es"
    return word, f"{word}s"


def _tags_by_entry(words: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    tags: dict[str, tuple[str, ...]] = {}
    for tag, entries in words.items():
        for entry in entries:
            tags[entry] = (*tags.get(entry, ()), tag)
    return tags


def _is_alone(text: str, start: int, end: int) -> bool:
    is_same_script = _is_latin if text[start].isascii() else _is_katakana
    return not is_same_script(text[start - 1 : start]) and not is_same_script(text[end : end + 1])


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _is_short_katakana(entry: str) -> bool:
    return len(entry) <= _SHORT_KATAKANA and all(map(_is_katakana, entry))


def _is_katakana(character: str) -> bool:
    return "\u30a1" <= character <= "\u30fa" or character == "ー"
