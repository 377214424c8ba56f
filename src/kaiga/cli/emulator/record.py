"""`kaiga emulator record`: stands before a server, and records what passes."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.cli.options import read_command_settings, show_examples
from kaiga.compose.recording import record
from kaiga.domain.places import find_shared_host

DEFAULT_PORT = 8601

Port = Annotated[
    int, typer.Option("--port", metavar="NUMBER", min=0, max=65535, help="Port; 0 takes any.")
]


def add_to(group: typer.Typer) -> None:
    """Add the command."""
    group.command(
        "record",
        epilog=show_examples(
            "kaiga emulator record recordings",
            "kaiga emulator record recordings --upstream https://dashscope-intl.aliyuncs.com",
        ),
    )(record_here)


def record_here(
    folder: Annotated[Path, typer.Argument(help="Where recordings go; it may hold some.")],
    upstream: Annotated[
        str | None,
        typer.Option(
            "--upstream",
            metavar="URL",
            help="Server to record; unset, the real service in KAIGA_REGION.",
        ),
    ] = None,
    port: Port = DEFAULT_PORT,
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout", metavar="SECONDS", min=0.1, help="How long to wait for an answer."
        ),
    ] = 600.0,
) -> None:
    """Pass calls on to a server with the callers' own keys, and record each exchange.

    What clients do through it, they do at the server: orders are made, and may cost.
    No key, token, signature, cookie or account gets into a file. Ctrl-C ends it.
    """
    url = _checked(upstream) if upstream else _find_cloud()

    def tell_ready(own_url: str) -> None:
        print(f"Records {url} into {folder}\nBase URL: {own_url}/api/v1", flush=True)

    record(
        folder,
        upstream_url=url,
        port=port,
        timeout_seconds=timeout,
        on_ready=tell_ready,
        on_recorded=lambda name, status: print(f"{name} {status}", flush=True),
    )


def _checked(url: str) -> str:
    """Give an address of a server as it is.

    Raises:
        CommandFailed: it is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise CommandFailed(
            f"--upstream must be an address such as https://dashscope.aliyuncs.com, not {url}.",
            exit_status=ExitStatus.USAGE,
        )
    return url


def _find_cloud() -> str:
    region = read_command_settings({}).region
    host = find_shared_host(region)
    if host is None:
        raise CommandFailed(
            f"The region {region} has no host that all workspaces share. "
            "Name the workspace's own with --upstream."
        )
    return f"https://{host}"
