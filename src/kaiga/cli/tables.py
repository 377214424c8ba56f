"""Tables and lists of members for people; what programs read is JSON and made elsewhere."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH_WITHOUT_TERMINAL = 240
"""Wide enough that nothing is cut in a pipe or a file."""


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their headings; cells are taken as they are, without markup."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for position, heading in enumerate(headings):
        # The first column is what other commands take as their argument, so it is never cut.
        longest = max((len(row[0]) for row in rows), default=0) if position == 0 else None
        table.add_column(heading, min_width=longest, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH_WITHOUT_TERMINAL
    console.print(table)


def print_members(members: Mapping[str, object]) -> None:
    """Print names and values, one a line; members of members are indented."""
    _print_members(members, "")


def print_json(value: object) -> None:
    """Print a value as JSON for people and programs."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_done(said: str, members: Mapping[str, object], *, as_json: bool) -> None:
    """Print what was done: as a sentence for people, or its members for programs."""
    if as_json:
        print_json(members)
    else:
        print(said)


def show_instant(at: datetime | None) -> str:
    """Write an instant in this machine's own time zone; a dash for none."""
    return "-" if at is None else at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _print_members(members: Mapping[str, object], indent: str) -> None:
    width = max((len(name) for name in members), default=0)
    for name, value in members.items():
        match value:
            case dict():
                print(f"{indent}{name}")
                nested = cast("Mapping[str, object]", value)
                _print_members(nested, indent + "  ")
            case list() if _is_of_members(cast("list[object]", value)):
                for number, item in enumerate(cast("list[Mapping[str, object]]", value), start=1):
                    print(f"{indent}{name} {number}")
                    _print_members(item, indent + "  ")
            case _:
                print(f"{indent}{name:<{width}}  {value}")


def _is_of_members(items: list[object]) -> bool:
    return bool(items) and all(isinstance(item, dict) for item in items)
