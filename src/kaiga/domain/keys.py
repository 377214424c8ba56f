"""API keys: who a caller is, and what of a key may be kept."""

import hmac
import secrets
from datetime import datetime
from enum import StrEnum

import msgspec

from kaiga.domain.ids import AccountId, KeyId, WorkspaceId

_SHOWN_CHARACTERS = 7


class Role(StrEnum):
    """What a key may do beyond its own tasks."""

    USER = "user"
    ADMIN = "admin"


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who is calling, once the key is known to be good."""

    key_id: KeyId
    account: AccountId
    workspace: WorkspaceId
    role: Role
    region: str | None = None
    """The one region that the key works in; None for any."""
    expires_at: datetime | None = None
    is_temporary: bool = False
    """Whether the key shown is a temporary one of the key `key_id`."""


class Caller(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who is calling, and where: the workspace that the call runs in, and its region.

    `is_sync_only` tells that the host called takes no asynchronous calls.
    """

    principal: Principal
    workspace: WorkspaceId
    region: str
    is_sync_only: bool = False


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key as it may be shown: never the key itself, only its first characters."""

    id: KeyId
    prefix: str
    name: str
    account: AccountId
    workspace: WorkspaceId
    region: str | None
    """The one region that the key works in; None for any."""
    role: Role
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


def draw_api_key() -> str:
    """Make a key of the classic shape, `sk-` and 32 hex digits (contract/core.md, 9.1)."""
    return f"sk-{secrets.token_hex(16)}"


def hash_api_key(pepper: bytes, key: str) -> bytes:
    """Give the keyed SHA-256 of a key: all that is ever stored of it."""
    return hmac.digest(pepper, key.encode("utf-8", "surrogatepass"), "sha256")


def prefix_of_key(key: str) -> str:
    """Give the part of a key that may be shown, so that people can tell their keys apart."""
    return key[: min(_SHOWN_CHARACTERS, len(key) // 2)] + "..."
