"""The hot queries use their indexes: none reads the whole table, none sorts what is sorted."""

import asyncio
import re
from collections.abc import Sequence

import pytest

from domain.samples import ACCOUNT, MODEL, OTHER_ACCOUNT, make_new
from kaiga.domain.ids import Lane
from kaiga.store.sqlite import (
    account_store,
    adding,
    announcing,
    canceling,
    claiming,
    due_deliveries,
    ending,
    finishing,
    keeping,
    key_store,
    limit_store,
    measuring,
    outbox,
    overdue,
    paced_store,
    purging,
    recent_failures,
    requests,
    result_list,
    searching,
    task_rows,
    task_store,
    upload_store,
    upstream_calls,
    usage_ledger,
    waiting,
)
from store.opened import OpenedSqlite

SELECT_TASKS = "SELECT * FROM tasks "
EXPECTED_INDEXES = {
    "the next model that waits": (waiting._NEXT_MODEL, "tasks_waiting"),
    "the next account that waits": (waiting._NEXT_ACCOUNT, "tasks_waiting"),
    "the heads of a lane": (waiting._HEADS, "tasks_waiting"),
    "how many wait in a lane": (waiting._COUNT, "tasks_waiting"),
    "submissions of long ago": (purging._FORGET_SUBMISSIONS, "submissions_expiring"),
    "the first of a lane": (task_store._FIRST_OF_LANE, "tasks_waiting"),
    "what waits of an account": (SELECT_TASKS + task_store._WAITING_OF_ACCOUNT, "tasks_waiting"),
    "an earlier submission": (task_store._SUBMISSION, "PRIMARY KEY"),
    "a submission of long ago": (adding._FORGET_SUBMISSION, "PRIMARY KEY"),
    "lapsed leases": (ending._LAPSED, "tasks_running"),
    "expired tasks": (purging._EXPIRED, "tasks_expiring"),
    "tasks of an account to be forgotten": (purging._OF_ACCOUNT, "tasks_of_account"),
    "an account's tasks with their requests": (account_store._REQUESTS, "tasks_of_account"),
    "an account's uploads to be forgotten": (account_store._FORGET_UPLOADS, "PRIMARY KEY"),
    "a page of a list": (SELECT_TASKS + task_store._PAGE, "tasks_of_account"),
    "the newest that match": (SELECT_TASKS + searching._NEWEST, "tasks_of_account"),
    "the next newer that match": (SELECT_TASKS + searching._NEXT_NEWER, "tasks_of_account"),
    "how far back a search looks": (searching._END_DOWNWARD, "tasks_of_account"),
    "how far ahead a search looks": (searching._END_UPWARD, "tasks_of_account"),
    "a request": (requests._REQUEST, "PRIMARY KEY"),
    "the inputs of a request": (requests._INPUTS, "PRIMARY KEY"),
    "how many a list has": (task_store._COUNT, "tasks_of_account"),
    "a page of results": (SELECT_TASKS + result_list.WITH_RESULTS, "tasks_of_account"),
    "whether a task has files to show": (SELECT_TASKS + result_list.WITH_RESULTS, "PRIMARY KEY"),
    "models with results": (result_list._MODELS, "tasks_of_account"),
    "keeping a task": (keeping._KEEP, "PRIMARY KEY"),
    "having a task expire": (keeping._EXPIRE, "PRIMARY KEY"),
    "objects of thumbnails": (task_store._WITH_THUMBNAIL, "PRIMARY KEY"),
    "tasks by their ids": (SELECT_TASKS + task_store._BY_IDS, "PRIMARY KEY"),
    "a claim": (claiming._CLAIM, "PRIMARY KEY"),
    "a result in place of another": (paced_store._REPLACE, "results_by_object"),
    "the attempts of a claim": (claiming._BEGIN_ATTEMPTS, "PRIMARY KEY"),
    "a renewal": (claiming._RENEW, "PRIMARY KEY"),
    "which attempts are held": (finishing._HELD, "PRIMARY KEY"),
    "ends of tasks": (finishing.make_finish(3), "PRIMARY KEY"),
    "ends of their attempts": (finishing._END_ATTEMPTS, "PRIMARY KEY"),
    "what is billed": (finishing._INSERT_USAGE, "PRIMARY KEY"),
    "a request to stop": (canceling._ASK_TO_STOP, "PRIMARY KEY"),
    "waiting tasks of an account": (canceling._FIND_WAITING, "tasks_waiting"),
    "overdue tasks of a lane": (overdue._OVERDUE, "tasks_waiting"),
    "the failure of an overdue task": (ending._FAIL_WAITING, "PRIMARY KEY"),
    "attempts of a task": (task_rows._SELECT_ATTEMPTS, "PRIMARY KEY"),
    "a cancel": (ending._CANCEL, "PRIMARY KEY"),
    "a wait": (ending._WAIT_AGAIN, "PRIMARY KEY"),
    "whether anyone is told of an end": (announcing._TOLD, "PRIMARY KEY"),
    "whether its account has addresses": (announcing._TOLD, "sqlite_autoindex_webhooks_1"),
    "who is told of an end: a task's own": (announcing._ADDRESSES, "PRIMARY KEY"),
    "who is told of an end: its account's": (announcing._ADDRESSES, "sqlite_autoindex_webhooks_1"),
    "a notice": (announcing._INSERT, "PRIMARY KEY"),
    "the next receiver of an account": (due_deliveries._NEXT_OF_ACCOUNT, "outbox_due"),
    "the next account with receivers": (due_deliveries._NEXT_ACCOUNT, "outbox_due"),
    "what is due of a receiver": (due_deliveries._DUE, "outbox_due"),
    "what is to be made due": (due_deliveries._PLANNED, "outbox_planned"),
    "making it due": (due_deliveries._MAKE_DUE, "PRIMARY KEY"),
    "the secret of an address": (due_deliveries._DUE, "sqlite_autoindex_webhooks_1"),
    "what came of a try": (outbox._RECORD, "PRIMARY KEY"),
    "a page of the log": (outbox._PAGE, "outbox_of_account"),
    "old deliveries": (outbox._PURGE, "outbox_done"),
    "the end of an attempt": (ending._END_ATTEMPT, "PRIMARY KEY"),
    "how often a cause": (ending._COUNT_CAUSE, "PRIMARY KEY"),
    "times of tasks": (measuring._TASKS, "PRIMARY KEY"),
    "times of attempts": (measuring._ATTEMPTS, "PRIMARY KEY"),
    "results of tasks": (task_rows._SELECT_RESULTS, "PRIMARY KEY"),
    "named results": (task_store._NAMED, "results_by_object"),
    "named inputs": (task_store._NAMED, "inputs_by_object"),
    "named requests": (task_store._NAMED, "tasks_with_request_object"),
    "objects of running attempts": (task_store._UNDER_WAY, "PRIMARY KEY"),
    "objects of purged tasks": (purging._OBJECTS_OF, "PRIMARY KEY"),
    "named uploads": (task_store._NAMED, "uploads_by_object"),
    "an upload": (upload_store._FIND, "PRIMARY KEY"),
    "expired uploads": (upload_store._PURGE, "uploads_expiring"),
    "the call of a task": (upstream_calls._FIND, "PRIMARY KEY"),
    "calls that nobody knows the end of": (upstream_calls._OPEN, "upstream_calls_open"),
    "tasks of an upstream that are ours": (upstream_calls._NAMED, "upstream_calls_by_id"),
    "what an upstream calls a task": (upstream_calls._NOTE_TAKEN, "PRIMARY KEY"),
    "a call that was not taken": (upstream_calls._WITHDRAW, "PRIMARY KEY"),
    "what an account used": (usage_ledger.SUM_OF_ACCOUNT, "usage_of_account"),
    "what everybody used": (usage_ledger.SUM_OF_ALL, "usage_of_account"),
    "a rule on limits": (limit_store._REMOVE, "PRIMARY KEY"),
    "a key by its hash": (f"{key_store._FIND} AND hash = ?", "live_keys_by_hash"),
    "a key by its id": (f"{key_store._FIND} AND id = ?", "PRIMARY KEY"),
    **{
        f"forgetting, {number}": (statement, None)
        for number, statement in enumerate(purging._FORGET)
    },
}
IN_ORDER = [
    "the next model that waits",
    "the next account that waits",
    "the heads of a lane",
    "the first of a lane",
    "expired tasks",
    "a page of a list",
    "the newest that match",
    "the next newer that match",
    "how far back a search looks",
    "how far ahead a search looks",
    "a page of results",
    "overdue tasks of a lane",
    "the next receiver of an account",
    "the next account with receivers",
    "what is due of a receiver",
    "what is to be made due",
    "a page of the log",
    "old deliveries",
]
TABLES = [
    "tasks",
    "attempts",
    "results",
    "inputs",
    "outbox",
    "webhooks",
    "usage_ledger",
    "upstream_calls",
]


