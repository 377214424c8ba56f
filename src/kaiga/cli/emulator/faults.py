"""`kaiga emulator faults`: list, add, remove, plans, apply."""

from collections.abc import Sequence
from typing import Annotated

import typer

from kaiga.cli.completing import complete_fault_kinds, complete_models, complete_plans
from kaiga.cli.emulator.controlling import Account, open_control, read_named_table
from kaiga.cli.emulator.durations import read_duration
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.cli.options import AsJson, Data, Key, Url, show_examples
from kaiga.cli.ordering.values import read_value
from kaiga.cli.ordering.wishes import read_pairs
from kaiga.cli.tables import print_done, print_json, print_table
from kaiga.testing.control_calls import Json
from kaiga.testing.tables import is_named_file

_SCOPE = ("id", "kind", "on", "model", "operation")
"""The members of a fault that have columns of their own."""


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Have things go wrong, and heal them.", rich_markup_mode=None)
    for name, command, examples in (
        ("list", list_faults, ("kaiga emulator faults list",)),
        (
            "add",
            add,
            (
                "kaiga emulator faults add throttled --times 2",
                "kaiga emulator faults add task-failed --model wan2.6-t2v --set code=InternalError",
                "kaiga emulator faults add error --on query --every 3 --set status=503 --for 1h",
            ),
        ),
        (
            "remove",
            remove,
            ("kaiga emulator faults remove ID", "kaiga emulator faults remove --all"),
        ),
        ("kinds", list_kinds, ("kaiga emulator faults kinds",)),
        ("plans", list_plans, ("kaiga emulator faults plans",)),
        (
            "apply",
            apply,
            (
                "kaiga emulator faults apply flaky-network",
                "kaiga emulator faults apply tests/bad-day.toml",
            ),
        ),
    ):
        group.command(name, epilog=show_examples(*examples))(command)
    app.add_typer(group, name="faults")


def list_faults(
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """List the faults that are set for the account."""
    with open_control(url, key, data, account) as control:
        _tell(control.faults(), as_json=as_json)


def add(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="As in 'kaiga emulator faults kinds'.",
            autocompletion=complete_fault_kinds,
        ),
    ],
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="CALL", help="Where it acts, of the places of its kind."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="NAME",
            help="Model that it is for; unset, every one.",
            autocompletion=complete_models,
        ),
    ] = None,
    operation: Annotated[
        str | None,
        typer.Option("--operation", metavar="PATH", help="Path after /services/; unset, any."),
    ] = None,
    nth: Annotated[
        int | None,
        typer.Option("--nth", metavar="NUMBER", help="Only at this call of them, from 1."),
    ] = None,
    every: Annotated[
        int | None, typer.Option("--every", metavar="NUMBER", help="At one call of so many.")
    ] = None,
    probability: Annotated[
        float | None,
        typer.Option("--probability", metavar="PART", help="At this part of the calls, 0 to 1."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="NUMBER", help="What decides that; the same, the same."),
    ] = None,
    times: Annotated[
        int | None, typer.Option("--times", metavar="COUNT", help="So often, and then no more.")
    ] = None,
    lasting: Annotated[
        str | None,
        typer.Option("--for", metavar="TIME", help="Until it heals by itself; 10m unless given."),
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="A value of the kind, as status=503; repeatable."
        ),
    ] = None,
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Set a fault, and print its id."""
    members = {
        "on": on,
        "model": model,
        "operation": operation,
        "nth": nth,
        "every": every,
        "probability": probability,
        "seed": seed,
        "times": times,
        "expires_after_seconds": None if lasting is None else read_duration(lasting),
        **{name: read_value(text) for name, text in read_pairs("--set", values or ())},
    }
    given = {name: value for name, value in members.items() if value is not None}
    with open_control(url, key, data, account) as control:
        fault = control.fault(kind, **given)
    if as_json:
        print_json(fault)
        return
    print(fault["id"])


def remove(
    fault_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="The fault's id, as the list shows it.")
    ] = None,
    account: Account = None,
    *,
    all_of_them: Annotated[bool, typer.Option("--all", help="All faults of the account.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Heal one fault, or every one."""
    if (fault_id is None) != all_of_them:
        raise CommandFailed("Name a fault by its id, or --all.", exit_status=ExitStatus.USAGE)
    with open_control(url, key, data, account) as control:
        if fault_id is None:
            control.remove_faults()
        else:
            control.remove_fault(fault_id)
    said = "No fault is left." if fault_id is None else f"Fault {fault_id} is removed."
    print_done(said, {"id": fault_id}, as_json=as_json)


def list_kinds(
    *, as_json: AsJson = False, url: Url = None, key: Key = None, data: Data = None
) -> None:
    """List the kinds of faults: where each acts, what it takes, and what its victim sees."""
    with open_control(url, key, data) as control:
        kinds = control.kinds()
    if as_json:
        print_json({"kinds": kinds})
        return
    rows = [
        (kind["name"], ", ".join(kind["points"]), ", ".join(kind["takes"]) or "-", kind["says"])
        for kind in kinds
    ]
    print_table(("Kind", "On", "Takes", "What it does"), rows)


def list_plans(
    *, as_json: AsJson = False, url: Url = None, key: Key = None, data: Data = None
) -> None:
    """List the plans that come with Kaiga, and what each is for."""
    with open_control(url, key, data) as control:
        plans = control.plans()
    if as_json:
        print_json({"plans": plans})
        return
    print_table(("Plan", "What for"), [(plan["name"], plan["says"]) for plan in plans])


def apply(
    plan: Annotated[
        str,
        typer.Argument(
            metavar="PLAN",
            help="Its name, or a file of one's own (TOML or JSON).",
            autocompletion=complete_plans,
        ),
    ],
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Set every fault of a plan."""
    with open_control(url, key, data, account) as control:
        faults = control.apply_plan(read_named_table(plan) if is_named_file(plan) else plan)
    _tell(faults, as_json=as_json)


def _tell(faults: Sequence[Json], *, as_json: bool) -> None:
    if as_json:
        print_json({"faults": faults})
        return
    if not faults:
        print("No faults.")
        return
    headings = (*(name.capitalize() for name in _SCOPE), "What else")
    print_table(headings, [_make_row(fault) for fault in faults])


def _make_row(fault: Json) -> tuple[str, ...]:
    rest = {
        name: value for name, value in fault.items() if name not in _SCOPE and value is not None
    }
    said = " ".join(f"{name}={value}" for name, value in rest.items())
    return (*(_show(fault.get(name)) for name in _SCOPE), said)


def _show(value: str | Sequence[str] | None) -> str:
    return value or "any" if isinstance(value, str | None) else ", ".join(value)
