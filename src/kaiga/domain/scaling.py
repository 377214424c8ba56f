"""How many processes an engine is to have, where these can come and go."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The bounds of an engine, and how soon it grows and shrinks.

    It has from `fewest` to `most` processes. It grows while a task has waited for longer than
    `queue_seconds`, and a process goes that had nothing to do for `idle_seconds`.
    """

    fewest: int
    most: int
    queue_seconds: float
    idle_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What an engine has to do, and has.

    `waiting` tasks wait, the oldest for `oldest_seconds`. Of its processes, `starting` are on
    their way, `busy` have work, `idle` have none, and `rested` of the idle ones have had none for
    as long as the engine's scale allows.
    """

    waiting: int = 0
    oldest_seconds: float = 0.0
    starting: int = 0
    busy: int = 0
    idle: int = 0
    rested: int = 0


def choose_count(scale: Scale, load: Load) -> int:
    """Give how many processes an engine is to have now, those on their way included.

    The first task that finds none gets one at once. After that they double, at most, once those on
    their way are there, and there are never more than tasks: so a burst that is soon over starts
    few, and a long queue has all of them after a few doublings. One that is idle while tasks wait
    shows that these wait for something else.
    """
    present = load.busy + load.idle
    if load.waiting and present + load.starting == 0:
        wanted = 1
    elif _is_short(scale, load):
        wanted = min(2 * present, load.busy + load.waiting)
    elif load.waiting:
        wanted = present + load.starting - load.rested
    else:
        wanted = present - load.rested
    return max(scale.fewest, min(wanted, scale.most))


def _is_short(scale: Scale, load: Load) -> bool:
    """Tell whether tasks wait for processes that are not even on their way."""
    has_more_coming = load.starting > 0 or load.idle > 0
    return load.waiting > 0 and not has_more_coming and load.oldest_seconds >= scale.queue_seconds
