"""Upload policies: what lets a client put files here for a while (contract/core.md, 8.1).

A policy goes out signed and comes back with each form. Nothing of it is kept: what it says counts
because only this service can sign it.
"""

import binascii
import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from kaiga.domain.errors import ObjectNameInvalid, PolicyBroken
from kaiga.domain.ids import AccountId, ObjectKey
from kaiga.domain.links import LinkKey

OBJECT_ACL = "private"
FORBID_OVERWRITE = "true"
"""A string in the contract's answer as well."""

_DIR_PREFIX = "dashscope-instant"
_BUCKET = "kaiga"
_LONGEST_KEY_BYTES = 1023
"""As object storage has it."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PURPOSE = b"upload policy\n"
"""Keeps what is signed here apart from what is signed as a link."""


class UploadPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Who may upload below which folder, until when, and how much at a time."""

    account: AccountId
    model: str
    upload_dir: str
    max_bytes: int
    expires_at: datetime


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it is written; the conditions are for those who read it, and not read back."""

    expiration: datetime
    conditions: tuple[object, ...]
    kaiga: UploadPolicy


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Document).decode


def make_upload_dir(account: AccountId, now: datetime, request_id: str) -> str:
    """Make the folder of one policy, `dashscope-instant/{32 hex}/{yyyy-mm-dd}/{request id}`."""
    owner = hashlib.sha256(account.encode()).hexdigest()[:32]
    return f"{_DIR_PREFIX}/{owner}/{now.astimezone(UTC):%Y-%m-%d}/{request_id}"


def upload_object_key(account: AccountId, number: str) -> ObjectKey:
    """Name the object of an upload; nothing that a client wrote gets into it."""
    return ObjectKey(f"{account}/uploads/{number}")


def write_policy(policy: UploadPolicy) -> str:
    """Write a policy as base64 of JSON, in the form of object storage."""
    document = {
        "expiration": f"{policy.expires_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
        "conditions": [
            ["content-length-range", 0, policy.max_bytes],
            _key_condition(policy),
            {"bucket": _BUCKET},
            {"x-oss-object-acl": OBJECT_ACL},
            {"x-oss-forbid-overwrite": FORBID_OVERWRITE},
        ],
        "kaiga": policy,
    }
    return b64encode(_encode(document)).decode()


def find_policy(text: str) -> UploadPolicy | None:
    """Read what `write_policy` wrote; None for anything else."""
    try:
        return _decode(b64decode(text, validate=True)).kaiga
    except (binascii.Error, msgspec.DecodeError, UnicodeError, ValueError):
        return None


def sign_policy(key: LinkKey, text: str) -> str:
    """Give base64 of the HMAC-SHA256 over a written policy."""
    mac = hmac.digest(key.secret, _PURPOSE + text.encode("utf-8", "surrogatepass"), "sha256")
    return b64encode(mac).decode()


def is_policy_signature_right(key: LinkKey, text: str, signature: str) -> bool:
    """Tell whether `signature` is that of a written policy, in constant time."""
    return hmac.compare_digest(
        sign_policy(key, text).encode(), signature.encode("utf-8", "surrogatepass")
    )


def check_form(policy: UploadPolicy, form: Mapping[str, str]) -> None:
    """Hold the fields of a form against its policy; `form` has a `key`.

    What the policy fixes may be left out, but must not be asked for otherwise.

    Raises:
        PolicyBroken: a field is not what the policy allows.
        ObjectNameInvalid: the key is below the policy's folder and still names no file.
    """
    key = form["key"]
    if not key.startswith(f"{policy.upload_dir}/"):
        raise PolicyBroken(_encode(_key_condition(policy)).decode())
    for name, fixed in (
        ("x-oss-object-acl", OBJECT_ACL),
        ("x-oss-forbid-overwrite", FORBID_OVERWRITE),
    ):
        if form.get(name, fixed) != fixed:
            raise PolicyBroken(_encode(["eq", f"${name}", fixed]).decode())
    names = key.removeprefix(f"{policy.upload_dir}/").split("/")
    is_too_long = len(key.encode("utf-8", "surrogatepass")) > _LONGEST_KEY_BYTES
    if is_too_long or _CONTROL.search(key) or not {"", ".", ".."}.isdisjoint(names):
        raise ObjectNameInvalid


def _key_condition(policy: UploadPolicy) -> list[str]:
    return ["starts-with", "$key", f"{policy.upload_dir}/"]