def explain(sqlite: OpenedSqlite, statement: str) -> Sequence[str]:
    rows = sqlite.database._connection.execute(
        f"EXPLAIN QUERY PLAN {statement}", (None,) * count_parameters(statement)
    )
    return [str(row[3]) for row in rows]


def count_parameters(statement: str) -> int:
    """How many values a statement wants, whether its marks are numbered or not."""
    return max(map(int, re.findall(r"\?([0-9]+)", statement)), default=statement.count("?"))


@pytest.mark.parametrize("name", EXPECTED_INDEXES)
async def test_a_hot_statement_searches_by_its_index(sqlite: OpenedSqlite, name: str):
    statement, index = EXPECTED_INDEXES[name]

    plan = explain(sqlite, statement)

    assert not [step for step in plan if step.startswith("SCAN") and step.split()[1] in TABLES], (
        plan
    )
    assert index is None or any(step.startswith("SEARCH") and index in step for step in plan), plan


@pytest.mark.parametrize("name", IN_ORDER)
async def test_what_an_index_has_in_order_is_not_sorted_again(sqlite: OpenedSqlite, name: str):
    plan = explain(sqlite, EXPECTED_INDEXES[name][0])

    assert not [step for step in plan if "TEMP B-TREE" in step], plan


async def test_lanes_that_wait_are_found_by_jumps_and_not_by_walking_the_queue(
    sqlite: OpenedSqlite,
):
    """Judged by the steps that SQLite takes: they must not grow with what waits in a lane."""
    connection = sqlite.database._connection

    async def count_steps() -> int:
        steps = 0

        def count_one() -> bool:
            nonlocal steps
            steps += 1
            return False

        connection.set_progress_handler(count_one, 1)
        lanes = waiting.list_lanes(connection)
        connection.set_progress_handler(None)
        assert lanes == [Lane(ACCOUNT, MODEL), Lane(OTHER_ACCOUNT, MODEL)]
        return steps

    for number, account in enumerate([ACCOUNT, OTHER_ACCOUNT]):
        await sqlite.tasks.add(make_new(number, account=account))
    before = await count_steps()
    await asyncio.gather(*(sqlite.tasks.add(make_new(10 + number)) for number in range(500)))

    assert await count_steps() < 2 * before


