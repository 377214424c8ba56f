"""Writes and reads how far tasks are that run, many at once."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

import msgspec

from kaiga.domain.ids import TaskId
from kaiga.domain.progress import Progress
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.reading import Reader
from kaiga.store.postgres.task_rows import make_arrays, turn_into_columns

_DIGEST_BYTES = 16
_NOW_MS = "(extract(epoch FROM statement_timestamp()) * 1000)::bigint"
_TYPES = ("uuid", "int4", "text", "int4", "int4", "bytea", "bytea")
_SHOW = f"""
    INSERT INTO task_progress AS shown
        (task_id, attempt, phase, step, steps, preview, preview_digest, told_ms)
    SELECT *, {_NOW_MS} FROM unnest({make_arrays(_TYPES)})
    ON CONFLICT (task_id) DO UPDATE SET attempt = excluded.attempt, phase = excluded.phase,
        step = excluded.step, steps = excluded.steps, told_ms = excluded.told_ms,
        preview = CASE WHEN shown.preview_digest = excluded.preview_digest
            THEN coalesce(shown.preview, excluded.preview) ELSE excluded.preview END,
        preview_digest = excluded.preview_digest
    WHERE shown.attempt <= excluded.attempt
"""  # noqa: S608  constants
"""A preview that is there already is not written again."""
_WITHDRAW = f"""
    DELETE FROM task_progress USING unnest({make_arrays(("uuid", "int4"))}) AS over (id, attempt)
    WHERE task_progress.task_id = over.id AND task_progress.attempt <= over.attempt
"""  # noqa: S608  constants
_SWEEP = f"""
    DELETE FROM task_progress WHERE task_id IN (
        SELECT task_id FROM task_progress
        WHERE told_ms < {_NOW_MS} - $1 AND NOT EXISTS (
            SELECT FROM tasks WHERE tasks.id = task_id AND status = 'RUNNING'
        )
        ORDER BY task_id FOR UPDATE SKIP LOCKED
    )
"""  # noqa: S608  constants
_READ = f"""
    SELECT shown.task_id, shown.attempt, shown.phase, shown.step, shown.steps,
        shown.preview_digest = known.digest,
        CASE WHEN shown.preview_digest <> known.digest THEN shown.preview END
    FROM unnest({make_arrays(("uuid", "bytea"))}) AS known (id, digest)
    JOIN task_progress AS shown ON shown.task_id = known.id
"""  # noqa: S608  constants


class ShowWanted(msgspec.Struct, frozen=True, kw_only=True):
    """What one node has to show, and which attempts it has nothing more to show of.

    Of the tasks in `has_preview` the preview is on the board already. What is over and was left
    there by a node that died is swept where it is older than `sweep_ms`.
    """

    shown: Mapping[TaskId, Progress]
    has_preview: frozenset[TaskId]
    over: Mapping[TaskId, int]
    sweep_ms: int | None


async def show(write: Write, wanted: Sequence[ShowWanted]) -> Sequence[None]:
    """Show it, and have other nodes told; an older attempt hides no later one."""
    for each in wanted:
        await _show_one(write, each)
    return [None] * len(wanted)


async def read_progress(
    reader: Reader, known: Mapping[TaskId, Progress | None]
) -> Mapping[TaskId, Progress]:
    """See `ProgressBoard.read`."""
    previews = {
        task_id: b"" if progress is None else progress.preview
        for task_id, progress in known.items()
    }
    digests = list(map(_digest, previews.values()))
    return {
        TaskId(str(task_id)): Progress(
            attempt=attempt,
            phase=phase,
            step=step,
            steps=steps,
            preview=previews[TaskId(str(task_id))] if is_same else preview or b"",
        )
        for task_id, attempt, phase, step, steps, is_same, preview in await reader.fetch(
            _READ, list(previews), digests
        )
    }


async def _show_one(write: Write, wanted: ShowWanted) -> None:
    if wanted.shown:
        rows = [
            _make_row(task_id, progress, sends_preview=task_id not in wanted.has_preview)
            for task_id, progress in sorted(wanted.shown.items())
        ]
        await write.connection.execute(_SHOW, *turn_into_columns(rows))
        write.hint.progress += wanted.shown
    if wanted.over:
        await write.connection.execute(_WITHDRAW, *turn_into_columns(sorted(wanted.over.items())))
    if wanted.sweep_ms is not None:
        await write.connection.execute(_SWEEP, wanted.sweep_ms)


def _make_row(task_id: TaskId, progress: Progress, *, sends_preview: bool) -> Sequence[object]:
    preview = progress.preview
    return (
        *(task_id, progress.attempt, progress.phase, progress.step, progress.steps),
        *((preview or None) if sends_preview else None, _digest(preview)),
    )


def _digest(preview: bytes) -> bytes:
    return blake2b(preview, digest_size=_DIGEST_BYTES).digest() if preview else b""
