"""`kaiga migrate`: what a SQLite file has is whole in PostgreSQL, also when the move was killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    SECRET,
    START,
    WEBHOOK,
    after,
    always,
    make_failed,
    make_lease,
    make_new,
    make_success,
)
from edition import share_postgres
from kaiga.domain.errors import StartRefused
from kaiga.domain.ids import Lane, WorkspaceId
from kaiga.domain.keys import Role
from kaiga.domain.tasks import TaskStatus
from kaiga.store.postgres.connecting import PostgresPlace, connect
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.key_store import PostgresKeyStore
from kaiga.store.postgres.task_store import PostgresTaskStore
from store.opened import OpenedSqlite

HASH = b"h" * 32
TASKS = 700


@pytest.fixture
async def filled(tmp_path: Path) -> AsyncIterator[OpenedSqlite]:
    """A store with one task of each kind, many that wait, a key and an address."""
    store = OpenedSqlite(tmp_path)
    await store.keys.get_pepper()
    await store.keys.add_key(
        key_hash=HASH,
        prefix="sk-...",
        name="mine",
        account=ACCOUNT,
        workspace=WorkspaceId("ws-default"),
        region=None,
        role=Role.USER,
        created_at=START,
        expires_at=None,
    )
    await store.webhooks.add_webhook(ACCOUNT, WEBHOOK, SECRET, START)
    await asyncio.gather(*(store.tasks.add(make_new(number)) for number in range(TASKS)))
    await store.tasks.add(make_failed(TASKS))
    claims = await store.tasks.claim(
        frozenset({MODEL}), make_lease(), 2, "sketch", always(after(1))
    )
    await store.tasks.finish(claims[0], make_success(claims[0]), after(2), after(99))
    yield store
    await store.close()


@pytest.fixture
def target() -> Iterator[str]:
    url = share_postgres().make_database()
    yield url
    share_postgres().drop_database(url)


def command(path: Path, target: str, *more: str) -> Sequence[str]:
    addresses = ("--from", f"sqlite://{path}", "--to", target)
    return (sys.executable, "-m", "kaiga", "migrate", *addresses, *more)


def run(path: Path, target: str, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(path, target, *more), capture_output=True, text=True, check=False, timeout=60
    )


def start(path: Path, target: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command(path, target), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


async def count_moved(target: str) -> int:
    """Count the tasks that a move has committed so far."""
    connection = await connect(target)
    try:
        if await connection.fetchval("SELECT to_regclass('moved_tables')") is None:
            return 0
        return int(await connection.fetchval("SELECT count(*) FROM tasks"))
    finally:
        await connection.close()


async def test_a_key_opens_the_new_store_and_a_task_is_found_whole(
    filled: OpenedSqlite, target: str
):
    before = {
        number: await filled.tasks.find(make_new(number).task.id) for number in range(TASKS + 1)
    }
    ended = [task.id for task in before.values() if task and task.status is TaskStatus.SUCCEEDED]
    attempts = await filled.tasks.list_attempts(ended[0])
    await filled.close()

    done = run(filled.path, target)

    assert done.returncode == 0, done.stderr
    database = await PostgresDatabase.open(PostgresPlace(target, target))
    tasks = PostgresTaskStore(database)
    principal = await PostgresKeyStore(database).find_principal(HASH)
    assert principal is not None
    assert principal.account == ACCOUNT
    for number, task in before.items():
        assert await tasks.find(make_new(number).task.id) == task
    assert await tasks.list_attempts(ended[0]) == attempts
    claimed = await tasks.claim(frozenset({MODEL}), make_lease(), 5, "sketch", always(after(9)))
    assert {Lane(each.task.account, each.task.catalogue_model) for each in claimed} == {
        Lane(ACCOUNT, MODEL)
    }
    assert len(claimed) == 5
    lie = await database.reader.fetch("SELECT DISTINCT tableoid::regclass::text FROM tasks")
    assert [row[0] for row in lie] == ["tasks_20260502"]
    await database.close()
    await filled.reopen()


async def test_a_move_that_was_killed_goes_on_and_changes_nothing_once_it_is_done(
    filled: OpenedSqlite, target: str
):
    await filled.close()
    moving = start(filled.path, target)
    deadline = time.monotonic() + 60
    while await count_moved(target) == 0 and moving.poll() is None:
        assert time.monotonic() < deadline
    os.kill(moving.pid, signal.SIGKILL)
    moving.wait(10)

    again = run(filled.path, target)
    third = run(filled.path, target, "--json")

    assert again.returncode == 0, again.stderr
    assert await count_moved(target) == TASKS + 1
    assert third.returncode == 0, third.stderr
    assert '"was_done": true' in third.stdout
    assert await count_moved(target) == TASKS + 1
    await filled.reopen()


async def test_what_a_server_holds_is_not_moved(filled: OpenedSqlite, target: str):
    refused = run(filled.path, target)

    assert refused.returncode != 0
    assert "Another Kaiga" in refused.stderr


async def test_a_target_that_holds_something_is_refused(filled: OpenedSqlite, target: str):
    await filled.close()
    database = await PostgresDatabase.open(PostgresPlace(target, target))
    await PostgresTaskStore(database).add(make_new(5))
    await database.close()

    refused = run(filled.path, target)

    assert refused.returncode != 0
    assert "holds something already (table tasks)" in refused.stderr
    await filled.reopen()


async def test_no_server_starts_on_a_target_that_is_not_whole(filled: OpenedSqlite, target: str):
    await filled.close()
    run(filled.path, target)
    connection = await connect(target)
    await connection.execute("UPDATE moves SET done_ms = NULL")
    await connection.execute("UPDATE tasks SET engine = 'another'")
    await connection.close()

    with pytest.raises(StartRefused, match="is being moved into"):
        await PostgresDatabase.open(PostgresPlace(target, target))
    assert "The table tasks differs" in run(filled.path, target).stderr
    await filled.reopen()


async def test_objects_are_copied_and_compared(filled: OpenedSqlite, target: str, tmp_path: Path):
    await filled.close()
    left, wanted = tmp_path / "left", tmp_path / "wanted"
    for name in ("a/b/1", "a/b/2"):
        file = left / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode() * 1000)

    places = ("--objects-from", f"file://{left}", "--objects-to", f"file://{wanted}")
    done = run(filled.path, target, *places, "--json")

    assert done.returncode == 0, done.stderr
    assert '"objects": 2' in done.stdout
    assert (wanted / "a/b/2").read_bytes() == (left / "a/b/2").read_bytes()
    (wanted / "a/b/1").write_bytes(b"x" * 5000)
    assert "differs" in run(filled.path, target, *places).stderr
    await filled.reopen()
