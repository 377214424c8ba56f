"""What shells offer at Tab in place of a model, a task, a kind of fault or a plan.

What is imported here is imported by every command, so what takes long waits until it is asked for.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress

import typer

from kaiga.cli.failures import CommandFailed
from kaiga.cli.options import NamedServer, read_command_settings
from kaiga.domain.errors import KaigaError

_PATIENCE_SECONDS = 1.0
"""Who has pressed Tab waits no longer for a server."""
_OF_LATE = 20


def find_completing(environment: Mapping[str, str] = os.environ) -> list[str] | None:
    """Give the words that a shell wants completed, the last one unfinished; None for a plain call.

    Source: the scripts of typer, which hand them on in these variables.
    """
    if not environment.get("_KAIGA_COMPLETE", "").startswith("complete_"):
        return None
    line = environment.get("COMP_WORDS") or environment.get("_TYPER_COMPLETE_ARGS", "")
    return [*line.split()[1:], *([""] if line.endswith(" ") else [])]


def complete_models(incomplete: str) -> Iterator[tuple[str, str]]:
    """Offer the models of the catalogue."""
    from kaiga.catalogue import read_catalogue  # noqa: PLC0415  see the module

    with suppress(KaigaError):
        for model in read_catalogue(read_command_settings({}).catalogue).list_models():
            if model.name.startswith(incomplete):
                yield model.name, model.title


def complete_tasks(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Offer the newest tasks, of the server that the command would ask."""
    from kaiga.cli.client import ApiClient  # noqa: PLC0415  see the module
    from kaiga.cli.reaching import reach_server  # noqa: PLC0415  only where Tab asks a server

    given = ctx.params
    named = NamedServer(url=given.get("url"), key=given.get("key"))
    with suppress(CommandFailed, KaigaError, OSError):
        settings = read_command_settings({"KAIGA_DATA": given.get("data")})
        server = reach_server(named, settings)
        with ApiClient(server, answer_seconds=_PATIENCE_SECONDS) as client:
            rows = client.list_tasks({"page_size": _OF_LATE}).data
        for row in rows:
            if row.task_id.startswith(incomplete):
                yield row.task_id, f"{row.status} {row.model_name}"


def complete_fault_kinds(incomplete: str) -> Iterator[tuple[str, str]]:
    """Offer the kinds of faults."""
    from kaiga.domain.emulation.fault_kinds import KINDS  # noqa: PLC0415  see the module

    return ((kind.name, kind.says) for kind in KINDS.values() if kind.name.startswith(incomplete))


def complete_plans(incomplete: str) -> Iterator[tuple[str, str]]:
    """Offer the plans that come with Kaiga."""
    from kaiga.emulation_plans import read_ready_plans  # noqa: PLC0415  see the module

    plans = read_ready_plans().items()
    return ((name, plan.says) for name, plan in plans if name.startswith(incomplete))
