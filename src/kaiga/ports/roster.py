"""Who is at work on one database: each process says so itself, now and then."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from kaiga.domain.engines import Health


class MeasuredCost(msgspec.Struct, frozen=True, array_like=True):
    """How many seconds tasks of one shape took: the mean of `count`, the latest weighing most.

    `shape` begins with the model's name; `service/standing/run_costs.py` tells its further members.
    """

    shape: tuple[str | int | float | None, ...]
    count: int
    seconds: float


class EngineReport(msgspec.Struct, frozen=True, kw_only=True):
    """How an engine is where a member runs it; `resting` are models that it has just failed."""

    health: Health = Health()
    resting: tuple[str, ...] = ()


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A process: a `node` answers clients and may run tasks as well, a `worker` runs tasks alone.

    `engines` are those that it runs, by name, `models` those that it runs alone, empty for all of
    these engines. Of `slots` tasks at once `running` are under way. `costs` are those that it
    measured last.
    """

    id: str
    kind: Literal["node", "worker"]
    host: str
    version: str
    engines: Mapping[str, EngineReport]
    models: tuple[str, ...]
    slots: int
    running: int
    costs: tuple[MeasuredCost, ...] = ()


class Seen(msgspec.Struct, frozen=True):
    """A member, and how many seconds ago it was heard of."""

    member: Member
    seconds_ago: float


class Roster(Protocol):
    """The members; all methods raise `StoreUnavailable`."""

    async def attend(self, member: Member) -> None:
        """Say that one is there, and how it stands now."""
        ...

    async def leave(self, member_id: str) -> None:
        """Say that one is gone; who says nothing any more is forgotten after a while."""
        ...

    async def list_present(self) -> Sequence[Seen]:
        """Give who was heard of lately, nodes first, then by host."""
        ...
