"""The rewriter itself: reads what a prompt says, adds what it leaves open, contradicts nothing."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator

from kaiga.ports.prompt_rewriter import ANY_PICTURE, PromptUse
from kaiga.rewriters.rules.languages import count_east_asian, find_language
from kaiga.rewriters.rules.phrasebook import (
    Language,
    Phrasebook,
    Recognition,
    Variant,
    load_phrasebook,
)
from kaiga.rewriters.rules.vocabularies import (
    Mention,
    SpacedVocabulary,
    UnspacedVocabulary,
    Vocabulary,
    list_forms,
)

FULL_CHARACTERS = 300
"""A prompt longer than this is full already."""

FULL_EAST_ASIAN_CHARACTERS = 120
"""A prompt with more Han and kana characters than this is full already."""

_QUOTED = re.compile('"[^"]*"|“[^”]*”|「[^」]*」|『[^』]*』|《[^》]*》|«[^»]*»')
_UNUSUAL = re.compile("[ªº\u0300-\u036f\u3099\u309a\uf900-\ufaff\uff10-\uff5a\uff66-\uff9f]")
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "．", "｡")
_PAUSES = (",", ";", ":", "，", "、", "；", "：", "—", "-")
_CLOSERS = "\"'”’»)]}」』】》）］"
_TOUCHING = ("", " ", "-")
_CHOICE_BYTES = 4


class RuleRewriter:
    """Adds composition, light, material and style to a short English, Chinese or Japanese prompt.

    The prompt stays as it is, at the start, followed by one sentence of what it leaves open.
    The sentence speaks of view, light, texture and finish only: never of a thing, a place, a
    colour or a time of day, so that what is in the picture stays the caller's choice. A prompt
    that is full, blank, in another language, or says all of it already comes back unchanged.
    The phrase files are read once, here.
    """

    def __init__(self) -> None:
        """Read the phrase files."""
        languages: tuple[Language, ...] = ("english", "chinese", "japanese")
        self._speakers = {name: _Speaker(load_phrasebook(name)) for name in languages}
        self._japanese_characters = frozenset(self._speakers["japanese"].phrasebook.own_characters)
        self._english = _with_vocabulary(self._speakers["english"].phrasebook)

    async def rewrite(self, prompt: str, seed: int, use: PromptUse = ANY_PICTURE) -> str:
        """Give `prompt` with what it leaves open added, in its own language, whatever its use.

        Never raises for any text. What comes back is `prompt` itself, or at most 2000 characters.
        """
        del use
        if not prompt.strip() or _is_full(prompt):
            return prompt
        text = _without_quotations(_in_plain_characters(prompt))
        language = find_language(text, self._japanese_characters, self._english)
        if language is None:
            return prompt
        speaker = self._speakers[language]
        sentence = speaker.make_sentence(text.lower(), _make_choices(prompt, seed))
        return _join(prompt, sentence, speaker.phrasebook) if sentence else prompt


class _Speaker:
    """One language's phrasebook, ready to be searched and to speak."""

    def __init__(self, phrasebook: Phrasebook) -> None:
        self.phrasebook = phrasebook
        self._implied = phrasebook.implied
        self._subjects = phrasebook.subjects
        self._vocabulary: Vocabulary = (
            SpacedVocabulary(phrasebook.words)
            if phrasebook.spaced
            else UnspacedVocabulary(phrasebook.words)
        )
        self._to_standard, self._to_variant = _make_translations(phrasebook.variant)
        self._variant_characters = frozenset(map(chr, self._to_standard))

    def make_sentence(self, text: str, choices: Iterator[int]) -> str:
        """Say in one sentence, without its end mark, what lower-case `text` leaves open."""
        is_variant = not self._variant_characters.isdisjoint(text)
        tags = self._read(text.translate(self._to_standard) if is_variant else text)
        phrases: list[str] = []
        for facet in self.phrasebook.facets:
            # Drawn for every facet, so that one facet's choice never moves another's.
            choice = next(choices)
            group = next(filter(lambda group: group.fits(tags), facet.groups), None)
            if group is not None and group.texts:
                phrases.append(group.texts[choice % len(group.texts)])
        sentence = self.phrasebook.comma.join(phrases)
        return sentence.translate(self._to_variant) if is_variant else sentence

    def _read(self, text: str) -> frozenset[str]:
        mentions = self._vocabulary.list_mentions(text)
        tags = {tag for mention in mentions for tag in mention.tags}
        tags -= self._subjects
        tags.update(self._find_subject(text, mentions))
        tags.update([self._implied[tag] for tag in tags if tag in self._implied])
        return frozenset(tags)

    def _find_subject(self, text: str, mentions: list[Mention]) -> Iterable[str]:
        """Find what the first word for a subject stands for.

        Of words that touch, as in `ramen shop`, the last one says what the thing is.
        """
        subject: tuple[str, ...] = ()
        end = 0
        for mention in mentions:
            if self._subjects.isdisjoint(mention.tags):
                continue
            if subject and text[end : mention.start] not in _TOUCHING:
                break
            subject, end = mention.tags, mention.end
        return self._subjects.intersection(subject)


def _with_vocabulary(phrasebook: Phrasebook) -> Recognition:
    recognition = phrasebook.recognition or Recognition(own=frozenset(), foreign=frozenset())
    entries = {
        form for words in phrasebook.words.values() for word in words for form in list_forms(word)
    }
    return Recognition(own=recognition.own | entries, foreign=recognition.foreign)


def _make_translations(variant: Variant | None) -> tuple[dict[int, int], dict[int, int]]:
    if variant is None:
        return {}, {}
    to_standard = str.maketrans(variant.variant, variant.standard)
    to_standard |= {ord(pair[0]): ord(pair[1]) for pair in variant.read_only}
    return to_standard, str.maketrans(variant.standard, variant.variant)


def _make_choices(prompt: str, seed: int) -> Iterator[int]:
    """Give numbers that depend on `prompt` and `seed` alone, on every machine and version."""
    text = f"{seed}\0{prompt}".encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(text).digest()
    for start in range(0, len(digest), _CHOICE_BYTES):
        yield int.from_bytes(digest[start : start + _CHOICE_BYTES], "big")


def _is_full(prompt: str) -> bool:
    # Few prompts are long enough to need their characters counted.
    return len(prompt) > FULL_CHARACTERS or (
        len(prompt) > FULL_EAST_ASIAN_CHARACTERS
        and count_east_asian(prompt) > FULL_EAST_ASIAN_CHARACTERS
    )


def _in_plain_characters(text: str) -> str:
    """Give `text` with half-width kana, full-width letters and the like in their usual form."""
    return unicodedata.normalize("NFKC", text) if _UNUSUAL.search(text) else text


def _without_quotations(text: str) -> str:
    """Leave out what `text` quotes: the words on a sign say nothing about the scene.

    A prompt that is nothing but a quotation is read as a prompt.
    """
    remainder = _QUOTED.sub(" ", text)
    return remainder if any(map(str.isalpha, remainder)) else text


def _join(prompt: str, sentence: str, phrasebook: Phrasebook) -> str:
    """Let `sentence` follow `prompt`: after its own end mark or comma, else after a full stop."""
    start = prompt.rstrip()
    end = start.rstrip(_CLOSERS)
    gap = " " if phrasebook.spaced else ""
    if end.endswith(_PAUSES):
        return f"{start}{gap}{sentence}{phrasebook.full_stop}"
    stop = "" if end.endswith(_SENTENCE_ENDS) else phrasebook.full_stop
    return f"{start}{stop}{gap}{sentence[:1].upper()}{sentence[1:]}{phrasebook.full_stop}"
