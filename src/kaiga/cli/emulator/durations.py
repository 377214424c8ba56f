"""Spans of time as people write them."""

import re

from kaiga.cli.failures import CommandFailed, ExitStatus

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_PART = r"[0-9]{1,9}(?:\.[0-9]{1,6})?[dhms]"


def read_duration(text: str) -> float:
    """Read a span such as `25h`, `90s` or `1d12h30m`; gives seconds.

    Raises:
        CommandFailed: it is no span, or has no unit.
    """
    if not re.fullmatch(f"(?:{_PART})+", text, re.ASCII):
        raise CommandFailed(
            f"{text!r} is not a time such as 25h, 90s or 1d12h.", exit_status=ExitStatus.USAGE
        )
    parts: list[str] = re.findall(_PART, text)
    return sum(float(part[:-1]) * _SECONDS[part[-1]] for part in parts)
