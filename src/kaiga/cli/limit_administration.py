"""Rules on limits: through the server that runs on a data folder, or in its store directly."""

import asyncio
from typing import Protocol
from urllib.parse import urlencode

import msgspec

from kaiga.cli.administering import require_store
from kaiga.cli.client import ApiClient
from kaiga.compose.commands.offline import open_offline_limits
from kaiga.domain.limits import LimitRule, Limits, LimitScope
from kaiga.settings import Settings


class LimitsSet(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say, and the rules that say something else."""

    defaults: Limits
    rules: tuple[LimitRule, ...]


class LimitAdministration(Protocol):
    """What can be done about limits, wherever it is done."""

    def list_all(self) -> LimitsSet:
        """Give everything that is set."""
        ...

    def change(self, rule: LimitRule) -> LimitRule:
        """Set what a rule says; gives the whole rule of its scope."""
        ...

    def remove(self, scope: LimitScope) -> None:
        """Forget the rule of a scope."""
        ...


class _RuleAnswer(msgspec.Struct, frozen=True):
    rule: LimitRule


class ServerLimits:
    """Implements `LimitAdministration` over the admin routes of a server."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    def list_all(self) -> LimitsSet:
        """See the protocol."""
        return msgspec.json.decode(self._client.administer("GET", "limits"), type=LimitsSet)

    def change(self, rule: LimitRule) -> LimitRule:
        """See the protocol."""
        answer = self._client.administer("PATCH", "limits", msgspec.to_builtins(rule))
        return msgspec.json.decode(answer, type=_RuleAnswer).rule

    def remove(self, scope: LimitScope) -> None:
        """See the protocol."""
        named = {name: value for name, value in msgspec.to_builtins(scope).items() if value}
        self._client.administer("DELETE", f"limits?{urlencode(named)}")


class StoreLimits:
    """Implements `LimitAdministration` in the store, which no server may hold meanwhile."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def list_all(self) -> LimitsSet:
        """See the protocol."""
        return asyncio.run(self._list_all())

    def change(self, rule: LimitRule) -> LimitRule:
        """See the protocol."""
        return asyncio.run(self._change(rule))

    def remove(self, scope: LimitScope) -> None:
        """See the protocol."""
        asyncio.run(self._remove(scope))

    async def _list_all(self) -> LimitsSet:
        require_store(self._settings)
        async with open_offline_limits(self._settings) as limits:
            rules = tuple(await limits.list_all())
            return LimitsSet(defaults=limits.book.defaults, rules=rules)

    async def _change(self, rule: LimitRule) -> LimitRule:
        require_store(self._settings)
        async with open_offline_limits(self._settings) as limits:
            return await limits.change(rule)

    async def _remove(self, scope: LimitScope) -> None:
        require_store(self._settings)
        async with open_offline_limits(self._settings) as limits:
            await limits.remove(scope)
