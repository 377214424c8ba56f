"""`kaiga emulator seed`."""

from pathlib import Path
from typing import Annotated

import typer

from kaiga.cli.emulator.controlling import Account, open_control
from kaiga.cli.options import AsJson, Data, Key, Url, show_examples
from kaiga.cli.tables import print_json


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("seed", epilog=show_examples("kaiga emulator seed tests/seed.toml"))(load)


def load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Seed, in TOML or JSON.")],
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Load the keys and tasks of a file, with the results that lie beside it."""
    with open_control(url, key, data, account) as control:
        loaded = control.seed(file)
    if as_json:
        print_json(loaded)
        return
    kept = f", and left {len(loaded['kept'])} as they were" if loaded["kept"] else ""
    print(f"Loaded {loaded['keys']} keys and {len(loaded['tasks'])} tasks{kept}.")
