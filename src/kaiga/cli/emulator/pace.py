"""`kaiga emulator pace`: show, set, reset."""

from typing import Annotated

import typer

from kaiga.cli.completing import complete_models
from kaiga.cli.emulator.controlling import Account, open_control
from kaiga.cli.emulator.durations import read_duration
from kaiga.cli.options import AsJson, Data, Key, Url, show_examples
from kaiga.cli.tables import print_json, print_members
from kaiga.testing.control_calls import Json


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Set how long tasks wait and run.", rich_markup_mode=None)
    group.command("show", epilog=show_examples("kaiga emulator pace show"))(show)
    group.command(
        "set",
        epilog=show_examples(
            "kaiga emulator pace set --pending 2s --running 8s",
            "kaiga emulator pace set --model wan2.6-t2v --running 3m --jitter 0.2",
        ),
    )(set_pace)
    group.command("reset", epilog=show_examples("kaiga emulator pace reset"))(reset)
    app.add_typer(group, name="pace")


def show(
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Show how long the account's tasks wait and run."""
    with open_control(url, key, data, account) as control:
        _tell(control.get_pace(), as_json=as_json)


def set_pace(
    pending: Annotated[
        str, typer.Option("--pending", metavar="TIME", help="How long a task is PENDING.")
    ] = "0s",
    running: Annotated[
        str, typer.Option("--running", metavar="TIME", help="How long it is RUNNING then.")
    ] = "0s",
    jitter: Annotated[
        float,
        typer.Option(
            "--jitter", metavar="PART", help="By what part of itself each may differ, 0 to 1."
        ),
    ] = 0.0,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="NAME",
            help="Model that it is for; unset, every one.",
            autocompletion=complete_models,
        ),
    ] = None,
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Set how long tasks wait and run, by the account's clock; at once where no time is given."""
    waits, runs = read_duration(pending), read_duration(running)
    with open_control(url, key, data, account) as control:
        told = control.pace(pending_seconds=waits, running_seconds=runs, jitter=jitter, model=model)
    _tell(told, as_json=as_json)


def reset(
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Have the account's tasks go as those of everybody else."""
    with open_control(url, key, data, account) as control:
        _tell(control.reset_pace(), as_json=as_json)


def _tell(told: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    print_members({name: value for name, value in told.items() if name != "request_id"})
