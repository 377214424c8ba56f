"""The documents name everything that there is to be named; tests/docs has the generated pages."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from kaiga.cli.main import COMMANDS, build_app
from kaiga.settings import list_settings

_DOCS = Path(__file__).parents[2] / "docs"


def headings_of(document: str) -> list[str]:
    text = (_DOCS / document).read_text("utf-8")
    return re.findall(r"^## (kaiga .+)$", text, re.MULTILINE)


def paths_of(command: Any, path: str) -> Iterator[str]:
    """The commands below this one, each by all its words."""
    for name, inner in (getattr(command, "commands", None) or {}).items():
        yield f"{path} {name}"
        yield from paths_of(inner, f"{path} {name}")


def test_the_settings_are_documented_as_they_are():
    lines = (_DOCS / "settings.md").read_text("utf-8").splitlines()
    documented = [line for line in lines if line.startswith("| `KAIGA_")]

    expected = [
        f"| `{name}` | {f'`{default}`' if default else '*unset*'} | {meaning} |"
        for name, default, meaning in list_settings()
    ]
    assert documented == expected


def test_every_command_has_its_place_in_the_guide():
    told = {word for heading in headings_of("cli.md") for word in heading.split()[1:]}

    assert set(COMMANDS) - told == set()


def test_no_command_is_documented_that_does_not_exist():
    root: Any = typer.main.get_command(build_app())
    told = {each for heading in headings_of("cli.md") for each in heading.split(" and ")}

    assert told - set(paths_of(root, "kaiga")) == set()
