"""docs/reference/ is what the code makes of it, and lacks nothing."""

import re
from pathlib import Path

import pytest

from kaiga.cli.reference import PAGES
from kaiga.domain import errors

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"
ENGINES = ROOT / "src" / "kaiga" / "engines"
REMEDIES = ROOT / "src" / "kaiga" / "cli" / "reference" / "remedies.toml"

CODE = re.compile(
    r'"((?:BadRequest|Invalid[A-Z]|InternalError|Model[A-Z])[A-Za-z]*(?:\.[A-Za-z]+)*)"'
)


def read(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_makes_of_it_today(name: str) -> None:
    assert read(name) == PAGES[name](), "run: make reference"


def test_there_is_no_other_page() -> None:
    assert {page.name for page in FOLDER.glob("*.md")} == set(PAGES)


def test_every_code_of_an_engine_is_told_with_what_to_do() -> None:
    sources = "".join(file.read_text("utf-8") for file in ENGINES.rglob("*.py"))

    told = set(re.findall(r"^## `(.+)`$", read("errors.md"), re.MULTILINE))

    assert set(CODE.findall(sources)) - told == set()


def test_nothing_is_said_of_an_error_that_does_not_exist() -> None:
    section = REMEDIES.read_text("utf-8").partition("[errors]\n")[2].partition("\n\n")[0]
    named = re.findall(r"^(\w+) = ", section, re.MULTILINE)

    assert [name for name in named if not hasattr(errors, name)] == []
    assert len(named) == len(set(named)) > 0


def test_every_cell_of_the_errors_says_when_and_what_to_do() -> None:
    rows = [line.split(" | ") for line in read("errors.md").splitlines() if line.startswith("| ")]
    bare = [row for row in rows if not row[1].strip() or row[-1].strip(" |") == ""]

    assert bare == []
