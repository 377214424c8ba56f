"""Rows of the outbox to deliveries: the one place that knows the order of their columns."""

from kaiga.domain.ids import AccountId, DeliveryId, KeyId, RequestId, TaskId
from kaiga.domain.notices import Notice
from kaiga.domain.tasks import TaskStatus
from kaiga.domain.webhooks import Delivery, DeliveryState, Progress
from kaiga.store.rows import ReadRow, from_milliseconds

DELIVERY_COLUMNS = ", ".join(
    f"outbox.{name}"
    for name in (
        *("id", "url", "is_of_task", "task_id", "status", "account", "key_id", "request_id"),
        *("region", "operation", "model", "started_ms", "ended_ms", "state", "tries", "next_ms"),
        *("first_tried_ms", "last_tried_ms", "done_ms", "answer_status", "answer", "trouble"),
    )
)


def delivery_from_row(row: ReadRow) -> Delivery:
    """Read a row of `DELIVERY_COLUMNS`."""
    return Delivery(
        id=DeliveryId(str(row[0])),
        url=str(row[1]),
        is_of_task=bool(row[2]),
        notice=_notice_from_row(row),
        progress=_progress_from_row(row),
    )


def _notice_from_row(row: ReadRow) -> Notice:
    started_at, ended_at = from_milliseconds(row[11]), from_milliseconds(row[12])
    if started_at is None or ended_at is None:
        raise ValueError("an outbox row without its times")
    return Notice(
        task_id=TaskId(str(row[3])),
        status=TaskStatus(str(row[4])),
        account=AccountId(str(row[5])),
        key_id=KeyId(str(row[6])),
        request_id=RequestId(str(row[7])),
        region=str(row[8]),
        operation=str(row[9]),
        model=str(row[10]),
        started_at=started_at,
        ended_at=ended_at,
    )


def _progress_from_row(row: ReadRow) -> Progress:
    return Progress(
        state=DeliveryState(str(row[13])),
        tries=int(str(row[14])),
        next_try_at=from_milliseconds(row[15]),
        first_tried_at=from_milliseconds(row[16]),
        last_tried_at=from_milliseconds(row[17]),
        done_at=from_milliseconds(row[18]),
        answer_status=None if row[19] is None else int(str(row[19])),
        answer=str(row[20]),
        trouble=str(row[21]),
    )
