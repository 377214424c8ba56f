"""`kaiga emulator`: the group, and where its commands are."""

import importlib

import typer

COMMANDS: tuple[str, ...] = (
    "reset",
    "clock",
    "pace",
    "faults",
    "requests",
    "tasks",
    "webhooks",
    "seed",
    "accounts",
    "record",
    "replay",
    "compare",
)
"""Modules beside this one, in the order of the help: each one's `add_to` adds to the group."""


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        help="Control an emulator; record, replay and compare exchanges.",
        rich_markup_mode=None,
    )
    for name in COMMANDS:
        importlib.import_module(f"kaiga.cli.emulator.{name}").add_to(group)
    app.add_typer(group, name="emulator")
