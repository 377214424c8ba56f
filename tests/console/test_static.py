"""The console's files: words for every phrase in every language, and small altogether."""

import json
import re
from pathlib import Path

import httpx
import pytest

from running import RunningKaiga

STATIC = Path(__file__).parents[2] / "src" / "kaiga" / "http" / "console" / "static"
WORDS = sorted((STATIC / "words").glob("*.json"))
BUDGET_BYTES = 150_000
PHRASE = re.compile(r"""\bt\(\s*"([^"]+)"|\bt\(\s*`([^`]+)`""")
STAND_IN = re.compile(r"\\\$\\\{[^}]*\\\}")
IMPORT = re.compile(r"""import \{([^}]*)\} from "(\.[^"]*)\"""", re.DOTALL)
EXPORT = re.compile(r"""export (?:async )?(?:function|const|class|let) (\w+)""")
EXPORT_LIST = re.compile(r"""export \{([^}]*)\}""")
NAME = re.compile(r"\{\w+\}")


def read_words(language: str) -> dict[str, str]:
    return json.loads((STATIC / "words" / f"{language}.json").read_text("utf-8"))


def our_sources() -> list[Path]:
    return [file for file in STATIC.rglob("*.js") if file.parent.name != "vendor"]


@pytest.mark.parametrize("file", WORDS, ids=lambda file: file.stem)
def test_a_language_has_all_phrases_with_their_names_in_order(file: Path):
    english, own = read_words("en"), read_words(file.stem)

    assert list(own) == sorted(english)
    for key, phrase in own.items():
        assert sorted(NAME.findall(phrase)) == sorted(NAME.findall(english[key])), key


@pytest.mark.parametrize("source", our_sources(), ids=lambda file: file.stem)
def test_every_phrase_that_is_asked_for_exists(source: Path):
    words = read_words("en")

    for whole, pattern in PHRASE.findall(source.read_text("utf-8")):
        assert whole in words if whole else any_match(pattern, words), whole or pattern


@pytest.mark.parametrize("source", our_sources(), ids=lambda file: file.stem)
def test_what_a_module_imports_is_exported_there(source: Path):
    for names, place in IMPORT.findall(source.read_text("utf-8")):
        exporter = (source.parent / place).resolve()
        assert exporter.is_file(), place
        if exporter.parent.name == "vendor":
            continue
        exported = set(EXPORT.findall(exporter.read_text("utf-8")))
        exported |= {
            name.strip().split(" as ")[-1]
            for listed in EXPORT_LIST.findall(exporter.read_text("utf-8"))
            for name in listed.split(",")
        }
        wanted = {name.strip().split(" as ")[0] for name in names.split(",") if name.strip()}
        assert wanted <= exported, (place, wanted - exported)


def any_match(pattern: str, words: dict[str, str]) -> bool:
    """Tell whether a key that is put together from parts can be one of the words."""
    expected = re.compile(STAND_IN.sub(".+", re.escape(pattern)))
    return any(expected.fullmatch(word) for word in words)


def test_the_console_is_small(idle_server: RunningKaiga):
    """All of it as it is sent, in all languages; a page needs about a third."""
    with httpx.Client(base_url=idle_server.base_url) as browser:
        sizes = [
            int(browser.get(f"/console/assets/{name}").headers["content-length"])
            for file in STATIC.rglob("*")
            if file.is_file() and (name := file.relative_to(STATIC).as_posix())
        ]

    assert sum(sizes) < BUDGET_BYTES
