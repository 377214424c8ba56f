"""Temporary keys: signed words that speak for another key for a while (contract/core.md, 9.2).

Nothing of them is kept. One names its parent and its end, and is good because only this service
can sign it; it can't be revoked by itself, and is worth nothing without its parent.
"""

import binascii
import hmac
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

import msgspec

from kaiga.domain.ids import KeyId

PREFIX = "st-"
_RANDOM_BYTES = 10
_FORM = struct.Struct(f">QQ{_RANDOM_BYTES}s")
"""The parent's id, the end in seconds since 1970, and what makes two keys differ."""
_MAC_BYTES = 16
_PURPOSE = b"temporary keys"
"""Keeps what is signed here apart from the hashes of keys, which the same secret makes."""


class TemporaryKey(msgspec.Struct, frozen=True, kw_only=True):
    """What a temporary key says of itself."""

    parent: KeyId
    expires_at: datetime


def draw_temporary_key(pepper: bytes, key: TemporaryKey) -> str:
    """Write a temporary key; two of the same parent and end differ. The end is a whole second."""
    end = int(key.expires_at.timestamp())
    form = _FORM.pack(int(key.parent), end, secrets.token_bytes(_RANDOM_BYTES))
    return _write(form + _sign(pepper, form))


def find_temporary_key(pepper: bytes, text: str) -> TemporaryKey | None:
    """Read a temporary key of this service; None for any other text, also for a forged one."""
    if not text.startswith(PREFIX):
        return None
    try:
        signed = urlsafe_b64decode(text.removeprefix(PREFIX).encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        return None
    form, mac = signed[: _FORM.size], signed[_FORM.size :]
    if not hmac.compare_digest(_sign(pepper, form), mac) or _write(signed) != text:
        return None
    parent, end, _ = _FORM.unpack(form)
    return TemporaryKey(parent=KeyId(str(parent)), expires_at=datetime.fromtimestamp(end, UTC))


def _write(signed: bytes) -> str:
    """Write bytes in the one way that is read back: their number is a multiple of 3."""
    return PREFIX + urlsafe_b64encode(signed).decode()


def _sign(pepper: bytes, form: bytes) -> bytes:
    secret = hmac.digest(pepper, _PURPOSE, "sha256")
    return hmac.digest(secret, form, "sha256")[:_MAC_BYTES]
