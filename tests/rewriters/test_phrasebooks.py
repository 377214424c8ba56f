"""The phrase files: whole, consistent, and silent about what a picture shows."""

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources

import pytest

from kaiga.engines.sketch.reading import read_prompt
from kaiga.rewriters.rules.phrasebook import Language, Phrasebook, load_phrasebook

LANGUAGES: tuple[Language, ...] = ("english", "chinese", "japanese")
FACETS = ["composition", "light", "material", "style"]
SPECIAL_TAGS = {"ignored", "negation"}


@pytest.fixture(params=LANGUAGES)
def phrasebook(request: pytest.FixtureRequest) -> Phrasebook:
    return load_phrasebook(request.param)


def texts_of(phrasebook: Phrasebook) -> Iterator[str]:
    for facet in phrasebook.facets:
        for group in facet.groups:
            yield from group.texts


def tags_used(phrasebook: Phrasebook) -> set[str]:
    groups = [group for facet in phrasebook.facets for group in facet.groups]
    used = {tag for group in groups for tag in group.when | group.unless}
    return used | set(phrasebook.implied) | phrasebook.subjects


def test_every_phrase_file_belongs_to_a_language():
    files = resources.files("kaiga.rewriters.rules") / "phrases"

    assert {file.name for file in files.iterdir()} == {f"{name}.toml" for name in LANGUAGES}


def test_every_language_speaks_of_the_same_facets_in_the_same_order(phrasebook: Phrasebook):
    assert [facet.name for facet in phrasebook.facets] == FACETS


def test_every_tag_asked_for_has_words(phrasebook: Phrasebook):
    known = set(phrasebook.words) | set(phrasebook.implied.values())

    assert tags_used(phrasebook) <= known


def test_every_word_has_a_use(phrasebook: Phrasebook):
    assert set(phrasebook.words) - SPECIAL_TAGS <= tags_used(phrasebook)


def test_every_language_knows_the_same_tags(phrasebook: Phrasebook):
    assert set(phrasebook.words) == set(load_phrasebook("english").words)


def test_words_are_in_lower_case_and_listed_once_for_a_tag(phrasebook: Phrasebook):
    for words in phrasebook.words.values():
        assert [word for word in words if word != word.lower()] == []
        assert len(set(words)) == len(words)


def test_an_ignored_word_stands_for_nothing_else(phrasebook: Phrasebook):
    others = {word for tag, words in phrasebook.words.items() if tag != "ignored" for word in words}

    assert others.isdisjoint(phrasebook.words["ignored"])


def test_every_facet_has_a_last_word_for_prompts_of_unknown_kind(phrasebook: Phrasebook):
    assert all(facet.groups[-1].texts for facet in phrasebook.facets)
    assert all(not facet.groups[-1].when for facet in phrasebook.facets)


def test_no_phrase_names_anything_that_a_picture_would_show(phrasebook: Phrasebook):
    nothing = read_prompt("")

    for text in texts_of(phrasebook):
        assert replace(read_prompt(text), moods=()) == nothing, text


def test_a_phrase_carries_no_end_mark_of_its_own(phrasebook: Phrasebook):
    assert [text for text in texts_of(phrasebook) if re.search(r"[.。!?;]|^\s|\s$", text)] == []


def test_an_english_phrase_is_one_part_of_a_list():
    assert [text for text in texts_of(load_phrasebook("english")) if "," in text] == []


def test_the_longest_sentence_is_far_below_the_longest_prompt(phrasebook: Phrasebook):
    longest = sum(
        max(len(text) for group in facet.groups for text in group.texts)
        for facet in phrasebook.facets
    )

    assert longest < 400


def test_traditional_characters_are_written_one_for_one():
    variant = load_phrasebook("chinese").variant

    assert variant is not None
    assert len(variant.standard) == len(variant.variant)
    assert len(set(variant.standard)) == len(variant.standard)
    assert all(len(pair) == 2 for pair in variant.read_only)
