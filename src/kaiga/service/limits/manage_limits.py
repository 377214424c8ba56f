"""Sets, shows and removes the rules on limits, and has them hold at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.errors import FieldInvalid, KeyUnknown, LimitRuleUnknown
from kaiga.domain.ids import AccountId, KeyId
from kaiga.domain.limits import LimitBook, LimitRule, LimitScope, check_rule, check_scope
from kaiga.ports.key_store import KeyStore
from kaiga.ports.limit_store import LimitStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageLimits:
    """The use cases around limits."""

    store: LimitStore
    keys: KeyStore
    catalogue: Catalogue
    book: LimitBook
    _turns: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held from a write until the book shows it, so that the book never goes back."""

    async def load(self) -> None:
        """Have the rules of the store hold.

        Raises:
            StoreUnavailable: the store did not answer; what held before still does.
        """
        async with self._turns:
            await self._load()

    async def list_all(self) -> Sequence[LimitRule]:
        """Give every rule, the more general ones first.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        return await self.store.list_rules()

    async def change(self, rule: LimitRule) -> LimitRule:
        """Set what a rule says, and leave what its scope's rule says besides; gives the whole.

        An alias of a model stands for the model.

        Raises:
            FieldInvalid: something in the rule can't be; nothing was changed.
            KeyUnknown: no live key has that id.
            StoreUnavailable: nothing was changed.
        """
        check_rule(rule)
        if rule.key_id is not None and await self.keys.find_principal_of(rule.key_id) is None:
            raise KeyUnknown
        named = msgspec.structs.replace(rule, model=self._name_model(rule.model))
        async with self._turns:
            rules = {each.scope: each for each in await self.store.list_rules()}
            changed = rules.get(named.scope, named).changed_by(named)
            await self.store.put_rule(changed)
            await self._load()
        return changed

    async def remove(self, scope: LimitScope) -> None:
        """Forget the rule of a scope, whose model need not be in the catalogue any more.

        Raises:
            FieldInvalid: there can't be such a scope.
            LimitRuleUnknown: it has no rule.
            StoreUnavailable: nothing was changed.
        """
        check_scope(scope)
        model = None if scope.model is None else self.catalogue.find_model(scope.model)
        named = scope if model is None else msgspec.structs.replace(scope, model=model.name)
        async with self._turns:
            if not await self.store.remove_rule(named):
                raise LimitRuleUnknown
            await self._load()

    async def forget_account(self, account: AccountId) -> None:
        """Remove every rule for an account or for one of its keys.

        Raises:
            StoreUnavailable: some may have been removed.
        """
        async with self._turns:
            rules = await self.store.list_rules()
            its_keys = (
                {key.id for key in await self.keys.list_keys() if key.account == account}
                if any(rule.key_id for rule in rules)
                else set[KeyId]()
            )
            removed = [rule for rule in rules if rule.account == account or rule.key_id in its_keys]
            for rule in removed:
                await self.store.remove_rule(rule.scope)
            if removed:
                await self._load()

    async def _load(self) -> None:
        self.book.replace(await self.store.list_rules())

    def _name_model(self, name: str | None) -> str | None:
        if name is None:
            return None
        model = self.catalogue.find_model(name)
        if model is None:
            raise FieldInvalid(f"model must be one of the catalogue; {name} is none.")
        return model.name
