"""Rows of calls to other servers to values: the one place that knows their columns."""

import msgspec

from kaiga.domain.ids import TaskId
from kaiga.ports.upstream_calls import UpstreamCall
from kaiga.store.rows import ReadRow, from_milliseconds

CALL_COLUMNS = "task_id, engine, attempt, model, intended_ms, upstream_id"


class CallTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A call, and the id that the other server has given to its task."""

    call: UpstreamCall
    upstream_id: str


def call_from_row(row: ReadRow) -> UpstreamCall:
    """Read a row of `CALL_COLUMNS`."""
    intended_at = from_milliseconds(row[4])
    if intended_at is None:
        raise ValueError("a call without the time of its intent")
    return UpstreamCall(
        task_id=TaskId(str(row[0])),
        engine=str(row[1]),
        attempt=int(str(row[2])),
        model=str(row[3]),
        intended_at=intended_at,
        upstream_id="" if row[5] is None else str(row[5]),
    )
