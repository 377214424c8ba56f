"""The names by which things are known, and how new ones are made."""

import re
import secrets
from datetime import UTC, date, datetime, time, timedelta
from struct import Struct
from typing import NamedTuple, NewType, cast
from uuid import UUID

from kaiga.domain.instants import instant_at, milliseconds_since_epoch

TaskId = NewType("TaskId", str)
AccountId = NewType("AccountId", str)
WorkspaceId = NewType("WorkspaceId", str)
KeyId = NewType("KeyId", str)
RequestId = NewType("RequestId", str)
WorkerId = NewType("WorkerId", str)
LinkKeyId = NewType("LinkKeyId", str)
ObjectKey = NewType("ObjectKey", str)
WebhookId = NewType("WebhookId", str)
DeliveryId = NewType("DeliveryId", str)


class Lane(NamedTuple):
    """What tasks wait in together: those of one account for one model of the catalogue."""

    account: AccountId
    model: str


DEFAULT_ACCOUNT = AccountId("1000000000000001")
"""The account of a machine's first key; account numbers are 16 digits (contract/core.md, 3.1)."""
DEFAULT_WORKSPACE = WorkspaceId("ws-default")

_TASK_ID_ENDING = Struct("3s 4s 12s")
"""The random groups of hex digits in a task's id; the second begins with the variant's digit."""
_VARIANT_AT = 3
_VARIANTS = bytes.maketrans(b"0123456789abcdef", b"89ab" * 4)
"""The digits that tell the variant of a UUID (RFC 9562, 4.1), each with two bits of any digit."""
_REQUEST_ID = Struct("8s 4s 4s 4s 12s")
"""The groups of hex digits in a request id."""


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


def is_account(text: str) -> bool:
    """Tell whether `text` can name an account; it becomes the first part of object keys."""
    return _NAME.fullmatch(text) is not None


def is_workspace(text: str) -> bool:
    """Tell whether `text` can name a workspace (contract/core.md, 9.3: it becomes a host label)."""
    return _NAME.fullmatch(text) is not None


def make_task_id(at: datetime, randomness: int) -> TaskId:
    """Make the UUID version 7 of an instant (RFC 9562, 5.7).

    Ids sort by the millisecond in which they were made. `randomness` gives the 74 free bits.
    """
    high, low = (randomness >> 60) & 0x3FFF, randomness & 0xFFF_FFFF_FFFF_FFFF
    digits = f"{high >> 2:03x}{high & 0b11:x}{low:015x}"
    [ending] = _write_endings(bytearray(digits, "ascii"))
    return TaskId(begin_task_ids(milliseconds_since_epoch(at)) + ending)


def begin_task_ids(milliseconds: int) -> str:
    """Give what the ids of all tasks begin with that are made in one millisecond since 1970."""
    time = f"{milliseconds & 0xFFFF_FFFF_FFFF:012x}"
    return f"{time[:8]}-{time[8:]}-7"


def draw_task_id_endings(count: int) -> list[str]:
    """Make what comes after `begin_task_ids`, at random, for an even number of tasks at once."""
    digits = secrets.token_hex(count * _TASK_ID_ENDING.size // 2)
    return _write_endings(bytearray(digits, "ascii"))


def _write_endings(digits: bytearray) -> list[str]:
    """Write random digits as ids have them; two bits count of each that holds the variant."""
    every = slice(_VARIANT_AT, None, _TASK_ID_ENDING.size)
    digits[every] = digits[every].translate(_VARIANTS)
    return _write_groups(_TASK_ID_ENDING, digits)


def first_task_id_at(at: datetime) -> TaskId:
    """Give the smallest id that a task made at `at` can have: a bound for ranges of time."""
    return make_task_id(at, 0)


def bounds_of_day(day: date) -> tuple[TaskId, TaskId]:
    """Give the first id of a day in UTC, and the first one after it."""
    begin = datetime.combine(day, time(), UTC)
    return first_task_id_at(begin), first_task_id_at(begin + timedelta(days=1))


def is_task_id(text: str) -> bool:
    """Tell whether `text` is written as this service writes its own task ids."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def made_at(task_id: TaskId) -> datetime:
    """Read the millisecond in which a version 7 id was made."""
    return instant_at(UUID(task_id).int >> 80)


def draw_request_id() -> RequestId:
    """Make a request id; its third group starts with 9 (contract/core.md, 1.4)."""
    return draw_request_ids(1)[0]


def draw_request_ids(count: int) -> list[RequestId]:
    """Make many request ids, which costs a third of what it costs to make them one by one."""
    digits = bytearray(secrets.token_hex(count * _REQUEST_ID.size // 2), "ascii")
    digits[12 :: _REQUEST_ID.size] = b"9" * count
    return cast("list[RequestId]", _write_groups(_REQUEST_ID, digits))


def _write_groups(groups: Struct, digits: bytearray) -> list[str]:
    """Write hex digits in groups with dashes between, as often as there are enough of them."""
    written = b" ".join(map(b"-".join, groups.iter_unpack(digits)))
    return written.decode("ascii").split(" ")
