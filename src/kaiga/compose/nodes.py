"""Has a node go by what other nodes have changed: tasks, keys and limits that it remembers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from kaiga.compose.parts import Parts
from kaiga.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from kaiga.store.postgres import PostgresDatabase
    from kaiga.store.postgres.hints import Hint

_log = structlog.get_logger(__name__)
_ASK_ANEW_SECONDS = 1.0
"""How old what is remembered of keys, links and limits may be where a hint did not come: a key that
was revoked on one node is refused on all within two seconds."""


def join_nodes(parts: Parts) -> Sequence[Callable[[], Awaitable[None]]]:
    """Listen to the other nodes of a shared store; gives what has to go on for that."""
    if parts.shared is None:
        return ()
    if parts.settings.public_url is None:
        _log.warning(
            "KAIGA_PUBLIC_URL is not set: links begin with whatever address this node was asked at"
        )
    memory = _Memory(parts, parts.shared)
    return (memory.run,)


class _Memory:
    """What this node remembers of a store that others write to as well."""

    def __init__(self, parts: Parts, shared: "PostgresDatabase") -> None:
        self._parts = parts
        self._shared = shared
        self._is_old = asyncio.Event()
        shared.hints.listen(self._hear)
        shared.hints.on_gap(self._forget)

    async def run(self) -> None:
        """Read anew what a hint has told of, and now and then without one, until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_ASK_ANEW_SECONDS):
                    await self._is_old.wait()
            self._is_old.clear()
            self._parts.key_ring.ask_anew()
            with suppress(StoreUnavailable):
                await self._parts.link_keys.load()
                await self._parts.manage_limits.load()

    def _hear(self, hint: "Hint") -> None:
        if hint.keys:
            self._parts.key_ring.forget_all()
        if hint.keys or hint.limits:
            self._is_old.set()

    def _forget(self) -> None:
        """Trust nothing that was remembered; tasks not again before others are heard."""
        self._parts.hot.trust(is_told=self._shared.listener.is_hearing)
        self._parts.key_ring.ask_anew()
        self._is_old.set()
