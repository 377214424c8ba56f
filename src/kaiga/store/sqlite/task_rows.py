"""Reads and writes rows of tasks, and of what belongs to them, as SQLite takes many at once."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

import apsw

from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Attempt, NewTask, Result, Task
from kaiga.store.rows import (
    ATTEMPT_COLUMNS,
    INPUT_COLUMNS,
    INSERT_COLUMNS,
    READ_COLUMNS,
    RESULT_COLUMNS,
    STATUS_COLUMN,
    WITH_RESULTS,
    Row,
    attempt_from_row,
    encode,
    group_results,
    make_input_rows,
    task_from_row,
)
from kaiga.store.sqlite.connecting import Value

_COLUMN_COUNT = len(INSERT_COLUMNS.split(","))
LARGEST_INSERT = 64

_SELECT_RESULTS = f"""
    SELECT task_id, {RESULT_COLUMNS}
    FROM results WHERE task_id IN (SELECT value FROM json_each(?)) ORDER BY task_id, position
"""  # noqa: S608  constants
_SELECT_ATTEMPTS = f"SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE task_id = ? ORDER BY attempt"  # noqa: S608  constants
_INSERT_INPUT = f"INSERT INTO inputs ({INPUT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608  constants


def encode_keys(keys: Iterable[str]) -> str:
    """Write keys as the JSON array that `json_each` reads."""
    return encode(list(keys)).decode()


def encode_array(rows: Iterable[Sequence[object]]) -> str:
    """Write rows of text, numbers and objects as the JSON array that `json_each` reads."""
    return encode(list(rows)).decode()


def make_marks(row_count: int, column_count: int) -> str:
    """Give the marks of so many rows of values."""
    return ", ".join([f"({', '.join('?' * column_count)})"] * row_count)


@lru_cache(maxsize=LARGEST_INSERT)
def _make_insert(row_count: int) -> str:
    marks = make_marks(row_count, _COLUMN_COUNT)
    return f"INSERT INTO tasks ({INSERT_COLUMNS}) VALUES {marks}"  # noqa: S608  constants


def insert_tasks(connection: apsw.Connection, rows: Sequence[Row]) -> None:
    """Insert rows made by `make_row`, up to `LARGEST_INSERT` with one statement.

    Every statement lets go of the interpreter and takes it back; one for each row would have the
    writer and the event loop fight for it (docs/adr/0002).
    """
    for start in range(0, len(rows), LARGEST_INSERT):
        part = rows[start : start + LARGEST_INSERT]
        connection.execute(_make_insert(len(part)), tuple(chain.from_iterable(part)))


def insert_inputs(connection: apsw.Connection, new: Sequence[NewTask]) -> None:
    """Insert the media that came inside the requests of tasks."""
    inputs = [row for each in new for row in make_input_rows(each)]
    if inputs:
        connection.executemany(_INSERT_INPUT, inputs)


def read_tasks(
    connection: apsw.Connection, where: str, bindings: Sequence[Value]
) -> dict[TaskId, Task]:
    """Give the tasks of `where` (one of our own constants), with their results, in its order."""
    rows = connection.execute(f"SELECT {READ_COLUMNS} FROM tasks {where}", bindings).fetchall()  # noqa: S608  no caller's text is in it
    ended = [str(row[0]) for row in rows if row[STATUS_COLUMN] in WITH_RESULTS]
    results = _read_results(connection, ended) if ended else {}
    return {TaskId(str(row[0])): task_from_row(row, results) for row in rows}


def read_running_tasks(
    connection: apsw.Connection, statement: str, bindings: Sequence[Value]
) -> dict[TaskId, Task]:
    """Give the tasks whose `READ_COLUMNS` a statement returns; they run, so none has results."""
    rows = connection.execute(statement, bindings).fetchall()
    return {TaskId(str(row[0])): task_from_row(row, {}) for row in rows}


def read_attempts(connection: apsw.Connection, task_id: TaskId) -> list[Attempt]:
    """Give the attempts of a task, the first one first."""
    return [attempt_from_row(row) for row in connection.execute(_SELECT_ATTEMPTS, (task_id,))]


def _read_results(connection: apsw.Connection, ids: Sequence[str]) -> dict[str, list[Result]]:
    return group_results(connection.execute(_SELECT_RESULTS, (encode_keys(ids),)))
