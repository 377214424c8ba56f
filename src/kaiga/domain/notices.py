"""Notices that a task has ended: the event that is sent, and the signature that it is sent under.

The event is the real service's (contract/core.md, 10), the signature that of Standard Webhooks
(https://www.standardwebhooks.com), which receivers have libraries for.
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from uuid import UUID, uuid5

import msgspec

from kaiga.domain.ids import AccountId, KeyId, RequestId, TaskId
from kaiga.domain.tasks import TaskStatus

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
"""Of an event that is the whole body. Source: CloudEvents 1.0, HTTP protocol binding, 3.2."""

_SECRET_PREFIX = "whsec_"  # noqa: S105  what secrets begin with, and none itself
_SECRET_BYTES = 32
_PURPOSE = b"webhooks of tasks, of account "
"""Keeps these secrets apart from all else that is made with the pepper."""
_EVENTS = UUID("5f0c51f6-5c3c-5e0e-9d6a-2f6b8a3b7c11")
"""The name space of event ids; drawn once."""

_encode = msgspec.json.Encoder().encode


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """That a task has ended, with all that its event says."""

    task_id: TaskId
    status: TaskStatus
    account: AccountId
    key_id: KeyId
    request_id: RequestId
    region: str
    operation: str
    model: str
    started_at: datetime
    ended_at: datetime


def make_event(notice: Notice, zone: tzinfo) -> bytes:
    """Write the CloudEvent of a notice: the same bytes each time, however often it is sent.

    `zone` is that of the times in `data`. The event counts as published when the task ended,
    since both are one transaction.
    """
    ended = _show_utc(notice.ended_at)
    return _encode(
        {
            "id": name_event(notice.task_id),
            "specversion": "1.0",
            "source": "acs.dashscope",
            "type": "dashscope:System:AsyncTaskFinish",
            "time": ended,
            "datacontenttype": "application/json;charset=utf-8",
            "aliyunaccountid": notice.account,
            "aliyunoriginalaccountid": notice.account,
            "aliyunpublishtime": ended,
            "aliyuneventbusname": "default",
            "aliyunregionid": notice.region,
            "data": {
                "task_id": notice.task_id,
                "task_status": notice.status.value,
                "request_id": notice.request_id,
                "api_key_id": notice.key_id,
                "user_api_unique_key": f"apikey:v1:{notice.operation}:{notice.model}",
                "start_time": _show_local(notice.started_at, zone),
                "end_time": _show_local(notice.ended_at, zone),
                "region": notice.region,
                "contain_result": False,
            },
        }
    )


def name_event(task_id: TaskId) -> str:
    """Give the id of a task's event: a task ends once, so its id is enough to make one."""
    return str(uuid5(_EVENTS, task_id))


def sign_event(secret: str, event_id: str, body: bytes, now: datetime) -> Mapping[str, str]:
    """Give the headers under which an event is sent at `now`.

    Receivers refuse stamps that are more than some minutes old, so each try is signed anew.
    """
    stamp = str(int(now.timestamp()))
    key = b64decode(secret.removeprefix(_SECRET_PREFIX))
    signed = b".".join((event_id.encode(), stamp.encode(), body))
    signature = b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }


def draw_webhook_secret() -> str:
    """Make a secret for one address, as Standard Webhooks writes them."""
    return _write_secret(secrets.token_bytes(_SECRET_BYTES))


def derive_task_secret(pepper: bytes, account: AccountId) -> str:
    """Give the secret for addresses that single tasks of an account name; kept nowhere."""
    return _write_secret(hmac.digest(pepper, _PURPOSE + account.encode(), "sha256"))


def _write_secret(key: bytes) -> str:
    return _SECRET_PREFIX + b64encode(key).decode()


def _show_utc(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _show_local(at: datetime, zone: tzinfo) -> str:
    """Write `yyyy-MM-dd HH:mm:ss`, a third form beside those of queries and lists."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
