"""What the operator allows whom: limits on submissions, waiting and running tasks, and queries.

Limits count per account and model (contract/core.md, 6.1), queries per account. Rules say them,
field by field: what a rule leaves out is said by the next less specific one, and at the end by
the settings. The rule of a key holds beside its account's.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec
from msgspec import UNSET, UnsetType

from kaiga.domain.errors import FieldInvalid
from kaiga.domain.ids import AccountId, KeyId, Lane, is_account

LARGEST_LIMIT = 1_000_000
LEAST_WEIGHT, LARGEST_WEIGHT = 0.01, 1000.0
USUAL_WEIGHT = 1.0
_LANES_REMEMBERED = 4096
_SUBMISSIONS = ("submissions_per_second", "submissions_per_minute")
_OF_KEYS = (*_SUBMISSIONS, "queries_per_second")
_OF_MODELS = (*_SUBMISSIONS, "running_tasks", "queued_tasks")

LimitChoice = int | None | UnsetType
"""A limit as a rule says it: a number, None for no limit, UNSET where another rule says it."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one account and model, or for one key; None is no limit."""

    submissions_per_second: int | None = None
    submissions_per_minute: int | None = None
    running_tasks: int | None = None
    queued_tasks: int | None = None
    queries_per_second: int | None = None


NO_LIMITS = Limits()
LIMIT_NAMES = Limits.__struct_fields__


class LimitScope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For whom a rule is: None is everybody's account, or every model; a key stands alone."""

    account: AccountId | None = None
    model: str | None = None
    key_id: KeyId | None = None


