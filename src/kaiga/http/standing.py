"""How an unfinished task stands, as headers of the query tell it and as events do."""

from functools import lru_cache

from kaiga.http.asgi import Header
from kaiga.service.standing.task_standing import Standing

_PROGRESS, _POSITION, _ETA = (
    b"x-kaiga-progress",
    b"x-kaiga-queue-position",
    b"x-kaiga-eta-seconds",
)
_REWRITE = b"x-kaiga-rewrite"
REWRITE_FAILED: tuple[Header, ...] = ((_REWRITE, b"failed"),)
"""Told of a task whose prompt went on as it was, since it could not be rewritten."""
STANDING_HEADERS = tuple(name.decode() for name in (_PROGRESS, _POSITION, _ETA, _REWRITE))


@lru_cache(maxsize=2048)
def add_standing(headers: tuple[Header, ...], standing: Standing) -> tuple[Header, ...]:
    """Add what is known to an answer's headers; what isn't is left out.

    The progress is an item of RFC 8941: the phase, and the steps as its parameters.
    """
    told: list[Header] = []
    if standing.phase:
        steps = f";step={standing.step};steps={standing.steps}" if standing.steps else ""
        told.append((_PROGRESS, f"{standing.phase}{steps}".encode()))
    if standing.position is not None:
        told.append((_POSITION, b"%d" % standing.position))
    if standing.eta_seconds is not None:
        told.append((_ETA, b"%d" % standing.eta_seconds))
    return (*headers, *told)
