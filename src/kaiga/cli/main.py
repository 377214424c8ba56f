"""The command `kaiga`: finds the module of the command that is asked for, and answers failures.

Only that module is imported, so that `kaiga serve` does not wait for an HTTP client's imports.
"""

import importlib
import sys
from collections.abc import Sequence
from typing import Annotated, Any, cast

import typer

from kaiga import __version__
from kaiga.cli.failures import CommandFailed
from kaiga.domain.errors import KaigaError

COMMANDS = {
    "serve": "kaiga.cli.serve",
    "generate": "kaiga.cli.generate",
    "tasks": "kaiga.cli.tasks",
    "keys": "kaiga.cli.keys",
    "limits": "kaiga.cli.limits",
    "usage": "kaiga.cli.usage",
    "webhooks": "kaiga.cli.webhooks",
    "models": "kaiga.cli.models",
    "env": "kaiga.cli.env",
    "postman": "kaiga.cli.write_postman",
    "conformance": "kaiga.cli.conform",
    "backup": "kaiga.cli.backup",
    "restore": "kaiga.cli.restore",
    "doctor": "kaiga.cli.doctor",
    "top": "kaiga.cli.top",
    "emulator": "kaiga.cli.emulator.group",
}
"""By name, in the order of the help: the module whose `add_to` adds the command."""

_USAGE_STATUS = 2
_INTERRUPTED_STATUS = 130  # 128 and the number of SIGINT, as shells have it

# Typer 0.20 brings its own copy of click, older ones import it; this is the class in both.
_USAGE_FAULT = cast("type[Exception]", typer.BadParameter.__base__)


def run() -> None:
    """Run the command that the program's arguments name."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: Sequence[str]) -> int:
    """Run a command and give its exit status."""
    try:
        app = build_app(arguments[0] if arguments else None)
        status = app(args=list(arguments) or ["--help"], prog_name="kaiga", standalone_mode=False)
    except _USAGE_FAULT as fault:
        return _refuse(_describe_usage(cast("typer.BadParameter", fault)), _USAGE_STATUS)
    except CommandFailed as failure:
        return _refuse(str(failure), failure.exit_status)
    except KaigaError as error:
        return _refuse(str(error), 1)
    except (KeyboardInterrupt, typer.Abort):
        return _INTERRUPTED_STATUS
    return status if isinstance(status, int) else 0


def build_app(command: str | None = None) -> typer.Typer:
    """Build the application with one command, or with every command where it is not known."""
    app = typer.Typer(
        help="Kaiga: a self-hosted Model Studio for images and video.",
        epilog="Every command has its own help: kaiga COMMAND --help",
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_choose)
    for name in [command] if command in COMMANDS else COMMANDS:
        importlib.import_module(COMMANDS[name]).add_to(app)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"kaiga {__version__}")
        raise typer.Exit


def _choose(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    del version


def _describe_usage(fault: typer.BadParameter) -> str:
    context: Any = fault.ctx
    path = "kaiga" if context is None else str(context.command_path)
    message = " ".join(fault.format_message().split())
    return f"{message.rstrip('.')}. Try '{path} --help'."


def _refuse(message: str, status: int) -> int:
    print(f"kaiga: {message}", file=sys.stderr)
    return status
