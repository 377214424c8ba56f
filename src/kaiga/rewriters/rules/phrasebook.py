"""Reads what a language's rules may say, and when, from its TOML file in this package.

A phrasebook is data: words that reveal what a prompt already says, and phrases that may be
added to it. It decides nothing.
"""

import tomllib
from importlib import resources
from typing import Literal

import msgspec

_PACKAGE = "kaiga.rewriters.rules"

Language = Literal["english", "chinese", "japanese"]


class PhraseGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases that fit the same prompts.

    A group fits when the prompt has one of the tags in `when` (an empty `when` asks for none)
    and none of those in `unless`. What a prompt with the tag `negation` denies is not known, so
    for it only an empty `when` fits. An empty `texts` says that nothing suits such a prompt.
    """

    texts: tuple[str, ...]
    when: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()

    def fits(self, tags: frozenset[str]) -> bool:
        """Tell whether the phrases may follow a prompt with `tags`."""
        if self.when and ("negation" in tags or self.when.isdisjoint(tags)):
            return False
        return self.unless.isdisjoint(tags)


class Facet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing a full prompt tells, such as its light; the first group that fits speaks for it."""

    name: str
    groups: tuple[PhraseGroup, ...]


class Recognition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that tell whether a text in a shared script is in this language."""

    own: frozenset[str]
    foreign: frozenset[str]


class Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second way to write the same language, character by character.

    `standard` and `variant` have the same length. `read_only` holds pairs, variant character
    first, which are understood and never written, because writing them depends on the word.
    """

    standard: str
    variant: str
    read_only: tuple[str, ...] = ()


class Phrasebook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the rules know about one language.

    `words` gives the words of every tag, in lower case; those of the tag `ignored` only keep
    shorter words inside them from being seen. `implied` gives the tag that some tags bring along.
    Of the tags in `subjects` only those of the first mention count. `facets` are in the order in
    which they are written.
    """

    comma: str
    full_stop: str
    spaced: bool
    subjects: frozenset[str]
    words: dict[str, tuple[str, ...]]
    implied: dict[str, str]
    facets: tuple[Facet, ...]
    recognition: Recognition | None = None
    own_characters: str = ""
    variant: Variant | None = None


def load_phrasebook(language: Language) -> Phrasebook:
    """Read the phrasebook of `language` from this package.

    Raises:
        msgspec.ValidationError: the file has another form than `Phrasebook`.
    """
    file = resources.files(_PACKAGE) / "phrases" / f"{language}.toml"
    return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Phrasebook)
