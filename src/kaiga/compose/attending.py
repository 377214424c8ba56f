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
            engines=parts.board.report(),
            models=tuple(sorted(lanes.models or ())),
            slots=parts.settings.workers,
            running=workforce.running,
            costs=parts.crew.costs.list_latest(),
        )

    def hear(others: Sequence[Member]) -> None:
        parts.crew.hear(others)
        parts.board.hear(others)

    # Nobody asks a worker when a task may end, or how engines are that it has no use for.
    wants_to_hear = kind == "node" or parts.board.plan.has_choice
    changed = asyncio.Event()
    parts.board.on_change(changed.set)
    return (lambda: _attend_for_ever(roster, describe, hear if wants_to_hear else None, changed),)


async def _attend_for_ever(
    roster: Roster,
    describe: Callable[[], Member],
    hear: Callable[[Sequence[Member]], None] | None,
    changed: asyncio.Event,
) -> None:
    """Say it until cancelled, at once when it has `changed`; `hear` takes who else is there.

    Where the store does not answer, nobody could hear it.
    """
    try:
        while True:
            with suppress(StoreUnavailable):
                own = describe()
                await roster.attend(own)
                if hear is not None:
                    present = [seen.member for seen in await roster.list_present()]
                    hear([each for each in present if each.id != own.id])
            with suppress(TimeoutError):
                async with asyncio.timeout(_ATTEND_SECONDS):
                    await changed.wait()
            changed.clear()
    finally:
        with suppress(StoreUnavailable):
            await roster.leave(describe().id)
