"""Translates what signs and posters say by a table of phrases; it is no translator."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from kaiga.engines.sketch.lettering.scripts import is_east_asian

LANGUAGES: Mapping[str, str] = MappingProxyType({
    "english": "en", "chinese": "zh", "japanese": "ja", "korean": "ko", "spanish": "es",
    "french": "fr", "german": "de", "russian": "ru", "zh-cn": "zh", "zh-hans": "zh",
    "zh_tw": "zh", "zh-hant": "zh", "traditional chinese": "zh", "simplified chinese": "zh",
})  # fmt: skip
"""Codes by names; a name that is none of these is taken for a code."""
MISREAD = 5
"""Of so many letters, one may be misread."""
_LOOKALIKES = str.maketrans({"1": "l", "i": "l", "|": "l", "!": "l", "0": "o", "’": "'"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Letters `first` up to, and without, `last` of a line that say a known phrase."""

    first: int
    last: int
    translation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """Phrases of one language, the longest first, and what they are in another.

    `joiner` stands between two translations that follow each other.
    """

    translations: Mapping[str, str]
    known: Sequence[str]
    joiner: str = " "

    def find(self, characters: Sequence[str], begins: Sequence[bool]) -> Sequence[Match]:
        """Give the known phrases in a line of letters, from left to right, none over another.

        `begins` tells for each letter whether a word begins there. One letter in five may have
        been read wrongly.
        """
        line = [folded(each) or each for each in characters]
        taken = [False] * len(line)
        found: list[Match] = []
        for phrase in self.known:
            wanted = folded(phrase)
            for first in range(len(line) - len(wanted) + 1):
                last = first + len(wanted)
                if any(taken[first:last]) or not _bounded(phrase, begins, first, last):
                    continue
                if _is_alike(wanted, line[first:last]):
                    taken[first:last] = [True] * len(wanted)
                    found.append(
                        Match(first=first, last=last, translation=self.translations[wanted])
                    )
        return self._merged(sorted(found, key=lambda match: match.first))

    def _merged(self, matches: Sequence[Match]) -> Sequence[Match]:
        """Join phrases that follow each other, since their translations want to stand together."""
        merged: list[Match] = []
        for match in matches:
            if merged and merged[-1].last == match.first:
                merged.append(self._together(merged.pop(), match))
            else:
                merged.append(match)
        return merged

    def _together(self, first: Match, second: Match) -> Match:
        words = first.translation + self.joiner + second.translation
        return Match(first=first.first, last=second.last, translation=words)


def _bounded(phrase: str, begins: Sequence[bool], first: int, last: int) -> bool:
    """Tell whether a phrase would be whole words; East Asian ones may stand anywhere."""
    if is_east_asian(phrase[0]):
        return True
    return (first == 0 or begins[first]) and (last == len(begins) or begins[last])


def _is_alike(wanted: str, seen: Sequence[str]) -> bool:
    misread = sum(one != other for one, other in zip(wanted, seen, strict=True))
    return misread <= len(wanted) // MISREAD


def folded(text: str) -> str:
    """Give a text as reading by shapes can tell it: without case, spaces and lookalikes."""
    return re.sub(r"\s+", "", text.lower().translate(_LOOKALIKES)).strip(".,:;!。，！、")


def code_of(language: str) -> str:
    """Give the code of a language that was named or coded in any case; `auto` stays."""
    name = language.strip().lower()
    return LANGUAGES.get(name, name)


def open_phrasebook(source: str, target: str, terms: Sequence[tuple[str, str]] = ()) -> Phrasebook:
    """Give the phrases from one language to another; `auto` reads English, Chinese and Japanese.

    `terms` are pairs of the client's own, which come first.
    """
    languages, rows = _table()
    sources = [each for each in ("zh", "en", "ja") if each != target]
    if source != "auto":
        sources = [source]
    pairs: dict[str, str] = {}
    known: dict[str, None] = {}
    for phrase, translation in [*terms, *_pairs(languages, rows, sources, target)]:
        if folded(phrase) and translation and folded(phrase) not in pairs:
            pairs[folded(phrase)] = translation
            known[phrase] = None
    return Phrasebook(
        translations=pairs,
        known=sorted(known, key=lambda each: (-len(folded(each)), each)),
        joiner="" if target in {"zh", "ja"} else " ",
    )


def _pairs(
    languages: Sequence[str], rows: Sequence[Sequence[str]], sources: Sequence[str], target: str
) -> list[tuple[str, str]]:
    if target not in languages:
        return []
    to = languages.index(target)
    return [
        (row[languages.index(source)], row[to])
        for source in sources
        if source in languages
        for row in rows
    ]


@cache
def _table() -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    folder = resources.files("kaiga.engines.sketch.tools.translation")
    document = tomllib.loads(folder.joinpath("phrases.toml").read_text("utf-8"))
    return document["languages"], document["phrases"]
