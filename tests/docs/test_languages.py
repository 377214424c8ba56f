"""The pages in Japanese and Chinese keep step with the English ones, section by section."""

import re
from collections import Counter
from itertools import zip_longest
from pathlib import Path

import pytest

from docs.fences import FENCE, Block, blocks_in

ROOT = Path(__file__).parents[2]
LANGUAGES = ["ja", "zh"]
PAGES = ["README.md", "docs/first-steps.md", "docs/tutorial.md"]
PAIRS = [(page, language) for page in PAGES for language in LANGUAGES]

HEADING = re.compile(r"^(#+) ", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
SPAN = re.compile(r"`([^`\n]+)`")
ROW = re.compile(r"^\|", re.MULTILINE)
ITEM = re.compile(r"^- ", re.MULTILINE)
PLACE = re.compile(r"^<!-- .* -->$", re.MULTILINE)
COMMENT = re.compile(r"  # .*$", re.MULTILINE)
PROMPT = re.compile(r'((?:prompt"?(?:: |=)|kaiga generate )")[^"]*"')


def translation_of(page: str, language: str) -> str:
    """`README.md` is `README.ja.md`, and `docs/tutorial.md` is `docs/ja/tutorial.md`."""
    if page.startswith("docs/"):
        return page.replace("docs/", f"docs/{language}/", 1)
    return page.replace(".md", f".{language}.md")


ENGLISH = {translation_of(page, language): page for page, language in PAIRS}


def sections_of(page: str) -> list[str]:
    """The text from each heading to the next; a `#` in code is no heading."""
    text = (ROOT / page).read_text("utf-8")
    fences = [range(*fence.span()) for fence in FENCE.finditer(text)]
    headings = [each.start() for each in HEADING.finditer(text)]
    starts = [start for start in headings if not any(start in fence for fence in fences)]
    return [text[start:end] for start, end in zip_longest(starts, starts[1:])]


def levels_of(page: str) -> list[int]:
    return [len(section.split(" ", maxsplit=1)[0]) for section in sections_of(page)]


def without_words(block: Block) -> tuple[str, str, str]:
    """The block without its comments and prompts."""
    return block.language, block.note, PROMPT.sub(r'\1"', COMMENT.sub("", block.text))


def places_of(page: str, section: str) -> Counter[str]:
    """What the section links to, translated pages under the names of the English ones."""
    found: Counter[str] = Counter()
    for link in LINK.findall(section):
        file, _, anchor = link.partition("#")
        path = (ROOT / page).parent.joinpath(file).resolve()
        place = path.relative_to(ROOT).as_posix()
        found[f"{ENGLISH.get(place, place)}#{anchor}"] += 1
    return found


def shape_of(page: str, section: str) -> dict[str, object]:
    """What is the same in every language."""
    prose = FENCE.sub("", section)
    spans = [ENGLISH.get(span, span) for span in SPAN.findall(LINK.sub("]", prose))]
    return {
        "code": [without_words(block) for block in blocks_in(section)],
        "links": places_of(page, prose),
        "rows of tables": len(ROW.findall(prose)),
        "items of lists": len(ITEM.findall(prose)),
        "quoted": set(spans),
        "places left": PLACE.findall(prose),
    }


@pytest.mark.parametrize(("page", "language"), PAIRS)
def test_a_translation_has_the_same_headings(page: str, language: str):
    assert levels_of(translation_of(page, language)) == levels_of(page)


@pytest.mark.parametrize(("page", "language"), PAIRS)
def test_each_section_of_a_translation_has_what_the_english_one_has(page: str, language: str):
    translated = translation_of(page, language)
    pairs = zip(sections_of(page), sections_of(translated), strict=True)

    for english, other in pairs:
        heading = other.partition("\n")[0]
        assert shape_of(translated, other) == shape_of(page, english), heading


@pytest.mark.parametrize(("page", "language"), PAIRS)
def test_every_page_names_the_others_right_below_its_title(page: str, language: str):
    names = {page, *(translation_of(page, each) for each in LANGUAGES)}

    for name in (page, translation_of(page, language)):
        line = (ROOT / name).read_text("utf-8").splitlines()[2]
        linked = {(ROOT / name).parent.joinpath(link).resolve() for link in LINK.findall(line)}
        assert linked == {ROOT / other for other in names - {name}}


@pytest.mark.parametrize("page", sorted(ENGLISH))
def test_a_translation_leads_to_pages_in_its_own_language_where_there_are_some(page: str):
    lines = (ROOT / page).read_text("utf-8").splitlines()
    below = "\n".join(lines[3:])
    linked = {(ROOT / page).parent.joinpath(link).resolve() for link in LINK.findall(below)}

    assert linked.isdisjoint({ROOT / english for english in PAGES})
