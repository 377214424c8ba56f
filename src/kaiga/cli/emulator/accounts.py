"""`kaiga emulator accounts`."""

import typer

from kaiga.cli.emulator.controlling import Account, Everybody, open_control
from kaiga.cli.options import AsJson, Data, Key, Url, show_examples
from kaiga.cli.tables import print_json, print_table
from kaiga.testing.control_calls import Json


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "accounts",
        epilog=show_examples("kaiga emulator accounts", "kaiga emulator accounts --all"),
    )(list_accounts)


def list_accounts(
    account: Account = None,
    *,
    everybody: Everybody = False,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Show the account, what time it is there, and its keys as prefix and hash."""
    with open_control(url, key, data, account, everybody=everybody) as control:
        accounts = control.accounts()
    if as_json:
        print_json({"accounts": accounts})
        return
    rows = [_make_row(each, own_key) for each in accounts for own_key in each["keys"]]
    print_table(("Account", "Now", "Key", "Hash", "Role", "Last used"), rows)


def _make_row(account: Json, key: Json) -> tuple[str, ...]:
    return (
        account["account"],
        account["now"],
        key["prefix"],
        key["hash"],
        key["role"],
        key["last_used_at"] or "-",
    )
