"""The newest warnings of the log, in memory, for the console; secrets are hidden before."""

from collections import deque
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

_MOST_LINES = 200
_LONGEST_VALUE = 500
_KEPT_LEVELS = frozenset({"warning", "error", "critical"})

_lines: deque[Mapping[str, Any]] = deque(maxlen=_MOST_LINES)


def keep_line(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep a line of the level warning and above; a processor of structlog, after `hide_secrets`.

    Tracebacks are left to the log itself.
    """
    del logger, method
    if event.get("level") in _KEPT_LEVELS:
        _lines.append(
            {
                name: value if isinstance(value, int | float) else str(value)[:_LONGEST_VALUE]
                for name, value in event.items()
                if not name.startswith("_") and name not in {"exception", "stack"}
            }
        )
    return event


def list_recent_lines() -> Sequence[Mapping[str, Any]]:
    """Give the lines kept, the newest first."""
    return list(reversed(_lines))
