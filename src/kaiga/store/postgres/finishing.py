"""The ends that workers publish, many tasks at once, as a kind of write."""

from collections.abc import Collection, Sequence

import msgspec

from kaiga.domain.errors import KaigaError, LeaseLost
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Claim
from kaiga.store.postgres.announcing import announce
from kaiga.store.postgres.connecting import Connection
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.lanes import free
from kaiga.store.postgres.task_rows import (
    encode_texts,
    insert_results,
    make_arrays,
    turn_into_columns,
    without_nul,
)
from kaiga.store.rows import END_COLUMNS, Row, make_end_row, to_milliseconds
from kaiga.store.wanted import FinishWanted

_HELD = """
    SELECT tasks.id, tasks.attempt FROM tasks
    JOIN unnest($1::uuid[], $2::int4[], $3::text[]) AS held (task_id, attempt, worker)
        ON tasks.id = held.task_id
    WHERE tasks.attempt = held.attempt AND tasks.worker = held.worker
        AND tasks.status = 'RUNNING'
    ORDER BY tasks.id FOR UPDATE OF tasks
"""
"""Locks in the order of ids, as every write of many tasks does: none waits for the other's."""
_END_TYPES = (*("uuid", "int4", "text", "bytea", "int4", "int8", "int8", "text", "text", "bytea"),)
_PROMPT_COLUMN, _MESSAGE_COLUMN = (
    2 + END_COLUMNS.split(", ").index(name) for name in ("actual_prompt", "failure_message")
)
_END_TASKS = f"""
    UPDATE tasks SET status = ended.status, actual_prompt = ended.actual_prompt,
        rewrite_failed = ended.rewrite_failed,
        ended_ms = ended.ended_ms, expires_ms = ended.expires_ms,
        failure_code = ended.failure_code, failure_message = ended.failure_message,
        usage = ended.usage, worker = NULL, lease_deadline = NULL
    FROM unnest({make_arrays(_END_TYPES)}) AS ended (task_id, attempt, {END_COLUMNS})
    WHERE tasks.id = ended.task_id AND tasks.attempt = ended.attempt
        AND tasks.status = 'RUNNING'
"""  # noqa: S608  constants
_END_ATTEMPTS = f"""
    UPDATE attempts SET ended_ms = ended.ended_ms, phases = ended.phases, made_by = ended.made_by
    FROM unnest({make_arrays(("uuid", "int4", "int8", "text", "text"))})
        AS ended (task_id, attempt, ended_ms, phases, made_by)
    WHERE attempts.task_id = ended.task_id AND attempts.attempt = ended.attempt
"""  # noqa: S608  constants
_INSERT_USAGE = """
    INSERT INTO usage_ledger (task_id, account, workspace, key_id, model, usage, ended_ms)
    SELECT id, account, workspace, key_id, model, usage, ended_ms FROM tasks
    WHERE id = ANY ($1::uuid[])
"""


async def finish(write: Write, wanted: Sequence[FinishWanted]) -> Sequence[KaigaError | None]:
    """Publish outcomes, each once; a claim that is no longer held changes nothing."""
    held = await find_held(write.connection, [each.claim for each in wanted])
    answers: list[KaigaError | None] = []
    ends: list[FinishWanted] = []
    for each in wanted:
        attempt = (each.claim.task.id, each.claim.task.attempt)
        answers.append(None if attempt in held else LeaseLost())
        if attempt in held:
            held.discard(attempt)  # of two ends of one attempt, the first counts
            ends.append(each)
    if ends:
        await _publish(write, ends)
    return answers


async def find_held(connection: Connection, claims: Collection[Claim]) -> set[tuple[TaskId, int]]:
    """Lock the tasks whose claims still hold, and give these with their attempts."""
    rows = [(claim.task.id, claim.task.attempt, claim.worker) for claim in claims]
    found = await connection.fetch(_HELD, *turn_into_columns(rows))
    return {(TaskId(str(task_id)), int(attempt)) for task_id, attempt in found}


async def end_tasks(write: Write, ends: Sequence[Row]) -> None:
    """Write how running tasks have ended, each as `make_end_row` gives it, and tell of it."""
    if not ends:
        return
    columns = turn_into_columns(ends)
    columns[_PROMPT_COLUMN] = encode_texts(columns[_PROMPT_COLUMN])
    columns[_MESSAGE_COLUMN] = without_nul(columns[_MESSAGE_COLUMN])
    await write.connection.execute(_END_TASKS, *columns)
    ids = [TaskId(str(row[0])) for row in ends]
    await announce(write, ids)
    write.hint.changed += ids


async def _publish(write: Write, ends: Sequence[FinishWanted]) -> None:
    connection = write.connection
    await end_tasks(
        write,
        [
            make_end_row(
                each.claim.task.id, each.claim.task.attempt, each.outcome, each.now, each.expires_at
            )
            for each in ends
        ],
    )
    await connection.execute(
        _END_ATTEMPTS, *turn_into_columns([_make_attempt_row(each) for each in ends])
    )
    await insert_results(connection, [(each.claim.task.id, each.outcome.results) for each in ends])
    billed = [each.claim.task.id for each in ends if each.outcome.usage is not None]
    if billed:
        await connection.execute(_INSERT_USAGE, billed)
    write.hint.waiting |= await free(connection, {each.claim.task.lane for each in ends})


def _make_attempt_row(end: FinishWanted) -> Row:
    task, outcome = end.claim.task, end.outcome
    phases, made_by = (
        msgspec.json.encode(told).decode() if told else None
        for told in (outcome.phases, outcome.made_by)
    )
    return (task.id, task.attempt, to_milliseconds(end.now), phases, made_by)
