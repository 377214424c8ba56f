"""The two ways in which this API writes instants as text."""

from datetime import datetime, tzinfo

_COMPACT = "%Y%m%d%H%M%S"
_COMPACT_DIGITS = 14
_YEARS = range(1971, 9999)  # a day more or less of these is still an instant


def show_time(at: datetime, zone: tzinfo) -> str:
    """Write `YYYY-MM-DD HH:MM:SS.mmm` (contract/core.md, 2.4)."""
    local = at.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}"


def find_time(text: str, zone: tzinfo) -> datetime | None:
    """Read `YYYYMMDDhhmmss` (contract/core.md, 3.1); None for what can't be read."""
    if len(text) != _COMPACT_DIGITS or not (text.isascii() and text.isdigit()):
        return None
    try:
        read = datetime.strptime(text, _COMPACT).replace(tzinfo=zone)
    except ValueError:
        return None
    return read if read.year in _YEARS else None
