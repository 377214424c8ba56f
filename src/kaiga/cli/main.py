"""The command `kaiga`: finds the module of the command that is asked for, and answers failures.

Only that module is imported, so that `kaiga serve` does not wait for an HTTP client's imports.
"""

import importlib
import json
import sys
from collections.abc import Sequence
from typing import Annotated, Any, cast

import typer

from kaiga import __version__
from kaiga.cli.completing import find_completing
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.domain.errors import KaigaError

COMMANDS = {
    "serve": "kaiga.cli.serve",
    "worker": "kaiga.cli.worker",
    "generate": "kaiga.cli.generate",
    "rerun": "kaiga.cli.rerun",
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
    "migrate": "kaiga.cli.migrate",
    "doctor": "kaiga.cli.doctor",
    "top": "kaiga.cli.top",
    "bench": "kaiga.cli.bench",
    "emulator": "kaiga.cli.emulator.group",
}
"""By name, in the order of the help: the module whose `add_to` adds the command."""

# Typer 0.20 brings its own copy of click, older ones import it; this is the class in both.
_USAGE_FAULT = cast("type[Exception]", typer.BadParameter.__base__)


def run() -> None:
    """Run the command that the program's arguments name."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: Sequence[str]) -> int:
    """Run a command and give its exit status."""
    try:
        app = build_app(_find_command(arguments))
        status = app(args=list(arguments) or ["--help"], prog_name="kaiga", standalone_mode=False)
    except _USAGE_FAULT as fault:
        message = _describe_usage(cast("typer.BadParameter", fault))
        failure = CommandFailed(message, exit_status=ExitStatus.USAGE, code="UsageInvalid")
    except CommandFailed as failed:
        failure = failed
    except KaigaError as error:
        failure = CommandFailed(str(error), code=error.code)
    except (KeyboardInterrupt, typer.Abort):
        return ExitStatus.INTERRUPTED
    else:
        return status if isinstance(status, int) else ExitStatus.DONE
    _tell(failure, as_json="--json" in arguments)
    return failure.exit_status


def build_app(command: str | None = None) -> typer.Typer:
    """Build the application with one command, or with every command where it is not known.

    An empty `command` has all names and nothing behind them: it is all that Tab needs.
    """
    app = typer.Typer(
        help="Kaiga: a self-hosted Model Studio for images and video.",
        epilog="Every command has its own help: kaiga COMMAND --help",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_choose)
    if command == "":
        for name in COMMANDS:
            app.command(name)(_do_nothing)
        return app
    for name in [command] if command in COMMANDS else COMMANDS:
        importlib.import_module(COMMANDS[name]).add_to(app)
    return app


def _find_command(arguments: Sequence[str]) -> str | None:
    """Give the word that names the command; an empty one where its name is being completed."""
    words = find_completing()
    if words is None:
        return arguments[0] if arguments else None
    return words[0] if len(words) > 1 else ""


def _do_nothing() -> None:
    """Stand for a command of which only the name is wanted."""


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


def _tell(failure: CommandFailed, *, as_json: bool) -> None:
    """Say on standard error why nothing came of it, as one line for people or for programs."""
    if as_json:
        told = {
            "code": failure.code,
            "message": str(failure),
            "exit_status": int(failure.exit_status),
        }
        line = json.dumps(told, ensure_ascii=False)
    else:
        line = f"kaiga: {failure}"
    print(line, file=sys.stderr)
