"""Instants as whole milliseconds, cut the same way wherever they are shown or stored."""

from datetime import UTC, datetime, timedelta

FIRST_INSTANT = datetime(1, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds_since_epoch(at: datetime) -> int:
    """Give the whole milliseconds since 1970 in UTC; what is left of the next one is dropped."""
    return (at - _EPOCH) // _MILLISECOND


def instant_at(milliseconds: int) -> datetime:
    """Give the instant of that many milliseconds since 1970, in UTC."""
    return _EPOCH + milliseconds * _MILLISECOND
