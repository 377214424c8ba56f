"""The ends that workers publish, many tasks at once, as a kind of write."""

from collections.abc import Sequence
from functools import lru_cache

import apsw
import msgspec

from kaiga.domain.errors import KaigaError, LeaseLost
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Result
from kaiga.store.rows import RESULT_COLUMNS, Row, make_end_row, make_result_row, to_milliseconds
from kaiga.store.sqlite.announcing import Announcements
from kaiga.store.sqlite.task_rows import encode_array, encode_keys, make_marks
from kaiga.store.sqlite.waiting import WaitingTasks
from kaiga.store.wanted import FinishWanted

_LARGEST_STATEMENT = 64
"""Ends that one statement writes; a text for each number up to it is kept prepared."""
_HELD = """
    SELECT json_group_array(json_array(id, attempt)) FROM tasks
    WHERE id IN (SELECT value FROM json_each(?)) AND +status = 'RUNNING'
"""
_FINISH = """
    WITH ended (id, attempt, status, actual_prompt, rewrite_failed, ended_ms, expires_ms,
        failure_code, failure_message, usage) AS (VALUES {marks})
    UPDATE tasks SET status = ended.status, actual_prompt = ended.actual_prompt,
        rewrite_failed = ended.rewrite_failed,
        ended_ms = ended.ended_ms, expires_ms = ended.expires_ms,
        failure_code = ended.failure_code, failure_message = ended.failure_message,
        usage = ended.usage, worker = NULL, lease_deadline = NULL
    FROM ended
    WHERE tasks.id = ended.id AND tasks.attempt = ended.attempt AND +tasks.status = 'RUNNING'
"""
_FINISH_COLUMNS = 10
_END_ATTEMPTS = """
    UPDATE attempts SET ended_ms = ended.value ->> 2, phases = ended.value ->> 3,
        made_by = ended.value ->> 4
    FROM json_each(?) AS ended
    WHERE attempts.task_id = ended.value ->> 0 AND attempts.attempt = ended.value ->> 1
"""
_INSERT_RESULTS = f"INSERT INTO results (task_id, position, {RESULT_COLUMNS}) VALUES {{marks}}"  # noqa: S608  constants
_RESULT_COLUMN_COUNT = len(RESULT_COLUMNS.split(",")) + 2
_INSERT_USAGE = """
    INSERT INTO usage_ledger (task_id, account, workspace, key_id, model, usage, ended_ms)
    SELECT id, account, workspace, key_id, model, usage, ended_ms FROM tasks
    WHERE id IN (SELECT value FROM json_each(?))
"""
_decode_held = msgspec.json.Decoder(set[tuple[TaskId, int]]).decode


class FinishTasks:
    """Publishes outcomes, each once; a claim that is no longer held changes nothing.

    Each statement lets go of the interpreter and takes it back, so none is there per task.
    """

    def __init__(self, waiting: WaitingTasks, announcements: Announcements) -> None:
        self._waiting = waiting
        self._announcements = announcements

    def __call__(
        self, connection: apsw.Connection, wanted: Sequence[FinishWanted]
    ) -> Sequence[KaigaError | None]:
        """Publish; gives an error for each claim that is not held."""
        held = _find_held(connection, wanted)
        answers: list[KaigaError | None] = []
        ends: list[FinishWanted] = []
        for each in wanted:
            attempt = (each.claim.task.id, each.claim.task.attempt)
            answers.append(None if attempt in held else LeaseLost())
            if attempt in held:
                held.discard(attempt)  # of two ends of one attempt, the first counts
                ends.append(each)
        for start in range(0, len(ends), _LARGEST_STATEMENT):
            self._write(connection, ends[start : start + _LARGEST_STATEMENT])
        return answers

    def _write(self, connection: apsw.Connection, ends: Sequence[FinishWanted]) -> None:
        values = [value for each in ends for value in _finish_values(each)]
        connection.execute(make_finish(len(ends)), values)
        attempts = [_attempt_values(each) for each in ends]
        connection.execute(_END_ATTEMPTS, (encode_array(attempts),))
        insert_results(connection, [(each.claim.task.id, each.outcome.results) for each in ends])
        billed = [each.claim.task.id for each in ends if each.outcome.usage is not None]
        if billed:
            insert_usage(connection, billed)
        self._announcements.add(connection, [each.claim.task.id for each in ends])
        for each in ends:
            self._waiting.free(each.claim.task.lane)


def insert_results(
    connection: apsw.Connection, made: Sequence[tuple[TaskId, Sequence[Result]]]
) -> None:
    """Write the results of tasks, those of each in their order."""
    rows = [
        (task_id, position, *make_result_row(result))
        for task_id, results in made
        for position, result in enumerate(results)
    ]
    for start in range(0, len(rows), _LARGEST_STATEMENT):
        part = rows[start : start + _LARGEST_STATEMENT]
        values = [value for row in part for value in row]
        connection.execute(_make_insert_of_results(len(part)), values)


def insert_usage(connection: apsw.Connection, task_ids: Sequence[TaskId]) -> None:
    """Put what tasks are billed into the ledger."""
    connection.execute(_INSERT_USAGE, (encode_keys(task_ids),))


def _find_held(
    connection: apsw.Connection, wanted: Sequence[FinishWanted]
) -> set[tuple[TaskId, int]]:
    """Give which of these tasks run, each with its attempt."""
    asked = (encode_keys(each.claim.task.id for each in wanted),)
    row = connection.execute(_HELD, asked).fetchone()
    return _decode_held(str(row[0])) if row else set()


@lru_cache(maxsize=_LARGEST_STATEMENT)
def make_finish(row_count: int) -> str:
    """Give the statement that ends so many running tasks, by the values of `finish_values`."""
    return _FINISH.format(marks=make_marks(row_count, _FINISH_COLUMNS))


@lru_cache(maxsize=_LARGEST_STATEMENT)
def _make_insert_of_results(row_count: int) -> str:
    return _INSERT_RESULTS.format(marks=make_marks(row_count, _RESULT_COLUMN_COUNT))


def _attempt_values(end: FinishWanted) -> Sequence[object]:
    task = end.claim.task
    told = end.outcome.phases or None, end.outcome.made_by or None
    return (task.id, task.attempt, to_milliseconds(end.now), *told)


def _finish_values(end: FinishWanted) -> Row:
    task = end.claim.task
    return make_end_row(task.id, task.attempt, end.outcome, end.now, end.expires_at)
