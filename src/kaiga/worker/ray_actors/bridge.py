"""The worker's side of Ray: one bridge process, and the links over it to any number of actors."""

import asyncio
import os
from collections.abc import Sequence

import msgspec
import structlog

from kaiga.domain.errors import EngineAway, EngineBusy, EngineCrashed
from kaiga.worker.child_pipe import ChildPipe, start_child
from kaiga.worker.engine_link import Hear, Lose
from kaiga.worker.messages import Command
from kaiga.worker.ray_actors.messages import (
    ActorLost,
    ActorNeeds,
    ActorPlaced,
    ActorTold,
    BridgeMessage,
    ClusterAway,
    ClusterReached,
    EndActor,
    HoldActor,
    PlaceActor,
    TellActor,
    decode_bridge_message,
    decode_messages,
)

_log = structlog.get_logger(__name__)
_REACHING_SECONDS = 60.0
"""Longer than Ray itself tries to reach a cluster."""
_GRACE_SECONDS = 2.0


class ActorLink:
    """Implements `EngineLink` by an actor."""

    def __init__(self, bridge: "RayBridge", number: int, hear: Hear, lose: Lose) -> None:
        self.is_lost = False
        """See the port."""
        self.number = number
        self.placed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done once the actor runs, with an error once it is known that it will not."""
        self._bridge = bridge
        self._hear = hear
        self._lose = lose
        self._process_id: int | None = None
        self._is_held = False

    @property
    def process_id(self) -> int | None:
        """See the port."""
        return None if self.is_lost else self._process_id

    def send(self, command: Command) -> None:
        """See the port."""
        if self.is_lost:
            raise EngineCrashed
        self._bridge.send(TellActor(number=self.number, command=command))

    def hold_back(self, *, is_full: bool) -> None:
        """See the port."""
        if not self.is_lost and self._is_held is not is_full:
            self._is_held = is_full
            self._bridge.send(HoldActor(number=self.number, is_full=is_full))

    def kill(self) -> None:
        """See the port."""
        self._bridge.end(self)

    async def stop(self, grace_seconds: float) -> None:
        """See the port; an actor has nothing to tidy up, so it is ended at once."""
        del grace_seconds
        self._bridge.end(self)

    def take_place(self, process_id: int) -> None:
        """Take note that the actor runs."""
        self._process_id = process_id
        if not self.placed.done():
            self.placed.set_result(None)

    def take(self, messages: bytes) -> None:
        """Hand on what the actor said."""
        if not self.is_lost:
            for message in decode_messages(messages):
                self._hear(message)

    def lose(self, reason: str) -> None:
        """Take note that the actor has ended, or never began."""
        if self.is_lost:
            return
        self.is_lost = True
        if not self.placed.done():
            error = EngineCrashed()
            error.__cause__ = RuntimeError(reason)
            self.placed.set_exception(error)
        self._lose(reason)


class ActorStart:
    """Starts one actor, once: where it is lost, another one has to find a place of its own."""

    def __init__(self, bridge: "RayBridge", engine: str, options: str, needs: ActorNeeds) -> None:
        self._bridge = bridge
        self._engine = engine
        self._options = options
        self._needs = needs
        self._has_begun = False

    async def __call__(self, hear: Hear, lose: Lose) -> ActorLink:
        """Return once the actor runs, however long that takes.

        Raises:
            EngineAway: the cluster does not answer.
            EngineBusy: it was started before.
            EngineCrashed: it can't be started.
        """
        if self._has_begun:
            raise EngineBusy
        self._has_begun = True
        link = await self._bridge.place(self._engine, self._options, self._needs, hear, lose)
        try:
            await link.placed
        except asyncio.CancelledError:
            self._bridge.end(link)
            raise
        return link


class RayBridge:
    """The bridge process, started again where it has ended.

    `command` starts it; this process's id is added. With the bridge, all of its actors end.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = (*command, str(os.getpid()))
        self._pipe: ChildPipe[BridgeMessage] | None = None
        self._reached: asyncio.Future[None] | None = None
        self._reaching = asyncio.Lock()
        self._links: dict[int, ActorLink] = {}
        self._placed = 0

    async def start(self) -> None:
        """Have the cluster at hand; does nothing where it is.

        Raises:
            EngineAway: it does not answer; the cause tells why.
        """
        async with self._reaching:
            if self._pipe is None or self._pipe.is_lost:
                await self._reach()

    async def check(self) -> str:
        """Tell what is wrong with the cluster, empty if it answers; tries to reach it first."""
        try:
            await self.start()
        except EngineAway as away:
            return f"the Ray cluster can't be used: {away.__cause__ or away}"
        return ""

    async def place(
        self, engine: str, options: str, needs: ActorNeeds, hear: Hear, lose: Lose
    ) -> ActorLink:
        """Ask for an actor; the link's `placed` tells when it runs.

        Raises:
            EngineAway: see `start`.
        """
        await self.start()
        self._placed += 1
        link = self._links[self._placed] = ActorLink(self, self._placed, hear, lose)
        command = PlaceActor(number=link.number, engine=engine, options=options, needs=needs)
        self.send(command)
        return link

    def send(self, command: msgspec.Struct) -> None:
        """Tell the bridge.

        Raises:
            EngineCrashed: it has ended, and every actor with it.
        """
        if self._pipe is None:
            raise EngineCrashed
        self._pipe.send(command)

    def end(self, link: ActorLink) -> None:
        """End an actor; does nothing where it has ended."""
        if self._links.pop(link.number, None) is None:
            return
        link.lose("the actor was stopped")
        if self._pipe is not None and not self._pipe.is_lost:
            self._pipe.send(EndActor(number=link.number))

    async def stop(self) -> None:
        """End the bridge, and with it every actor."""
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            await pipe.stop(_GRACE_SECONDS)

    async def _reach(self) -> None:
        await self.stop()
        self._reached = asyncio.get_running_loop().create_future()
        try:
            self._pipe = await start_child(
                self._command, decode_bridge_message, self._hear, self._lose
            )
            async with asyncio.timeout(_REACHING_SECONDS):
                await self._reached
        except TimeoutError:
            await self.stop()
            raise EngineAway from None
        except EngineCrashed as error:
            raise EngineAway from error
        _log.info("the Ray cluster answers")

    def _hear(self, message: BridgeMessage) -> None:
        match message:
            case ClusterReached():
                if self._reached is not None and not self._reached.done():
                    self._reached.set_result(None)
            case ClusterAway():
                self._fail_to_reach(message.reason)
            case _:
                self._hear_of_actor(message)

    def _hear_of_actor(self, message: ActorPlaced | ActorTold | ActorLost) -> None:
        link = self._links.get(message.number)
        match message:
            case _ if link is None:  # it was ended meanwhile
                pass
            case ActorPlaced():
                _log.info("an actor runs", host=message.host, process_id=message.process_id)
                link.take_place(message.process_id)
            case ActorTold():
                link.take(message.messages)
            case ActorLost():
                if link.process_id is not None:
                    _log.warning("an actor has ended", reason=message.reason)
                del self._links[message.number]
                link.lose(message.reason)

    def _lose(self, reason: str) -> None:
        """Take note that the bridge has ended, as it does with its cluster."""
        self._fail_to_reach(reason)
        links, self._links = self._links, {}
        for link in links.values():
            link.lose("the bridge to the Ray cluster has ended")

    def _fail_to_reach(self, reason: str) -> None:
        if self._reached is not None and not self._reached.done():
            error = EngineAway()
            error.__cause__ = RuntimeError(reason)
            self._reached.set_exception(error)
