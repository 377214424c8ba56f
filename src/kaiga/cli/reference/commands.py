"""docs/reference/commands.md: what each command's help says, on one page."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import typer

from kaiga.cli.failures import ExitStatus
from kaiga.cli.main import build_app
from kaiga.cli.markdown import make_table

# Typer does not say which click it uses, its own or the installed one; hence Any.
_Command = Any
_Record = tuple[str, str]
"""How an option is written, and its meaning."""

_TYPE = re.compile(r" <[a-z]+>$")
_SHARED_BY = 4
"""An option that so many commands have in the same words is told once, at the top."""

_INTRODUCTION = """\
# Commands

What every `kaiga COMMAND --help` says, on one page.
It is made by `make reference` from the code; [cli.md](../cli.md) tells how the commands are used and how they find their server.
"""  # noqa: E501  a line of the page is a sentence
_AFTER_STATUSES = "Where several tasks are watched, the status is the first of 1, 6, 4 and 5 that fits one of them.\n"  # noqa: E501  as above


def make_commands_page() -> str:
    """Make the whole page."""
    commands = dict(_list_commands("kaiga", typer.main.get_command(build_app())))
    shared = _find_shared(commands)
    lines = [_INTRODUCTION, "## Exit status\n"]
    statuses = [(str(int(status)), status.meaning) for status in ExitStatus]
    lines += make_table(("status", "meaning"), statuses)
    lines += [_AFTER_STATUSES, "## Options of many commands\n"]
    lines += make_table(("option", "meaning"), [_show(record) for record in shared])
    for path, command in commands.items():
        lines += _tell_command(path, command, shared)
    return "\n".join(lines).rstrip() + "\n"


def _list_commands(path: str, command: _Command) -> Iterator[tuple[str, _Command]]:
    """Give every command that does something, in the order of the help."""
    inner: Mapping[str, _Command] | None = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name, each in inner.items():
        yield from _list_commands(f"{path} {name}", each)


def _find_shared(commands: Mapping[str, _Command]) -> list[_Record]:
    times = Counter(
        record for path, command in commands.items() for record in _options(path, command)
    )
    return [record for record, count in times.items() if count >= _SHARED_BY]


def _tell_command(path: str, command: _Command, shared: Sequence[_Record]) -> Iterator[str]:
    yield f"## {path}\n"
    yield _prose(str(command.help))
    yield f"```sh\n{' '.join(_usage(path, command))}\n```\n"
    arguments = list(_records(path, command, "argument"))
    options = _options(path, command)
    if arguments:
        yield from make_table(("argument", "meaning"), [_show(record) for record in arguments])
    own = [_show(record) for record in options if record not in shared]
    if own:
        yield from make_table(("option", "meaning"), own)
    also = [f"`{written.partition(' ')[0]}`" for written, _ in options if (written, _) in shared]
    if also:
        yield f"And {', '.join(also)}, as [many commands](#options-of-many-commands).\n"
    yield from _tell_examples(command)


def _prose(text: str) -> str:
    """Give each paragraph as one line for each sentence, as the documents have it."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(re.sub(r"(?<=[.;:]) (?=[A-Z])", "\n", each) for each in paragraphs) + "\n"


def _usage(path: str, command: _Command) -> list[str]:
    context = command.context_class(command, info_name=path)
    return [path, *command.collect_usage_pieces(context)]


def _options(path: str, command: _Command) -> list[_Record]:
    return [record for record in _records(path, command, "option") if record[0] != "--help"]


def _records(path: str, command: _Command, kind: str) -> Iterator[_Record]:
    context = command.context_class(command, info_name=path)
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if parameter.param_type_name == kind and record is not None:
            yield _TYPE.sub("", str(record[0])), str(record[1])


def _show(record: _Record) -> _Record:
    written, meaning = record
    return f"`{written}`", re.sub(r"\s*\[(.+)\]$", r" *\1*", meaning.strip())


def _tell_examples(command: _Command) -> Iterator[str]:
    lines = str(command.epilog or "").splitlines()
    examples = [line.strip() for line in lines if line.startswith("  ")]
    if examples:
        yield "\n".join(["```sh", *examples, "```", ""])
