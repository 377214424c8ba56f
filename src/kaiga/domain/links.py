"""The public address of a result: a path that names no object, an expiry and a signature.

The form is the contract's (contract/core.md, 7.1). The path is separate from the object's key:
it names the task and the picture, and the row says where the bytes are.
"""

import hashlib
import hmac
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from urllib.parse import quote

from kaiga.domain.ids import LinkKeyId, TaskId, is_task_id

LIFETIME_PREFIX = "1d"
_DAY = "%Y%m%d"
_PATH_PARTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkKey:
    """A secret that signs links, and the id under which links name it."""

    id: LinkKeyId
    secret: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultAddress:
    """Which result a link's path names: picture `position` (from 0) of a task."""

    task_id: TaskId
    position: int


def make_result_path(task_id: TaskId, position: int, extension: str, ended_at: datetime) -> str:
    """Make `/1d/{hh}/{yyyymmdd}/{8 hex}/{task}-{n}.{extension}`; n counts from 1."""
    spread = hashlib.sha256(f"{task_id}/{position}".encode()).hexdigest()
    day = ended_at.astimezone(UTC).strftime(_DAY)
    return (
        f"/{LIFETIME_PREFIX}/{spread[:2]}/{day}/{spread[2:10]}/{task_id}-{position + 1}.{extension}"
    )


def find_result_address(path: str) -> ResultAddress | None:
    """Read which result a path names; None where it names none."""
    parts = path.strip("/").split("/")
    if len(parts) != _PATH_PARTS or parts[0] != LIFETIME_PREFIX:
        return None
    name, _, _ = parts[-1].rpartition(".")
    task_id, _, number = name.rpartition("-")
    if not is_task_id(task_id) or not (number.isascii() and number.isdigit()):
        return None
    return ResultAddress(task_id=TaskId(task_id), position=int(number[:6]) - 1)


def make_link_query(key: LinkKey, path: str, expires_at: datetime) -> str:
    """Make the query `Expires=&OSSAccessKeyId=&Signature=` that opens `path` until `expires_at`."""
    expires = str(ceil(expires_at.timestamp()))
    signature = quote(_sign(key, path, expires), safe="")
    return f"Expires={expires}&OSSAccessKeyId={key.id}&Signature={signature}"


def is_signature_right(key: LinkKey, path: str, expires: str, signature: str) -> bool:
    """Tell whether `signature` covers this path and expiry, in constant time."""
    expected = _sign(key, path, expires)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass"))


def _sign(key: LinkKey, path: str, expires: str) -> str:
    mac = hmac.digest(key.secret, f"{path}\n{expires}".encode("utf-8", "surrogatepass"), "sha256")
    return b64encode(mac).decode()
