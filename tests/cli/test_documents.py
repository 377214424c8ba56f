"""The documents name everything that there is to be named."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from kaiga.cli.failures import ExitStatus
from kaiga.cli.main import build_app
from kaiga.settings import list_settings

_DOCS = Path(__file__).parents[2] / "docs"


def sections_of(document: str) -> dict[str, str]:
    """The text under each heading of the second level."""
    parts = (_DOCS / document).read_text("utf-8").split("\n## ")[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def commands() -> dict[str, Any]:
    root: Any = typer.main.get_command(build_app())
    return dict(commands_below(root))


def commands_below(group: Any) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            for below, inner in commands_below(command):
                yield f"{name} {below}", inner
        else:
            yield name, command


def test_the_settings_are_documented_as_they_are():
    lines = (_DOCS / "settings.md").read_text("utf-8").splitlines()
    documented = [line for line in lines if line.startswith("| `KAIGA_")]

    expected = [
        f"| `{name}` | {f'`{default}`' if default else '*unset*'} | {meaning} |"
        for name, default, meaning in list_settings()
    ]
    assert documented == expected


@pytest.mark.parametrize("name", commands())
def test_every_option_of_a_command_is_documented(name: str):
    text = sections_of("cli.md")[f"kaiga {name}"]
    options = {
        option
        for parameter in commands()[name].params
        if not getattr(parameter, "hidden", False) and parameter.name != "help"
        for option in parameter.opts
        if option.startswith("-")
    }

    assert {option for option in options if f"`{option}" not in text} == set()


def test_no_command_is_documented_that_does_not_exist():
    documented = {
        heading.removeprefix("kaiga ")
        for heading in sections_of("cli.md")
        if heading.startswith("kaiga ")
    }

    assert documented == {*commands(), "--version"}


def test_the_exit_statuses_are_documented_as_they_are():
    rows = re.findall(r"^\| (\d+) \| ", sections_of("cli.md")["Exit statuses"], re.MULTILINE)

    assert [int(number) for number in rows] == sorted(ExitStatus)
