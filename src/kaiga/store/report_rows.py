"""Rows of what operators ask for, as both databases give them."""

from kaiga.domain.ids import AccountId, KeyId, TaskId
from kaiga.domain.usage_report import Used
from kaiga.ports.recent_failures import FailedTask
from kaiga.store.rows import ReadRow, from_milliseconds


def used_from_row(row: ReadRow) -> Used:
    """Read account, key, model, tasks, images, clips and seconds."""
    account, key_id, model, tasks, images, clips, seconds = map(str, row)
    return Used(
        account=AccountId(account),
        key_id=KeyId(key_id),
        model=model,
        tasks=int(tasks),
        images=int(images),
        clips=int(clips),
        seconds=float(seconds),
    )


def failed_from_row(row: ReadRow) -> FailedTask:
    """Read id, account, model, code and the instant of the end."""
    task_id, account, model, code, ended = row
    return FailedTask(
        task_id=TaskId(str(task_id)),
        account=AccountId(str(account)),
        model=str(model),
        code="" if code is None else str(code),
        ended_at=from_milliseconds(ended),
    )
