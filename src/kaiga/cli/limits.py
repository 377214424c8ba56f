"""`kaiga limits`: list, set, remove."""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Annotated

import msgspec
import typer

from kaiga.cli.administering import open_admin_client
from kaiga.cli.completing import complete_models
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.cli.limit_administration import LimitAdministration, ServerLimits, StoreLimits
from kaiga.cli.options import (
    AsJson,
    Data,
    Key,
    NamedServer,
    Url,
    read_command_settings,
    show_examples,
)
from kaiga.cli.tables import print_done, print_json, print_table
from kaiga.domain.ids import AccountId, KeyId
from kaiga.domain.limits import LIMIT_NAMES, LimitChoice, LimitRule, LimitScope
from kaiga.settings import Settings

_NO_LIMIT = "none"
_HEADINGS = (
    *("Account", "Model", "Key", "Submissions/s", "Submissions/min"),
    *("Running", "Queued", "Queries/s", "Weight"),
)

Account = Annotated[
    str | None,
    typer.Option("--account", metavar="ID", help="Account that it is for; unset, every one."),
]
ModelName = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="Model that it is for; unset, every one.",
        autocompletion=complete_models,
    ),
]
KeyOfRule = Annotated[
    str | None,
    typer.Option("--key-id", metavar="ID", help="Key that it is for, as in 'kaiga keys list'."),
]


def _limit(option: str, meaning: str) -> typer.models.OptionInfo:
    return typer.Option(option, metavar="NUMBER", help=f"{meaning}; '{_NO_LIMIT}' lifts the limit.")


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        help="Set how much accounts, models and keys may ask for.", rich_markup_mode=None
    )
    group.command("list", epilog=show_examples("kaiga limits list", "kaiga limits list --json"))(
        list_limits
    )
    group.command(
        "set",
        epilog=show_examples(
            "kaiga limits set --submissions-per-minute 60 --queued-tasks 500",
            "kaiga limits set --account 2000000000000001 --running-tasks 2 --weight 3",
            "kaiga limits set --account 2000000000000001 --model wan2.6-t2v --queued-tasks none",
            "kaiga limits set --key-id 1000002 --queries-per-second 5",
        ),
    )(set_limits)
    group.command("remove", epilog=show_examples("kaiga limits remove --account 2000000000000001"))(
        remove
    )
    app.add_typer(group, name="limits")


def list_limits(
    *, as_json: AsJson = False, url: Url = None, key: Key = None, data: Data = None
) -> None:
    """List what is set: what the settings say first, then the rules that say something else."""
    settings = read_command_settings({"KAIGA_DATA": data})
    with _administer(NamedServer(url=url, key=key), settings) as administration:
        found = administration.list_all()
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    defaults = msgspec.structs.asdict(found.defaults)
    first = ("settings", "-", "-", *(_show(defaults[name]) for name in LIMIT_NAMES), "-")
    print_table(_HEADINGS, [first, *(_make_row(rule) for rule in found.rules)])


def set_limits(
    account: Account = None,
    model: ModelName = None,
    key_id: KeyOfRule = None,
    submissions_per_second: Annotated[
        str | None, _limit("--submissions-per-second", "Submissions in a second")
    ] = None,
    submissions_per_minute: Annotated[
        str | None, _limit("--submissions-per-minute", "Submissions in a minute")
    ] = None,
    running_tasks: Annotated[
        str | None, _limit("--running-tasks", "Tasks that run at once")
    ] = None,
    queued_tasks: Annotated[str | None, _limit("--queued-tasks", "Tasks that wait")] = None,
    queries_per_second: Annotated[
        str | None, _limit("--queries-per-second", "Task queries in a second")
    ] = None,
    weight: Annotated[
        float | None,
        typer.Option("--weight", metavar="NUMBER", help="The account's share; 1 unless set."),
    ] = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Set limits of an account, a model, both, a key, or, with none of these, of everybody.

    What is not named stays as it is.
    """
    rule = LimitRule(
        account=None if account is None else AccountId(account),
        model=model,
        key_id=None if key_id is None else KeyId(key_id),
        submissions_per_second=_read("--submissions-per-second", submissions_per_second),
        submissions_per_minute=_read("--submissions-per-minute", submissions_per_minute),
        running_tasks=_read("--running-tasks", running_tasks),
        queued_tasks=_read("--queued-tasks", queued_tasks),
        queries_per_second=_read("--queries-per-second", queries_per_second),
        weight=msgspec.UNSET if weight is None else weight,
    )
    settings = read_command_settings({"KAIGA_DATA": data})
    with _administer(NamedServer(url=url, key=key), settings) as administration:
        changed = administration.change(rule)
    if as_json:
        print_json(msgspec.to_builtins(changed))
        return
    print_table(_HEADINGS, [_make_row(changed)])


def remove(
    account: Account = None,
    model: ModelName = None,
    key_id: KeyOfRule = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Forget what is set for an account, a model, both, a key, or, with none of these, everybody.

    What the more general rules and the settings say holds again.
    """
    scope = LimitScope(
        account=None if account is None else AccountId(account),
        model=model,
        key_id=None if key_id is None else KeyId(key_id),
    )
    settings = read_command_settings({"KAIGA_DATA": data})
    with _administer(NamedServer(url=url, key=key), settings) as administration:
        administration.remove(scope)
    print_done("The rule is removed.", msgspec.to_builtins(scope), as_json=as_json)


@contextmanager
def _administer(named: NamedServer, settings: Settings) -> Generator[LimitAdministration]:
    with open_admin_client(named, settings) as client:
        yield StoreLimits(settings) if client is None else ServerLimits(client)


def _read(option: str, text: str | None) -> LimitChoice:
    if text is None:
        return msgspec.UNSET
    if text == _NO_LIMIT:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        raise CommandFailed(
            f"{option} must be a number or '{_NO_LIMIT}'.", exit_status=ExitStatus.USAGE
        )
    return int(text)


def _make_row(rule: LimitRule) -> tuple[str, ...]:
    choices: Mapping[str, int | None] = rule.choices()
    of_key = rule.key_id is not None
    return (
        "-" if of_key else rule.account or "any",
        "-" if of_key else rule.model or "any",
        rule.key_id or "-",
        *(_show(choices[name]) if name in choices else "-" for name in LIMIT_NAMES),
        "-" if rule.weight is msgspec.UNSET else f"{rule.weight:g}",
    )


def _show(limit: int | None) -> str:
    return _NO_LIMIT if limit is None else str(limit)
