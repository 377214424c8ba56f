"""Reads and writes rows of tasks, and of what belongs to them, as PostgreSQL takes many at once."""

from collections.abc import Sequence
from functools import lru_cache

from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Attempt, NewTask, Result, Task
from kaiga.store.postgres.connecting import Connection
from kaiga.store.rows import (
    ATTEMPT_COLUMNS,
    INPUT_COLUMNS,
    INSERT_COLUMNS,
    READ_COLUMNS,
    RESULT_COLUMNS,
    ReadRow,
    Row,
    attempt_from_row,
    make_input_rows,
    make_result_row,
    result_from_row,
    task_from_row,
)

_TASK_TYPES = (
    *("uuid", "text", "text", "text", "text", "text", "text", "text", "bytea"),
    *("text", "int4", "text", "bytea", "int8", "int8", "int8", "int8"),
    *("text", "text", "bytea", "text", "bytea", "text", "int8", "float8", "text"),
)
_TASK_NAMES = tuple(INSERT_COLUMNS.split(", "))
_PROMPT_COLUMN = _TASK_NAMES.index("actual_prompt")
_INPUT_TYPES = ("uuid", "int4", "text", "text", "text", "int8")
_RESULT_TYPES = (
    *("uuid", "int4", "text", "text", "int8", "text", "text", "text", "bytea", "bytea"),
)


def make_arrays(types: Sequence[str], first: int = 1) -> str:
    """Give the marks of arrays, one per column, that `unnest` turns into rows."""
    return ", ".join(f"${number}::{name}[]" for number, name in enumerate(types, start=first))


_STATEMENTS_KEPT = 64
_INSERT_INPUTS = (
    f"INSERT INTO inputs ({INPUT_COLUMNS}) SELECT * FROM unnest({make_arrays(_INPUT_TYPES)})"  # noqa: S608  constants
)
_INSERT_RESULTS = f"""
    INSERT INTO results (task_id, position, {RESULT_COLUMNS})
    SELECT * FROM unnest({make_arrays(_RESULT_TYPES)})
"""  # noqa: S608  constants
_SELECT_ATTEMPTS = f"SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE task_id = $1 ORDER BY attempt"  # noqa: S608  constants


def _select_tasks(of_results: str) -> str:
    return f"""
        SELECT {READ_COLUMNS},
            CASE WHEN status IN ('SUCCEEDED', 'FAILED') THEN ARRAY(
                SELECT ROW({RESULT_COLUMNS}) FROM results
                WHERE results.task_id = tasks.id {of_results} ORDER BY position
            ) END
        FROM tasks
    """  # noqa: S608  constants


SELECT_TASKS = _select_tasks("")
"""What `tasks_from_rows` reads, to be followed by a condition: a task with its results is of one
moment, since it is one statement."""
SELECT_TASKS_BY_IDS = f"""
    SELECT found.* FROM unnest($1::uuid[]) AS asked (task_id) CROSS JOIN LATERAL (
        {_select_tasks("AND results.task_id BETWEEN $2 AND $3")}
        WHERE tasks.id = asked.task_id AND tasks.id BETWEEN $2 AND $3 OFFSET 0
    ) AS found
"""  # noqa: S608  constants
"""The same of some tasks, with the least and the greatest of their ids: the days outside of these
are not even planned for. OFFSET has each task looked up by itself, however few there are."""


def turn_into_columns(rows: Sequence[Sequence[object]]) -> list[tuple[object, ...]]:
    """Give the columns of some rows, as `unnest` takes them."""
    return list(zip(*rows, strict=True))


def encode_texts(column: Sequence[object]) -> tuple[object, ...]:
    """Write texts that may have a NUL as their column has them: their bytes."""
    return tuple(value.encode() if isinstance(value, str) else value for value in column)


def without_nul(column: Sequence[object]) -> tuple[object, ...]:
    """Write texts of our own for columns that can't hold a NUL."""
    return tuple(
        value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in column
    )


async def insert_tasks(connection: Connection, rows: Sequence[Row]) -> None:
    """Insert rows made by `make_row`, with one statement.

    Columns that are NULL in all rows are left out, since each value costs the encoding of arrays
    as much as one that tells something: these are a third of a usual create's.
    """
    if rows:
        columns = turn_into_columns(rows)
        columns[_PROMPT_COLUMN] = encode_texts(columns[_PROMPT_COLUMN])
        told = tuple(
            number for number, column in enumerate(columns) if column.count(None) < len(column)
        )
        await connection.execute(_make_insert(told), *(columns[number] for number in told))


@lru_cache(_STATEMENTS_KEPT)
def _make_insert(told: tuple[int, ...]) -> str:
    """Write the statement that inserts those of the columns, which are a few sets of them."""
    names = ", ".join(_TASK_NAMES[number] for number in told)
    arrays = make_arrays([_TASK_TYPES[number] for number in told])
    return f"INSERT INTO tasks ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608  constants


async def insert_inputs(connection: Connection, new: Sequence[NewTask]) -> None:
    """Insert the media that came inside the requests of tasks."""
    rows = [row for each in new for row in make_input_rows(each)]
    if rows:
        await connection.execute(_INSERT_INPUTS, *turn_into_columns(rows))


async def insert_results(
    connection: Connection, made: Sequence[tuple[TaskId, Sequence[Result]]]
) -> None:
    """Write the results of tasks, those of each in their order."""
    rows = [
        (task_id, position, *make_result_row(result))
        for task_id, results in made
        for position, result in enumerate(results)
    ]
    if rows:
        await connection.execute(_INSERT_RESULTS, *turn_into_columns(rows))


def tasks_from_rows(rows: Sequence[ReadRow]) -> dict[TaskId, Task]:
    """Read what `SELECT_TASKS` gives, in its order."""
    return {TaskId(str(row[0])): _task_with_results(row) for row in rows}


def running_tasks_from_rows(rows: Sequence[ReadRow]) -> dict[TaskId, Task]:
    """Read rows of `READ_COLUMNS` alone: of tasks that run, so that none has results."""
    return {TaskId(str(row[0])): task_from_row(row, {}) for row in rows}


async def read_attempts(connection: Connection, task_id: TaskId) -> list[Attempt]:
    """Give the attempts of a task, the first one first."""
    return [attempt_from_row(row) for row in await connection.fetch(_SELECT_ATTEMPTS, task_id)]


def _task_with_results(row: ReadRow) -> Task:
    results = [result_from_row(result) for result in row[-1] or ()]
    return task_from_row(row, {str(row[0]): results})
