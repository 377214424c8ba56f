"""From the text of a setting to its value.

What is not allowed is a ValueError whose text is what would be.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import timedelta, timezone
from pathlib import Path

from kaiga.domain.fetch_rules import AllowedPlace, read_allowed_place
from kaiga.domain.limits import LARGEST_LIMIT
from kaiga.domain.places import is_region

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
SHARED_STORES = ("postgresql://", "postgres://")
"""How the addresses of stores begin that several nodes may share."""
_DAY = timedelta(days=1)
_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


def text(text: str) -> str:
    """Take a text as it is."""
    return text


def optional_text(text: str) -> str | None:
    """Read a text; None for an empty one."""
    return text or None


def path(text: str) -> Path:
    """Read a path, from `~` or the working folder where it begins there."""
    return Path(text).expanduser().absolute()


def optional_path(text: str) -> Path | None:
    """Read a path; None for an empty text."""
    return path(text) if text else None


def one_of(*allowed: str) -> Callable[[str], str]:
    """Make the reader of a choice."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"one of {', '.join(allowed)}")
        return text

    return read


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """Make the reader of a whole number."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", text, re.ASCII) or not lowest <= int(text) <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest}")
        return int(text)

    return read


def limit(lowest: int) -> Callable[[str], int | None]:
    """Make the reader of a limit; None, which is none, for an empty text."""
    read = whole(lowest, LARGEST_LIMIT)
    return lambda text: read(text) if text else None


def seconds(lowest: float, highest: float) -> Callable[[str], float]:
    """Make the reader of a number of seconds."""

    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not lowest <= number <= highest:
            raise ValueError(f"a number from {lowest:g} to {highest:g}")
        return number

    return read


def switch(text: str) -> bool:
    """Read a switch."""
    if text.lower() not in _TRUE | _FALSE:
        raise ValueError("true or false")
    return text.lower() in _TRUE


def offset(text: str) -> timezone:
    """Read an offset from UTC."""
    written = _OFFSET.fullmatch(text)
    offset = timedelta(hours=int(written[2]), minutes=int(written[3])) if written else _DAY
    if not written or offset >= _DAY:
        raise ValueError("an offset from UTC such as +08:00")
    return timezone(-offset if written[1] == "-" else offset)


def networks(text: str) -> tuple[Network, ...]:
    """Read networks."""
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("addresses or networks with commas between, such as 10.0.0.0/8") from None


def places(text: str) -> tuple[AllowedPlace, ...]:
    """Read places that media may be fetched from."""
    try:
        return tuple(read_allowed_place(part) for part in listed(text))
    except ValueError:
        raise ValueError(
            "hosts, addresses or networks with commas between, such as minio:9000,10.0.0.0/8"
        ) from None


def listed(text: str) -> tuple[str, ...]:
    """Read what stands between commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def names(text: str) -> Mapping[str, tuple[str, ...]]:
    """Read names and what each stands for: `one=this,other=this+that`."""
    names: dict[str, tuple[str, ...]] = {}
    for part in listed(text):
        name, _, meant = (each.strip() for each in part.partition("="))
        models = tuple(each.strip() for each in meant.split("+"))
        if not name or not all(models):
            raise ValueError("names and models such as sora-2=wan2.6-t2v+wan2.6-i2v")
        names[name] = models
    return names


def url(text: str) -> str | None:
    """Read scheme and host; None for an empty text."""
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.\-_:\[\]]+(/[^\s?#]*)?", text):
        raise ValueError("scheme and host, such as https://kaiga.example.com")
    return text or None


def cluster(text: str) -> str | None:
    """Read the address of a Ray cluster's head; None for an empty text."""
    if text and not re.fullmatch(r"[A-Za-z0-9.\-_]+:[0-9]{1,5}", text):
        raise ValueError("host and port of a Ray cluster's head, such as 10.0.0.5:6379")
    return text or None


def region(text: str) -> str:
    """Read the name of a region."""
    if not is_region(text):
        raise ValueError("lower-case letters, digits and -, such as cn-beijing")
    return text


def store(text: str) -> str:
    """Read the address of a task store."""
    if text and not text.startswith(("sqlite:///", *SHARED_STORES)):
        raise ValueError("sqlite:///absolute/file, or postgresql://user@host:port/database")
    return text


def direct_store(text: str) -> str:
    """Read the address of a PostgreSQL."""
    if text and not text.startswith(SHARED_STORES):
        raise ValueError("postgresql://user@host:port/database")
    return text
