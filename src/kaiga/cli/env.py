"""`kaiga env`: the environment variables that official clients read."""

import shlex
from enum import StrEnum
from typing import Annotated

import typer

from kaiga.cli.failures import CommandFailed
from kaiga.cli.options import AsJson, Data, read_command_settings, show_examples
from kaiga.cli.reaching import complete_api_url, configured_url, find_local_key, find_running
from kaiga.cli.tables import print_done
from kaiga.settings import Settings


class Shell(StrEnum):
    """The shells whose quoting is known; `sh` also stands for bash and zsh."""

    SH = "sh"
    FISH = "fish"
    POWERSHELL = "powershell"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "env",
        epilog=show_examples(
            'eval "$(kaiga env)"',
            "kaiga env --shell fish | source",
            "kaiga env --shell powershell | Out-String | Invoke-Expression",
        ),
    )(show_environment)


def show_environment(
    shell: Annotated[Shell, typer.Option("--shell", help="Whose syntax to print.")] = Shell.SH,
    *,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Print the variables that lead clients to this Kaiga.

    The official SDKs read them, and so do Kaiga's own commands.
    """
    settings = read_command_settings({"KAIGA_DATA": data})
    url = find_own_url(settings)
    key = find_local_key(settings)
    if key is None:
        raise CommandFailed(
            f"There is no key to show: keys are kept as hashes, and none lies in {settings.data}. "
            "Start 'kaiga serve' once, or make a key with 'kaiga keys create'."
        )
    variables = {"DASHSCOPE_API_KEY": key, "DASHSCOPE_HTTP_BASE_URL": complete_api_url(url)}
    lines = (make_assignment(shell, name, value) for name, value in variables.items())
    print_done("\n".join(lines), variables, as_json=as_json)


def find_own_url(settings: Settings) -> str:
    """Give the address of the server that runs on the data folder, else the configured one.

    Raises:
        CommandFailed: none runs, and its port would be any.
    """
    running = find_running(settings.data)
    url = running.url if running else configured_url(settings)
    if url is None:
        raise CommandFailed("KAIGA_PORT is 0, so the address is known only while Kaiga runs.")
    return url


def make_assignment(shell: Shell, name: str, value: str) -> str:
    """Make the line that sets and exports a variable, with `value` quoted."""
    match shell:
        case Shell.SH:
            return f"export {name}={shlex.quote(value)}"
        case Shell.FISH:
            escaped = value.replace("\\", "\\\\").replace("'", "\\'")
            return f"set -gx {name} '{escaped}'"
        case Shell.POWERSHELL:
            escaped = value.replace("'", "''")
            return f"$env:{name} = '{escaped}'"
