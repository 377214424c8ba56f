"""Where the operator's rules on limits are kept."""

from collections.abc import Sequence
from typing import Protocol

from kaiga.domain.limits import LimitRule, LimitScope


class LimitStore(Protocol):
    """Rules by their scopes, at most one for each.

    All methods raise `StoreUnavailable` where the database did not answer; then nothing was
    changed.
    """

    async def list_rules(self) -> Sequence[LimitRule]:
        """Give every rule, by account, model and key, the more general ones first."""
        ...

    async def put_rule(self, rule: LimitRule) -> None:
        """Record a rule in place of what its scope had before."""
        ...

    async def remove_rule(self, scope: LimitScope) -> bool:
        """Forget the rule of a scope; tells whether there was one."""
        ...
