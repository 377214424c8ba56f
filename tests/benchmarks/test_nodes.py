"""What the benchmark runs over PostgreSQL: its server, filled databases, nodes and claims."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.claims import measure_node_claims
from harness.contestants import make_null_body
from harness.drains import drain_peer
from harness.kaiga_nodes import kaiga_nodes
from harness.kaiga_server import NULL_SETTINGS, make_null_command
from harness.postgres import Postgres, postgres
from harness.processes import ServerNotReady, make_clean_environment
from harness.stores import fill_postgres

from kaiga import __file__ as kaiga_file

STORED = 600
"""Half of them wait, which are more than any turn of claims takes."""


@pytest.fixture(autouse=True)
def own_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the programs import the same Kaiga as the tests."""
    monkeypatch.setenv("PYTHONPATH", str(Path(kaiga_file).parents[1]))


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres(make_clean_environment(LC_ALL="C.UTF-8")) as started:
        yield started


def test_it_syncs_what_it_commits(server: Postgres) -> None:
    shown = "SELECT current_setting('fsync'), current_setting('synchronous_commit')"

    assert server.select("postgres", shown) == [["on", "on"]]


def test_a_statement_that_fails_is_told(server: Postgres) -> None:
    with pytest.raises(ServerNotReady, match="does not exist"):
        server.select("postgres", "SELECT nothing")


def test_claims_from_a_filled_database_are_counted_and_leave_as_many_waiting(
    server: Postgres, tmp_path: Path
) -> None:
    url = server.make_database("filled")
    stored = fill_postgres(sys.executable, url, STORED, tmp_path)
    before = _count(server)

    found = measure_node_claims(sys.executable, [(STORED, url), (STORED, url)], turns=1)

    assert before == {"PENDING": STORED // 2, "SUCCEEDED": STORED // 2}
    assert len(stored.task_ids.read_text().split()) == STORED // 10
    assert {(each.claimers, each.slots) for each in found} == {(1, 1), (1, 16), (4, 1), (4, 16)}
    assert all(each.stored == STORED and each.rates[0] > 0 for each in found)
    after = _count(server)
    assert after["PENDING"] == before["PENDING"]
    assert after["SUCCEEDED"] > before["SUCCEEDED"]


def test_two_nodes_answer_for_each_other_and_a_worker_drains_them(server: Postgres) -> None:
    server.make_database("served")
    opened = kaiga_nodes(
        "nodes",
        nodes=2,
        engines=1,
        command=make_null_command(sys.executable),
        postgres=server,
        database="served",
        further_settings=NULL_SETTINGS,
    )

    with opened as nodes:
        first, second = nodes.clients
        status = second.query_status(first.create(make_null_body()))
        polls, lookups = nodes.count_polls(), nodes.count_store_lookups()
        drain = drain_peer(contextlib.nullcontext(nodes), 3)
        counted = nodes.count_tasks()

    assert (status, polls, lookups) == ("PENDING", 1, 1)
    assert drain.tasks == counted == 4


def _count(server: Postgres) -> dict[str, int]:
    rows = server.select("filled", "SELECT status, count(*) FROM tasks GROUP BY status")
    return {status: int(count) for status, count in rows}