class LimitRule(
    LimitScope, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What is set for one scope."""

    submissions_per_second: LimitChoice = UNSET
    submissions_per_minute: LimitChoice = UNSET
    running_tasks: LimitChoice = UNSET
    queued_tasks: LimitChoice = UNSET
    queries_per_second: LimitChoice = UNSET
    weight: float | UnsetType = UNSET
    """The account's share of the workers relative to the others'."""

    @property
    def scope(self) -> LimitScope:
        """For whom it is."""
        return LimitScope(account=self.account, model=self.model, key_id=self.key_id)

    def choices(self) -> Mapping[str, int | None]:
        """Give the limits that it says, by name; the weight is none of them."""
        said = ((name, getattr(self, name)) for name in LIMIT_NAMES)
        return {name: value for name, value in said if value is not UNSET}

    def changed_by(self, other: "LimitRule") -> "LimitRule":
        """Make the rule that says what `other` says, and what this one says besides."""
        weight = self.weight if other.weight is UNSET else other.weight
        return msgspec.structs.replace(self, weight=weight, **other.choices())


def check_rule(rule: LimitRule) -> None:
    """See that a rule says something that can hold in its scope.

    Raises:
        FieldInvalid: it does not; the message names the field and what is allowed.
    """
    check_scope(rule)
    choices = rule.choices()
    if not choices and rule.weight is UNSET:
        raise FieldInvalid(f"A rule must set one of {', '.join(LIMIT_NAMES)} and weight.")
    for name, value in choices.items():
        lowest = 0 if name == "running_tasks" else 1
        if value is not None and not lowest <= value <= LARGEST_LIMIT:
            raise FieldInvalid(
                f"{name} must be a whole number from {lowest} to {LARGEST_LIMIT}, or null for none."
            )
    if rule.key_id is not None and choices.keys() - set(_OF_KEYS):
        raise FieldInvalid(f"A key may be limited by {', '.join(_OF_KEYS)} only.")
    if rule.model is not None and choices.keys() - set(_OF_MODELS):
        raise FieldInvalid("queries_per_second counts for all models together: leave model out.")
    _check_weight(rule)


def check_scope(scope: LimitScope) -> None:
    """See that there can be somebody whom a rule is for.

    Raises:
        FieldInvalid: there can't.
    """
    if scope.key_id is not None and (scope.account is not None or scope.model is not None):
        raise FieldInvalid("key_id stands alone: leave account and model out.")
    if scope.account is not None and not is_account(scope.account):
        raise FieldInvalid(
            "account must be 1 to 64 letters, digits, - and _, beginning with a letter or digit."
        )


def _check_weight(rule: LimitRule) -> None:
    if rule.weight is UNSET:
        return
    if rule.account is None or rule.model is not None:
        raise FieldInvalid("weight is an account's: name the account, and no model.")
    if not LEAST_WEIGHT <= rule.weight <= LARGEST_WEIGHT:
        raise FieldInvalid(f"weight must be a number from {LEAST_WEIGHT:g} to {LARGEST_WEIGHT:g}.")


class _Page:
    """All that holds from one change to the next; nothing of it is ever changed."""

    def __init__(self, version: int, defaults: Limits, rules: Iterable[LimitRule]) -> None:
        self.version = version
        self._defaults = defaults
        self._rules = {rule.scope: rule for rule in rules}
        every = [msgspec.structs.asdict(defaults), *(r.choices() for r in self._rules.values())]
        limited = {name for said in every for name, value in said.items() if value is not None}
        self.limits_queries = "queries_per_second" in limited
        self.limits_submissions = not limited.isdisjoint(_SUBMISSIONS)
        self.weights = {
            rule.account: rule.weight
            for rule in self._rules.values()
            if rule.account is not None and rule.weight is not UNSET
        }
        self.of_keys = {
            rule.key_id: Limits(**rule.choices())
            for rule in self._rules.values()
            if rule.key_id is not None
        }
        self.find_limits = lru_cache(_LANES_REMEMBERED)(self._resolve)

    def _resolve(self, account: AccountId, model: str | None) -> Limits:
        scopes = (
            LimitScope(),
            LimitScope(model=model),
            LimitScope(account=account),
            LimitScope(account=account, model=model),
        )
        said = [self._rules[scope].choices() for scope in scopes if scope in self._rules]
        changes = {name: value for choices in said for name, value in choices.items()}
        return msgspec.structs.replace(self._defaults, **changes) if changes else self._defaults


class LimitBook:
    """The rules as they hold now; it is a `QueuePolicy`.

    A change replaces the page whole, so the writer's thread and the loop read without a lock.
    """

    def __init__(self, defaults: Limits = NO_LIMITS) -> None:
        self.defaults = defaults
        """What the settings say, where no rule does."""
        self._page = _Page(0, defaults, ())

    def replace(self, rules: Iterable[LimitRule]) -> None:
        """Have these rules hold, and no others, from the next question on."""
        self._page = _Page(self._page.version + 1, self.defaults, rules)

    @property
    def version(self) -> int:
        """See `QueuePolicy`."""
        return self._page.version

    @property
    def limits_submissions(self) -> bool:
        """Tell whether anybody's submissions are limited in their rate."""
        return self._page.limits_submissions

    @property
    def limits_queries(self) -> bool:
        """Tell whether anybody's queries are limited."""
        return self._page.limits_queries

    def find_limits(self, account: AccountId, model: str | None) -> Limits:
        """Give what holds for an account and a model of the catalogue; None is no model."""
        return self._page.find_limits(account, model)

    def find_key_limits(self, key_id: KeyId) -> Limits:
        """Give what holds for one key beside its account's limits."""
        return self._page.of_keys.get(key_id, NO_LIMITS)

    def find_weight(self, account: AccountId) -> float:
        """See `QueuePolicy`."""
        return self._page.weights.get(account, USUAL_WEIGHT)

    def find_running_limit(self, lane: Lane) -> int | None:
        """See `QueuePolicy`."""
        return self._page.find_limits(lane.account, lane.model).running_tasks

    def find_queue_limit(self, lane: Lane) -> int | None:
        """See `QueuePolicy`."""
        return self._page.find_limits(lane.account, lane.model).queued_tasks
