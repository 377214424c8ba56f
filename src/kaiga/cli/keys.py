"""`kaiga keys`: create, list, revoke, rotate-links."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

import msgspec
import typer

from kaiga.cli.administering import open_admin_client
from kaiga.cli.key_administration import KeyAdministration, ServerKeys, StoreKeys, WantedKey
from kaiga.cli.options import (
    AsJson,
    Data,
    Key,
    NamedServer,
    Url,
    read_command_settings,
    show_examples,
)
from kaiga.cli.tables import print_done, print_json, print_table, show_instant
from kaiga.domain.ids import DEFAULT_ACCOUNT, DEFAULT_WORKSPACE
from kaiga.domain.keys import ApiKey, Role
from kaiga.settings import Settings

_LONGEST_HOURS = 24 * 365 * 100


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        help="Make, list and revoke API keys.",
        rich_markup_mode=None,
    )
    group.command(
        "create",
        epilog=show_examples(
            "kaiga keys create --name ci",
            "kaiga keys create --name studio --account 2000000000000001 --expires-in-hours 720",
            "kaiga keys create --role admin --json",
        ),
    )(create)
    group.command("list", epilog=show_examples("kaiga keys list", "kaiga keys list --json"))(
        list_keys
    )
    group.command("revoke", epilog=show_examples("kaiga keys revoke ID"))(revoke)
    group.command("rotate-links", epilog=show_examples("kaiga keys rotate-links"))(rotate_links)
    app.add_typer(group, name="keys")


def create(
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What the key is for.")] = "",
    role: Annotated[Role, typer.Option("--role", help="What it may do.")] = Role.USER,
    account: Annotated[
        str,
        typer.Option("--account", metavar="ID", help="Account whose tasks it sees."),
    ] = DEFAULT_ACCOUNT,
    workspace: Annotated[
        str, typer.Option("--workspace", metavar="ID", help="Workspace of the account.")
    ] = DEFAULT_WORKSPACE,
    region: Annotated[
        str | None,
        typer.Option("--region", metavar="NAME", help="The one region it works in; unset, any."),
    ] = None,
    expires_in_hours: Annotated[
        float | None,
        typer.Option(
            "--expires-in-hours",
            metavar="HOURS",
            min=0.001,
            max=_LONGEST_HOURS,
            help="Unset, it does not expire.",
        ),
    ] = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Make an API key and print it, this once only; it is kept as a hash."""
    wanted = WantedKey(
        name=name,
        role=role,
        account=account,
        workspace=workspace,
        region=region,
        expires_in_hours=expires_in_hours,
    )
    settings = read_command_settings({"KAIGA_DATA": data})
    with _administer(NamedServer(url=url, key=key), settings) as administration:
        made = administration.create(wanted)
    if as_json:
        print_json(msgspec.to_builtins(made))
        return
    print(made.key)
    print(f"Its id is {made.id}, its role {made.role}. It is shown this once.", file=sys.stderr)


def list_keys(
    *, as_json: AsJson = False, url: Url = None, key: Key = None, data: Data = None
) -> None:
    """List the keys that are not revoked, each by its first characters."""
    settings = read_command_settings({"KAIGA_DATA": data})
    with _administer(NamedServer(url=url, key=key), settings) as administration:
        keys = administration.list_all()
    if as_json:
        print_json({"keys": msgspec.to_builtins(keys)})
        return
    headings = (
        *("Id", "Key", "Name", "Role", "Account"),
        *("Workspace", "Region", "Created", "Expires", "Last used"),
    )
    print_table(headings, [_make_row(shown) for shown in keys])


def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id, as in the list.")],
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Make a key useless at once."""
    settings = read_command_settings({"KAIGA_DATA": data})
    with _administer(NamedServer(url=url, key=key), settings) as administration:
        administration.revoke(key_id)
    print_done(f"Key {key_id} is revoked.", {"id": key_id}, as_json=as_json)


def rotate_links(
    *, as_json: AsJson = False, url: Url = None, key: Key = None, data: Data = None
) -> None:
    """Sign result links with a new secret from now on.

    Links that were given out before stay good for their time.
    """
    settings = read_command_settings({"KAIGA_DATA": data})
    with _administer(NamedServer(url=url, key=key), settings) as administration:
        administration.rotate_links()
    print_done("Result links are signed with a new secret.", {}, as_json=as_json)


@contextmanager
def _administer(named: NamedServer, settings: Settings) -> Generator[KeyAdministration]:
    with open_admin_client(named, settings) as client:
        yield StoreKeys(settings) if client is None else ServerKeys(client)


def _make_row(key: ApiKey) -> tuple[str, ...]:
    return (
        key.id,
        key.prefix,
        key.name or "-",
        key.role,
        key.account,
        key.workspace,
        key.region or "any",
        show_instant(key.created_at),
        show_instant(key.expires_at),
        show_instant(key.last_used_at),
    )
