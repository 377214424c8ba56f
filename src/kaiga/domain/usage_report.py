"""What was used, summed up by day, account, key and model."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from kaiga.domain.ids import AccountId, KeyId


class UsageDimension(StrEnum):
    """What usage may be told apart by, in the order in which reports name it."""

    DAY = "day"
    ACCOUNT = "account"
    KEY = "key"
    MODEL = "model"


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """What one key used of one model in some span.

    `tasks` are those that are billed: they have succeeded. `seconds` are those of clips.
    """

    account: AccountId
    key_id: KeyId
    model: str
    tasks: int
    images: int
    clips: int
    seconds: float


class UsageLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a report; what it does not tell apart is None."""

    day: date | None = None
    account: AccountId | None = None
    key: KeyId | None = None
    model: str | None = None
    tasks: int
    images: int
    clips: int
    seconds: float


SUMS = ("tasks", "images", "clips", "seconds")
"""The members of a line that are added up."""


def sum_up(
    by_day: Mapping[date, Iterable[Used]], by: Collection[UsageDimension]
) -> Sequence[UsageLine]:
    """Add up what is not to be told apart; the lines are sorted by what is."""
    sums: dict[tuple[object, ...], list[float]] = {}
    for day, used in by_day.items():
        for each in used:
            told = {"day": day, "account": each.account, "key": each.key_id, "model": each.model}
            key = tuple(told[name] for name in UsageDimension if name in by)
            line = sums.setdefault(key, [0, 0, 0, 0.0])
            for position, name in enumerate(SUMS):
                line[position] += getattr(each, name)
    names = [name.value for name in UsageDimension if name in by]
    return [
        msgspec.convert({**dict(zip(names, key, strict=True)), **_name_sums(sums[key])}, UsageLine)
        for key in sorted(sums, key=lambda key: tuple(map(str, key)))
    ]


def _name_sums(sums: Sequence[float]) -> Mapping[str, float]:
    named = dict(zip(SUMS, sums, strict=True))
    return {**named, "seconds": round(named["seconds"], 2)}
