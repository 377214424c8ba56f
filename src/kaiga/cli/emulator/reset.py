"""`kaiga emulator reset`."""

import typer

from kaiga.cli.emulator.controlling import Account, Everybody, open_control
from kaiga.cli.options import AsJson, Data, Key, Url, show_examples
from kaiga.cli.tables import print_json


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "reset", epilog=show_examples("kaiga emulator reset", "kaiga emulator reset --all")
    )(reset)


def reset(
    account: Account = None,
    *,
    everybody: Everybody = False,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Forget all that the account has: tasks, results, faults, its pace and its clock."""
    with open_control(url, key, data, account, everybody=everybody) as control:
        told = control.reset()
    if as_json:
        print_json(told)
        return
    print("Nothing is left of any account." if everybody else "Nothing is left of the account.")