async def test_what_runs_of_an_account_is_looked_for_among_what_runs_and_nowhere_else(
    sqlite: OpenedSqlite,
):
    plan = explain(sqlite, SELECT_TASKS + task_store._RUNNING_OF_ACCOUNT)

    assert plan == ["SCAN tasks USING INDEX tasks_running"]


async def test_queues_by_model_are_counted_by_their_partial_indexes(sqlite: OpenedSqlite):
    waiting, running = explain(sqlite, measuring._WAITING), explain(sqlite, measuring._RUNNING)

    assert waiting == ["SCAN tasks USING COVERING INDEX tasks_waiting"]
    assert running[0] == "SCAN tasks USING INDEX tasks_running"  # as few as there are slots


async def test_the_queue_is_counted_by_its_partial_indexes(sqlite: OpenedSqlite):
    plan = explain(sqlite, task_store._DEPTH)

    scans = [step for step in plan if step.startswith(("SCAN tasks", "SEARCH tasks"))]
    assert len(scans) == 2
    assert all("COVERING INDEX tasks_" in step for step in scans), plan


async def test_failures_are_looked_for_from_the_newest_task_on(sqlite: OpenedSqlite):
    plan = explain(sqlite, recent_failures.FAILED)

    assert [step for step in plan if step.startswith("SCAN tasks")]
    assert not [step for step in plan if "TEMP B-TREE" in step], plan
