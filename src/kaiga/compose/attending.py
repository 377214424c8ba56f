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
            engines=tuple(sorted(workforce.engines)),
            models=tuple(sorted(lanes.models or ())),
            slots=parts.settings.workers,
            running=workforce.running,
        )

    return (lambda: _attend_for_ever(roster, describe),)


async def _attend_for_ever(roster: Roster, describe: Callable[[], Member]) -> None:
    """Say it until cancelled; where the store does not answer, nobody could hear it."""
    try:
        while True:
            with suppress(StoreUnavailable):
                await roster.attend(describe())
            await asyncio.sleep(_ATTEND_SECONDS)
    finally:
        with suppress(StoreUnavailable):
            await roster.leave(describe().id)
