"""The requests that tasks came from, with what was taken out of them."""

import apsw

from kaiga.domain.ids import ObjectKey, TaskId
from kaiga.domain.tasks import StoredInput, StoredRequest

_REQUEST = "SELECT request, request_object FROM tasks WHERE id = ?"
_INPUTS = """
    SELECT member, object_key, media_type, size_bytes FROM inputs
    WHERE task_id = ? ORDER BY position
"""


def read_request(connection: apsw.Connection, task_id: TaskId) -> StoredRequest | None:
    """Give the request of a task that is there."""
    row = connection.execute(_REQUEST, (task_id,)).fetchone()
    if row is None:
        return None
    body, object_key = row
    return StoredRequest(
        body=body if isinstance(body, bytes) else None,
        object_key=None if object_key is None else ObjectKey(str(object_key)),
        inputs=tuple(
            StoredInput(
                member=str(member),
                object_key=ObjectKey(str(key)),
                media_type=str(media_type),
                size_bytes=int(str(size_bytes)),
            )
            for member, key, media_type, size_bytes in connection.execute(_INPUTS, (task_id,))
        ),
    )
