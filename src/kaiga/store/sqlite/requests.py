"""The requests that tasks came from, with what was taken out of them."""

import apsw

from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import StoredRequest
from kaiga.store.rows import INPUT_COLUMNS, REQUEST_COLUMNS, request_from_rows

_REQUEST = f"SELECT {REQUEST_COLUMNS} FROM tasks WHERE id = ?"  # noqa: S608  constants
_INPUTS = f"SELECT {INPUT_COLUMNS} FROM inputs WHERE task_id = ? ORDER BY position"  # noqa: S608  constants


def read_request(connection: apsw.Connection, task_id: TaskId) -> StoredRequest | None:
    """Give the request of a task that is there."""
    row = connection.execute(_REQUEST, (task_id,)).fetchone()
    return None if row is None else request_from_rows(row, connection.execute(_INPUTS, (task_id,)))
