"""Tells in which of the languages that have a phrasebook a prompt is written, if any."""

import re

from kaiga.rewriters.rules.phrasebook import Language, Recognition
from kaiga.rewriters.rules.vocabularies import split_words

_KANA = "\u3041-\u309f\u30a1-\u30fa\u30fd-\u30ff"
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LATIN = "A-Za-zªº\u00c0-\u024f\u1e00-\u1eff"

_ANY_KANA = re.compile(f"[{_KANA}]")
_EAST_ASIAN = re.compile(f"[{_HAN}{_KANA}]")
_LATIN_WORD = re.compile(f"[{_LATIN}]+")
_ACCENTED_WORD = re.compile("[a-z]*[\u00c0-\u024f\u1e00-\u1eff][a-z\u00c0-\u024f\u1e00-\u1eff]*")
# U+30FC, the long-vowel mark, is a letter to Unicode, and no script of its own.
_OTHER_LETTER = re.compile(f"[^\\W\\d_{_LATIN}{_KANA}{_HAN}\u30fc]")


def count_east_asian(text: str) -> int:
    """Count the Han and kana characters of `text`."""
    return len(_EAST_ASIAN.findall(text))


def find_language(
    text: str, japanese_characters: frozenset[str], english: Recognition
) -> Language | None:
    """Find the language of `text`; None where it is another one or can't be told.

    Kana means Japanese, Han without kana Chinese, unless one of `japanese_characters` is there,
    which only Japanese writes. A single letter of any other script is enough for None. Latin
    letters mean English only where its words outweigh those of its neighbours.
    """
    if text.isascii():
        return "english" if _is_english(text, english) else None
    if _OTHER_LETTER.search(text):
        return None
    latin_words = len(_LATIN_WORD.findall(text))
    if latin_words == 0 or count_east_asian(text) >= latin_words:
        if _ANY_KANA.search(text) or not japanese_characters.isdisjoint(text):
            return "japanese"
        return "chinese" if _EAST_ASIAN.search(text) else None
    return "english" if _is_english(text, english) else None


def _is_english(text: str, english: Recognition) -> bool:
    lowered = text.lower()
    words = split_words(lowered)
    own = sum(map(english.own.__contains__, words))
    foreign = sum(map(english.foreign.__contains__, words))
    if not lowered.isascii():
        foreign += len(_ACCENTED_WORD.findall(lowered))
    return own > 0 and own >= foreign
