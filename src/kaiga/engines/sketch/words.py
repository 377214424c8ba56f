"""The dictionary: which words stand for which concepts, read from the lexicon's files."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

SUBJECTS = (
    "grammar", "buildings", "plants", "land", "people", "animals", "vehicles", "food", "objects",
    "colours", "places", "times", "weather", "seasons", "styles", "moods",
)  # fmt: skip
"""Where a word stands in two files, the concept of the earlier file is preferred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """What one word means.

    `kind` is motif, place, time, weather, season, style, colour, mood or grammar. Colours and
    materials have a `hex`, quantities a `count`, words of the grammar a `role`.
    """

    kind: str
    name: str
    role: str = ""
    hex: str = ""
    count: int = 0
    plural: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """All words: English phrases in lower case, and words written in Han or kana."""

    phrases: Mapping[str, tuple[Concept, ...]]
    characters: Mapping[str, tuple[Concept, ...]]
    longest_phrase: int
    longest_characters: int


def normalise(text: str) -> str:
    """Give the one spelling in which words are looked up: compatibility forms, lower case."""
    lowered = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[’']s\b", "", lowered).replace("'", "").replace("’", "").replace("-", " ")


@cache
def load_dictionary() -> Dictionary:
    """Read the lexicon once."""
    phrases: dict[str, tuple[Concept, ...]] = {}
    characters: dict[str, tuple[Concept, ...]] = {}
    for word, concept, spaced in _entries():
        target = phrases if spaced else characters
        known = target.get(word, ())
        if all(other.name != concept.name for other in known):
            target[word] = (*known, concept)
    return Dictionary(
        phrases=phrases,
        characters=characters,
        longest_phrase=max(phrase.count(" ") + 1 for phrase in phrases),
        longest_characters=max(len(word) for word in characters),
    )


def list_concepts() -> list[Concept]:
    """Give every concept of the lexicon once, in the order of the files."""
    found: dict[tuple[str, str], Concept] = {}
    for _, concept, _ in _entries():
        found.setdefault((concept.kind, concept.name), concept)
    return list(found.values())


def _entries() -> Iterator[tuple[str, Concept, bool]]:
    folder = resources.files("kaiga.engines.sketch.lexicon")
    for subject in SUBJECTS:
        document = tomllib.loads(folder.joinpath(f"{subject}.toml").read_text("utf-8"))
        kind = str(document["kind"])
        words: dict[str, dict[str, Any]] = document["words"]
        for name, entry in words.items():
            yield from _words_of(kind, name, entry)


def _words_of(
    kind: str, name: str, entry: Mapping[str, Any]
) -> Iterator[tuple[str, Concept, bool]]:
    concept = Concept(
        kind=kind,
        name=name,
        role=str(entry.get("role", "")),
        hex=str(entry.get("hex", "")),
        count=int(entry.get("count", 0)),
    )
    several = Concept(kind=kind, name=name, role=concept.role, hex=concept.hex, plural=True)
    for language in ("en", "zh", "ja"):
        for word in entry.get(language, ()):
            spelled = normalise(word)
            yield spelled, concept, spelled.isascii() or "é" in spelled
    for word in entry.get("en_many", ()):
        yield normalise(word), several, True
