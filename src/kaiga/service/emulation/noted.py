"""What the emulator notes of calls that came and of notices that went out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from kaiga.domain.ids import AccountId, DeliveryId, TaskId
from kaiga.domain.webhooks import Reply


@dataclass(slots=True, kw_only=True)
class NotedRequest:
    """A call as it came, `arrived_at` by its account's calendar, and what became of it.

    Keys in `headers` are shown as prefix and hash. `body` is the beginning of what came, in
    bytes as they were; `is_whole` tells whether it is all. `fault` is the id of the fault that
    acted, and `status` what was answered: None until then, and where no answer went out.
    `answer` is the beginning of an answer that is text.
    """

    arrived_at: datetime
    account: AccountId
    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    is_whole: bool
    fault: str | None = None
    fault_kind: str | None = None
    status: int | None = None
    request_id: str | None = None
    answer: bytes = b""


class NotedNotice(msgspec.Struct, frozen=True, kw_only=True):
    """One sending of a notice, and its answer; `sent_at` is by the account's calendar."""

    sent_at: datetime
    delivery_id: DeliveryId
    task_id: TaskId
    url: str
    headers: Mapping[str, str]
    body: bytes
    reply: Reply
    fault: str | None = None
    fault_kind: str | None = None
