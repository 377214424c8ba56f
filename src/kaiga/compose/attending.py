"""Has a process of a shared store say that it is there, for whoever looks after the service."""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Literal

from kaiga import __version__
from kaiga.compose.lanes import Lanes
from kaiga.compose.parts import Parts
from kaiga.domain.errors import StoreUnavailable
from kaiga.ports.roster import Member, Roster
from kaiga.service.crew import Crew
from kaiga.worker.paced_supervisor import PacedSupervisor
from kaiga.worker.workforce import Workforce

_ATTEND_SECONDS = 5.0


def attend(
    parts: Parts,
    kind: Literal["node", "worker"],
    workforce: Workforce | PacedSupervisor,
    lanes: Lanes,
) -> Sequence[Callable[[], Awaitable[None]]]:
    """Give what has to go on for that; nothing where nobody else has the store."""
    roster = parts.roster
    if roster is None or not isinstance(workforce, Workforce):
        return ()
    own_id = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"

    def describe() -> Member:
        return Member(
            id=own_id,
            kind=kind,
            host=socket.gethostname(),
            version=__version__,
            engines=tuple(sorted(workforce.engines)),
            models=tuple(sorted(lanes.models or ())),
            slots=parts.settings.workers,
            running=workforce.running,
            costs=parts.crew.costs.list_latest(),
        )

    # Nobody asks a worker when a task may end.
    crew = parts.crew if kind == "node" else None
    return (lambda: _attend_for_ever(roster, describe, crew),)


async def _attend_for_ever(
    roster: Roster, describe: Callable[[], Member], crew: Crew | None
) -> None:
    """Say it until cancelled, and hear who else is there, for `crew`.

    Where the store does not answer, nobody could hear it.
    """
    try:
        while True:
            with suppress(StoreUnavailable):
                own = describe()
                await roster.attend(own)
                if crew is not None:
                    present = [seen.member for seen in await roster.list_present()]
                    crew.hear([each for each in present if each.id != own.id])
            await asyncio.sleep(_ATTEND_SECONDS)
    finally:
        with suppress(StoreUnavailable):
            await roster.leave(describe().id)
