"""Takes out of texts what must be in no file, without knowing what was shown before.

The recorder and the replay read requests through this alike, so that a request finds its
recording although parts of it were never written down.
"""

import re
from collections.abc import Callable, Mapping
from typing import cast

from kaiga.recording.addresses import forget_address

SCRUBBED = "scrubbed"
STAND_IN = re.compile(r"recorded-[a-z]+-[0-9]+")
"""What a client of the recorder is shown in place of a secret; see `StandIns`."""

_SECRET_NAME = re.compile(
    r"signature|(?:^|[_-])token$|secret|credential|access[_-]?key|password|api[_-]?key|^sig$"
    r"|^policy$|cookie|authori[sz]ation|(?:^|[_-])caller[_-]|workspace(?:[_-]?id)?$"
    r"|account[_-]?id|(?:^|[_-])uid$",
    re.IGNORECASE,
)
"""Of members, parameters and headers alike."""
_PARAMETER = re.compile(r"(?<=[?&])([A-Za-z0-9._-]+)=([^&#\s\"'<>\\]+)")
_LOGIN = re.compile(r"(https?://)[^/\s@\"]+@")
_LOOKS_SECRET = re.compile(
    r"\b(?:(sk|st)-(?!recorded-)[A-Za-z0-9._-]{16,}|LTAI[A-Za-z0-9]{12,}|Bearer \S+)"
)
"""Keys and access key ids by their shapes. Source: contract/core.md, 7.1 and 9.1."""
_XML_SECRET = re.compile(
    r"<((?:OSS)?AccessKeyId|SignatureProvided|StringToSign(?:Bytes)?)>[^<]*<", re.IGNORECASE
)
_LONGEST_READ = 64 * 1024
"""Longer strings are media in base64."""
_LEAST_SECRET = 8


def is_secret_name(name: str) -> bool:
    """Tell whether what has this name is a secret, or tells whose account it is."""
    return _SECRET_NAME.search(name) is not None


def is_secret(text: str) -> bool:
    """Tell whether a text is long enough to be looked for wherever it may stand."""
    return len(text) >= _LEAST_SECRET


def scrub_text(text: str, key: str = "") -> str:
    """Take keys and the signatures of links out of a text; `key` is one that is known."""
    if len(text) > _LONGEST_READ:
        return text
    if is_secret(key) and not STAND_IN.search(key):
        text = text.replace(key, SCRUBBED)
    text = _LOGIN.sub(rf"\1{SCRUBBED}@", _PARAMETER.sub(_scrub_parameter, text))
    return _XML_SECRET.sub(rf"<\1>{SCRUBBED}<", _LOOKS_SECRET.sub(SCRUBBED, text))


def scrub_named(name: str, text: str, key: str = "") -> str:
    """Take secrets out of a request's text that has a name; stand-ins stay."""
    if is_secret_name(name) and text and not STAND_IN.search(text):
        return SCRUBBED
    return scrub_text(forget_address(text), key)


def scrub_value(value: object, key: str = "") -> object:
    """Take secrets out of the JSON value of a request."""

    def scrub(name: str, scalar: str | int) -> str | int:
        if isinstance(scalar, str):
            return scrub_named(name, scalar, key)
        return 0 if is_secret_name(name) else scalar

    return map_scalars(value, scrub)


def map_scalars(
    value: object, change: Callable[[str, str | int], str | int], name: str = ""
) -> object:
    """Copy a JSON value with every text and whole number changed.

    `change` gets the name of the member in which it stands, too.
    """
    match value:
        case bool():
            return value
        case str() | int():
            return change(name, value)
        case dict():
            members = cast("Mapping[str, object]", value)
            return {each: map_scalars(inner, change, each) for each, inner in members.items()}
        case list():
            return [map_scalars(each, change, name) for each in cast("list[object]", value)]
        case _:
            return value


def _scrub_parameter(found: re.Match[str]) -> str:
    name, value = found[1], found[2]
    is_kept = not is_secret_name(name) or STAND_IN.search(value)
    return found[0] if is_kept else f"{name}={SCRUBBED}"
