"""The supervisors of a server, one for each engine."""

import asyncio
from collections.abc import Mapping

from kaiga.ports.engine_pool import EnginePool
from kaiga.service.engines.engine_board import EngineBoard
from kaiga.worker.repeating import repeat_for_ever
from kaiga.worker.supervisor import Supervisor

_HEALTH_SECONDS = 5.0
"""Between two looks at how an engine is."""


class Workforce:
    """Supervisors by their engine's name, and the board that they go by."""

    def __init__(
        self,
        supervisors: Mapping[str, Supervisor],
        pools: Mapping[str, EnginePool],
        board: EngineBoard,
    ) -> None:
        self._supervisors = supervisors
        self._pools = pools
        self._board = board
        for supervisor in supervisors.values():
            board.on_change(supervisor.wake)

    @property
    def running(self) -> int:
        """How many tasks run here now."""
        return sum(each.running for each in self._supervisors.values())

    async def take_over(self) -> None:
        """See `Supervisor`; what ran here before is nobody's, whichever engine had it.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        for supervisor in self._supervisors.values():
            await supervisor.take_over()
            return

    async def run(self) -> None:
        """Work until cancelled; `stop` ends it with grace."""
        async with asyncio.TaskGroup() as group:
            for name, supervisor in self._supervisors.items():
                pool = self._pools[name]
                group.create_task(supervisor.run())
                group.create_task(
                    repeat_for_ever("health", lambda n=name, each=pool: self._look(n, each))
                )

    async def stop(self) -> None:
        """See `Supervisor`; all stop at the same time."""
        async with asyncio.TaskGroup() as group:
            for supervisor in self._supervisors.values():
                group.create_task(supervisor.stop())

    async def _look(self, name: str, pool: EnginePool) -> None:
        self._board.note_health(name, await pool.check_health())
        await asyncio.sleep(_HEALTH_SECONDS)
