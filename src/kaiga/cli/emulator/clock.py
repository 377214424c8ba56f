"""`kaiga emulator clock`: show, freeze, run, advance, reset."""

from datetime import datetime
from typing import Annotated

import typer

from kaiga.cli.emulator.controlling import Account, open_control
from kaiga.cli.emulator.durations import read_duration
from kaiga.cli.options import AsJson, Data, Key, Url, show_examples
from kaiga.cli.tables import print_json, show_instant
from kaiga.testing.control_calls import Json


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Stop an account's time, or move it forward.", rich_markup_mode=None)
    for name, command, example in (
        ("show", show, "kaiga emulator clock show"),
        ("freeze", freeze, "kaiga emulator clock freeze"),
        ("run", run, "kaiga emulator clock run"),
        ("advance", advance, "kaiga emulator clock advance 25h"),
        ("reset", reset, "kaiga emulator clock reset"),
    ):
        group.command(name, epilog=show_examples(example))(command)
    app.add_typer(group, name="clock")


def show(
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Show what time it is for the account, and whether its clock stands still."""
    with open_control(url, key, data, account) as control:
        _tell(control.clock(), as_json=as_json)


def freeze(
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Have the account's clock stand still, and with it whatever waits for time to pass."""
    with open_control(url, key, data, account) as control:
        _tell(control.freeze(), as_json=as_json)


def run(
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Have the account's clock run again from where it stands."""
    with open_control(url, key, data, account) as control:
        _tell(control.run(), as_json=as_json)


def advance(
    duration: Annotated[str, typer.Argument(metavar="TIME", help="Such as 25h, 90s or 1d12h.")],
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Move the account's clock forward, frozen or not: links expire, tasks go on or are gone."""
    seconds = read_duration(duration)
    with open_control(url, key, data, account) as control:
        _tell(control.advance(seconds=seconds), as_json=as_json)


def reset(
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Bring the account back into this machine's present."""
    with open_control(url, key, data, account) as control:
        _tell(control.reset_clock(), as_json=as_json)


def _tell(clock: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(clock)
        return
    standing = ", and stands still" if clock["frozen"] else ""
    print(f"It is {show_instant(datetime.fromisoformat(clock['now']))}{standing}.")
