"""Keys derived from another: signed words that speak for it for a while, and are never stored.

One names its parent and its end, and is good because only this service can sign it; it can't be
revoked by itself, and is worth nothing without its parent.
"""

import binascii
import hmac
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from kaiga.domain.ids import KeyId

_RANDOM_BYTES = 10
_FORM = struct.Struct(f">QQ{_RANDOM_BYTES}s")
"""The parent's id, the end in seconds since 1970, and what makes two keys differ."""
_MAC_BYTES = 16


class DerivedKind(StrEnum):
    """What a derived key is for; the value is what it is signed as.

    That keeps each kind apart from the other, and from the hashes of keys, which the same secret
    makes.
    """

    TEMPORARY = "temporary keys"
    """For clients that are not trusted with the key itself (contract/core.md, 9.2)."""
    SESSION = "sessions"
    """For the browser of somebody who has signed in to the console."""

    @property
    def prefix(self) -> str:
        """What the text of such a key begins with."""
        return _PREFIXES[self]


_PREFIXES = {DerivedKind.TEMPORARY: "st-", DerivedKind.SESSION: "ks-"}


class DerivedKey(msgspec.Struct, frozen=True, kw_only=True):
    """What a derived key says of itself."""

    kind: DerivedKind
    parent: KeyId
    expires_at: datetime


def draw_derived_key(pepper: bytes, key: DerivedKey) -> str:
    """Write a key; two of the same parent and end differ. The end is a whole second."""
    end = int(key.expires_at.timestamp())
    form = _FORM.pack(int(key.parent), end, secrets.token_bytes(_RANDOM_BYTES))
    return _write(key.kind, form + _sign(pepper, key.kind, form))


def find_derived_key(pepper: bytes, text: str) -> DerivedKey | None:
    """Read a derived key of this service; None for any other text, also for a forged one."""
    kind = next((kind for kind in DerivedKind if text.startswith(kind.prefix)), None)
    if kind is None:
        return None
    try:
        signed = urlsafe_b64decode(text.removeprefix(kind.prefix).encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        return None
    form, mac = signed[: _FORM.size], signed[_FORM.size :]
    if not hmac.compare_digest(_sign(pepper, kind, form), mac) or _write(kind, signed) != text:
        return None
    parent, end, _ = _FORM.unpack(form)
    ends_at = datetime.fromtimestamp(end, UTC)
    return DerivedKey(kind=kind, parent=KeyId(str(parent)), expires_at=ends_at)


def _write(kind: DerivedKind, signed: bytes) -> str:
    """Write bytes in the one way that is read back: their number is a multiple of 3."""
    return kind.prefix + urlsafe_b64encode(signed).decode()


def _sign(pepper: bytes, kind: DerivedKind, form: bytes) -> bytes:
    secret = hmac.digest(pepper, kind.value.encode(), "sha256")
    return hmac.digest(secret, form, "sha256")[:_MAC_BYTES]
