"""How far a task is that runs on one node is known on every other, over PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from domain.samples import MODEL, START, after, always, make_lease, make_new, make_success
from kaiga.domain.ids import TaskId
from kaiga.domain.progress import Progress
from kaiga.domain.tasks import Claim
from kaiga.service.standing.task_progress import TaskProgress
from kaiga.store.postgres.connecting import PostgresPlace
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.hints import Hint, Hints
from kaiga.store.postgres.progress_board import PostgresProgressBoard
from kaiga.store.postgres.task_store import PostgresTaskStore
from store.opened import OpenedPostgres

EXPIRY = after(86_400_000)
NEVER_SECONDS = 3600.0
PATIENCE_SECONDS = 30.0


class Node:
    """One node's store and progress, with its own connections to the database."""

    def __init__(self, database: PostgresDatabase, show_again_seconds: float) -> None:
        self.database = database
        self.tasks = PostgresTaskStore(database)
        self.board = PostgresProgressBoard(database, show_again_seconds)
        self.progress = TaskProgress(self.tasks, self.board)
        self.heard: list[tuple[TaskId, Progress]] = []

    def listen(self, is_read: Callable[[TaskId], bool]) -> None:
        self.progress.on_report(lambda *told: self.heard.append(told), is_read)

    async def claim(self) -> Claim:
        [claim] = await self.tasks.claim(
            frozenset({MODEL}), make_lease(), 1, "sketch", always(START)
        )
        return claim


@pytest.fixture
async def opened() -> AsyncIterator[OpenedPostgres]:
    opened = await OpenedPostgres.start(None)  # type: ignore[arg-type]  no folder of its own
    yield opened
    await opened.close()


@pytest.fixture
async def nodes(opened: OpenedPostgres) -> AsyncIterator[tuple[Node, Node]]:
    """The node that runs the task, and another one."""
    database = await PostgresDatabase.open(PostgresPlace(opened.url, opened.url))
    yield Node(opened.database, 0.01), Node(database, 0.01)
    await database.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110  nothing tells of what another node has read
            await asyncio.sleep(0.01)


async def start_task(runs: Node) -> Claim:
    await runs.tasks.add(make_new(0))
    return await runs.claim()


def make_progress(step: int, *, phase: str = "generate", preview: bytes = b"") -> Progress:
    return Progress(attempt=1, phase=phase, step=step, steps=20, preview=preview)


class TestOnAnotherNode:
    async def test_polls_learn_how_far_a_task_is(self, nodes: tuple[Node, Node]):
        runs, asks = nodes
        claim = await start_task(runs)

        for step in range(1, 21):
            runs.progress.report(claim.task.id, make_progress(step))

        await until(lambda: asks.progress.find(claim.task.id) == make_progress(20))

    async def test_a_listener_hears_of_it_without_asking(self, nodes: tuple[Node, Node]):
        runs, asks = nodes
        claim = await start_task(runs)
        asks.listen(lambda task_id: task_id == claim.task.id)

        runs.progress.report(claim.task.id, make_progress(0, phase="load"))
        await until(lambda: asks.heard)
        runs.progress.report(claim.task.id, make_progress(3, preview=b"picture"))

        await until(lambda: asks.heard[-1] == (claim.task.id, make_progress(3, preview=b"picture")))

    async def test_a_preview_stays_while_steps_go_on(
        self, nodes: tuple[Node, Node], opened: OpenedPostgres
    ):
        runs, asks = nodes
        claim = await start_task(runs)
        asks.listen(lambda _: True)
        runs.progress.report(claim.task.id, make_progress(1, preview=b"picture"))
        await until(lambda: asks.heard)

        runs.progress.report(claim.task.id, make_progress(2, preview=b"picture"))

        await until(lambda: asks.heard[-1][1].step == 2)
        assert asks.heard[-1][1].preview == b"picture"
        assert opened.select("SELECT step, preview FROM task_progress") == [(2, b"picture")]

    async def test_nothing_is_read_of_tasks_that_nobody_asks_about(self, nodes: tuple[Node, Node]):
        runs, other = nodes
        claim = await start_task(runs)
        hints: list[Hint] = []
        other.database.hints.listen(hints.append)
        other.listen(lambda _: False)

        runs.progress.report(claim.task.id, make_progress(1))
        await until(lambda: any(hint.progress for hint in hints))

        assert other.progress._far is not None
        assert other.progress._far._reading is None
        assert other.heard == []

    async def test_an_older_attempt_hides_no_later_one(self, nodes: tuple[Node, Node]):
        frozen, runs = nodes
        claim = await start_task(frozen)
        later = Progress(attempt=2, phase="load")
        runs.progress.report(claim.task.id, later)
        await until(lambda: frozen.progress.find(claim.task.id) == later)

        frozen.board.publish(claim.task.id, make_progress(7))
        frozen.board.withdraw(claim.task.id, 1)
        await until(lambda: not frozen.board._is_writing and frozen.board._timer is None)

        assert await frozen.board.read({claim.task.id: None}) == {claim.task.id: later}


