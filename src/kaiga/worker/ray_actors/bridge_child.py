"""The bridge's own side: a driver of the Ray cluster that does as its worker says.

It ends with its worker, and Ray then ends its actors; it ends with its cluster too, as Ray has it,
and the worker starts it again.
"""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from kaiga.child_processes.frames import make_frame
from kaiga.child_processes.parent_streams import (
    end_with_parent,
    read_frames,
    take_output,
    write_frames,
)
from kaiga.worker.messages import Batch, Command, EngineBroke, StopBatch
from kaiga.worker.ray_actors.actor import BuildEngine
from kaiga.worker.ray_actors.messages import (
    ActorLost,
    ActorPlaced,
    ActorTold,
    BridgeCommand,
    BridgeMessage,
    ClusterAway,
    ClusterReached,
    EndActor,
    HoldActor,
    PlaceActor,
    TellActor,
    decode_bridge_command,
    encode,
)
from kaiga.worker.ray_actors.placing import PlacedActor
from kaiga.worker.ray_actors.untyped import ray

Tell = Callable[[BridgeMessage], None]
_MOST_UNREAD = 16
"""Lists of messages that an actor may be ahead of the bridge."""
_LONGEST_LINE = 250
_CONNECTING_SECONDS = 5.0


def run_bridge(address: str, build_engine: BuildEngine, parent_id: int) -> None:
    """Join the cluster and do as standard input says; returns only where it can't be joined."""
    end_with_parent(parent_id)
    output = take_output()

    def tell(message: BridgeMessage) -> None:
        write_frames(output, make_frame(message))

    try:
        _connect(address)
        ray.init(address=address, log_to_driver=False, logging_level="error")
    except Exception as error:  # noqa: BLE001  Ray raises whatever its parts do
        tell(ClusterAway(reason=_explain(error)))
        return
    tell(ClusterReached())
    asyncio.run(_serve(tell, build_engine))


def _connect(address: str) -> None:
    """See that somebody listens there: Ray itself would try for minutes.

    Raises:
        OSError: nobody does.
    """
    host, _, port = address.rpartition(":")
    socket.create_connection((host, int(port)), _CONNECTING_SECONDS).close()


async def _serve(tell: Tell, build_engine: BuildEngine) -> None:
    loop = asyncio.get_running_loop()
    commands: asyncio.Queue[BridgeCommand] = asyncio.Queue()

    def take(content: bytes) -> None:
        loop.call_soon_threadsafe(commands.put_nowait, decode_bridge_command(content))

    read_frames(take)
    actors: dict[int, _Actor] = {}
    while True:
        command = await commands.get()
        if isinstance(command, PlaceActor):
            actors[command.number] = _Actor(command, build_engine, tell)
        elif actor := actors.get(command.number):
            actor.take(command)
            if isinstance(command, EndActor):
                del actors[command.number]


class _Actor:
    """One actor from its order to its end."""

    def __init__(self, order: PlaceActor, build_engine: BuildEngine, tell: Tell) -> None:
        self._number = order.number
        self._tell = tell
        self._may_tell = asyncio.Event()
        self._may_tell.set()
        self._placed = PlacedActor(order, build_engine)
        self._work = {asyncio.create_task(self._live())}

    def take(self, command: BridgeCommand) -> None:
        """Do what the worker says of this actor."""
        match command:
            case TellActor():
                self._begin(self._pass_on(command.command))
            case HoldActor(is_full=True):
                self._may_tell.clear()
            case HoldActor():
                self._may_tell.set()
            case EndActor():
                for task in self._work:
                    task.cancel()
                self._placed.end()
            case _:
                pass

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _live(self) -> None:
        """Tell when the actor runs, and when it has ended."""
        handle = self._placed.handle
        try:
            host, process_id = await handle.describe.remote()
            self._tell(ActorPlaced(number=self._number, host=host, process_id=process_id))
            await handle.wait_for_end.remote()
        except Exception as error:  # noqa: BLE001  whatever it is, the actor is no more
            self._tell(ActorLost(number=self._number, reason=_explain(error)))
            self._placed.end()

    async def _pass_on(self, command: Command) -> None:
        match command:
            case Batch():
                await self._make(command)
            case StopBatch():
                await _quietly(self._placed.handle.leave.remote(command.number))

    async def _make(self, batch: Batch) -> None:
        try:
            files = await asyncio.to_thread(_read_files, batch)
            make = self._placed.handle.make.options(
                num_returns="streaming", _generator_backpressure_num_objects=_MOST_UNREAD
            )
            async for reference in make.remote(encode(batch), files):
                await self._may_tell.wait()
                self._tell_messages(await reference)
        except Exception as error:  # noqa: BLE001  the batch is lost, whatever it was
            self._tell_messages(encode([EngineBroke(reason=_explain(error))]))

    def _tell_messages(self, messages: bytes) -> None:
        self._tell(ActorTold(number=self._number, messages=messages))


async def _quietly(reference: Awaitable[object]) -> None:
    """Wait for what only fails where the actor has ended, which `_live` tells of."""
    with contextlib.suppress(ray.exceptions.RayError):
        await reference


def _read_files(batch: Batch) -> Mapping[str, bytes]:
    paths = {each.path for job in batch.jobs for each in job.media}
    return {path: Path(path).read_bytes() for path in sorted(paths)}


def _explain(error: Exception) -> str:
    """Give the first line of what Ray says, and the last one, which tells the cause."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    ends = dict.fromkeys(line[:_LONGEST_LINE] for line in (*lines[:1], *lines[-1:]))
    return " ".join(ends) or type(error).__name__
