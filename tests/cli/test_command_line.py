"""The command as a whole: help, version, and what is written wrongly."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from kaiga import __version__
from kaiga.cli.main import build_app, run_command


def command_paths() -> list[tuple[str, ...]]:
    """Every command, as the words that call it."""
    return list(commands_below((), typer.main.get_command(build_app())))


def commands_below(path: tuple[str, ...], command: Any) -> Iterator[tuple[str, ...]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path
        return
    for name, part in inner.items():
        yield from commands_below((*path, name), part)


def test_the_version_is_printed(terminal: Any):
    assert terminal.succeed("--version") == f"kaiga {__version__}\n"


def test_kaiga_alone_lists_the_commands(terminal: Any):
    told = terminal.succeed()

    assert all(path[0] in told for path in command_paths())


def test_an_unknown_command_is_named(terminal: Any):
    message = terminal.fail("pain", status=2)

    assert "'pain'" in message
    assert "kaiga --help" in message


def test_an_unknown_option_is_named(terminal: Any):
    message = terminal.fail("serve", "--colour", status=2)

    assert "--colour" in message
    assert "kaiga serve --help" in message


def test_a_missing_prompt_is_named(terminal: Any):
    assert "PROMPT" in terminal.fail("generate", status=2)


@pytest.mark.parametrize("path", command_paths(), ids=" ".join)
def test_every_command_has_help_with_examples(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
):
    status = run_command([*path, "--help"])

    told = capsys.readouterr().out
    assert status == 0
    assert "Examples:\n" in told
    assert f"kaiga {' '.join(path)}" in told.split("Examples:")[1]


@pytest.mark.parametrize(
    ("arguments", "code", "status"),
    [
        (("tasks", "list", "--colour"), "UsageInvalid", 2),
        (("tasks", "list"), "NoServerRuns", 1),
        (("models", "wan9"), "CommandFailed", 2),
    ],
)
def test_what_went_wrong_is_json_where_that_is_asked_for(
    quick_terminal: Any, arguments: tuple[str, ...], code: str, status: int
):
    done = quick_terminal.run(*arguments, "--json")

    told = json.loads(done.problems.splitlines()[-1])
    assert done.status == told["exit_status"] == status
    assert told["code"] == code
    assert told["message"]
    assert done.told == ""


SERVING = {("serve",), ("worker",), ("emulator", "record"), ("emulator", "replay")}
"""They go on until they are stopped, and answer with what they do."""


@pytest.mark.parametrize("path", sorted(set(command_paths()) - SERVING), ids=" ".join)
def test_every_command_that_answers_can_do_so_in_json(path: tuple[str, ...]):
    command: Any = typer.main.get_command(build_app())
    for name in path:
        command = command.commands[name]

    assert "--json" in {option for parameter in command.params for option in parameter.opts}