class TestTheBoard:
    async def test_it_is_written_twice_a_second_and_not_with_each_step(
        self, opened: OpenedPostgres
    ):
        runs = Node(opened.database, NEVER_SECONDS)
        claim = await start_task(runs)
        runs.progress.report(claim.task.id, make_progress(0, phase="load"))
        await until(lambda: not runs.board._is_writing)
        runs.progress.report(claim.task.id, make_progress(1))
        await until(lambda: not runs.board._is_writing)

        for step in range(2, 20):
            runs.progress.report(claim.task.id, make_progress(step))

        assert not runs.board._is_writing
        assert opened.select("SELECT phase, step FROM task_progress") == [("generate", 1)]

    async def test_it_has_nothing_of_a_task_that_has_ended(
        self, nodes: tuple[Node, Node], opened: OpenedPostgres
    ):
        runs, asks = nodes
        claim = await start_task(runs)
        runs.progress.report(claim.task.id, make_progress(1))
        await until(lambda: asks.progress.find(claim.task.id) is not None)

        await runs.tasks.finish(claim, make_success(claim), after(5), EXPIRY)
        runs.progress.end(claim.task.id, 1)

        await until(lambda: opened.select("SELECT 1 FROM task_progress") == [])
        await until(lambda: asks.progress.find(claim.task.id) is None)

    async def test_what_a_dead_node_has_left_is_swept_once_its_task_is_over(
        self, opened: OpenedPostgres
    ):
        dead, runs = Node(opened.database, 0.01), Node(opened.database, 0.01)
        claim = await start_task(dead)
        running = await _add_second(dead)
        for each in (claim, running):
            dead.board.publish(each.task.id, make_progress(1))
        await until(lambda: len(opened.select("SELECT 1 FROM task_progress")) == 2)
        await dead.tasks.finish(claim, make_success(claim), after(5), EXPIRY)
        await _make_old(opened)

        runs.board.publish(make_new(9).task.id, make_progress(1))

        await until(
            lambda: (
                {row[0] for row in opened.select("SELECT task_id FROM task_progress")}
                == {running.task.id, make_new(9).task.id}
            )
        )

    async def test_after_the_database_was_away_it_shows_the_next_report(
        self, opened: OpenedPostgres
    ):
        runs = Node(opened.database, 0.01)
        claim = await start_task(runs)
        runs.progress.report(claim.task.id, make_progress(1, preview=b"picture"))
        await until(lambda: not runs.board._is_writing)
        await _empty(opened)  # as a crash of the database does
        runs.board._shown.clear()

        runs.progress.report(claim.task.id, make_progress(2, preview=b"picture"))

        await until(
            lambda: opened.select("SELECT step, preview FROM task_progress") == [(2, b"picture")]
        )


def test_a_hint_of_many_tasks_is_told_in_parts_that_notify_carries():
    ids = [make_new(number).task.id for number in range(400)]
    parts = list(Hints().make_payloads(Hint(changed=ids, progress=ids, waiting=True)))
    other, told = Hints(), list[Hint]()
    other.listen(told.append)

    for part in parts:
        other.take(part)

    assert max(map(len, parts)) < 8000
    assert [each for hint in told for each in hint.changed] == ids
    assert [each for hint in told for each in hint.progress] == ids
    assert all(hint.waiting for hint in told)


async def _add_second(node: Node) -> Claim:
    await node.tasks.add(make_new(1))
    return await node.claim()


async def _make_old(opened: OpenedPostgres) -> None:
    connection = await asyncpg.connect(opened.url)
    await connection.execute("UPDATE task_progress SET told_ms = 0")
    await connection.close()


async def _empty(opened: OpenedPostgres) -> None:
    connection = await asyncpg.connect(opened.url)
    await connection.execute("TRUNCATE task_progress")
    await connection.close()
