"""The programs that the benchmark runs in Kaiga's own Python: they lean on names inside Kaiga."""

import sys
import time
from pathlib import Path

import pytest
from harness.claims import measure_claims
from harness.contestants import make_null_body
from harness.drains import make_drain
from harness.kaiga_server import NULL_SETTINGS, kaiga_server, make_null_command
from harness.latencies import measure_seeing
from harness.stores import Stores

from kaiga import __file__ as kaiga_file


@pytest.fixture(autouse=True)
def own_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the programs import the same Kaiga as the tests."""
    monkeypatch.setenv("PYTHONPATH", str(Path(kaiga_file).parents[1]))


def test_a_null_task_goes_all_the_way_and_tells_when_its_engine_had_it() -> None:
    command = make_null_command(sys.executable)

    with kaiga_server(
        "Kaiga", workers=1, command=command, further_settings=NULL_SETTINGS
    ) as server:
        before = time.time()
        seeing = measure_seeing(server, tasks=2)
        output = server.client.query(server.client.create(make_null_body()))
        ends = server.list_end_times()

    assert output["task_status"] in {"PENDING", "RUNNING", "SUCCEEDED"}
    assert all(delay > 0 for delay in seeing.milliseconds)
    assert make_drain("Kaiga", ends).tasks >= 6  # two, and four that warm up
    assert all(int(before) <= end <= time.time() for end in ends)


def test_claims_are_measured_in_a_short_and_a_long_queue_and_under_a_cap() -> None:
    few, many, capped = measure_claims(sys.executable, waiting=500, claims=5, rounds=2)

    assert (few.waiting, many.waiting, capped.waiting) == (10, 500, 500)
    for each in (few, many, capped):
        assert (len(each.first), len(each.durable), len(each.unsynced)) == (2, 10, 10)


def test_a_server_starts_on_a_filled_folder_and_finds_its_tasks(tmp_path: Path) -> None:
    stored = Stores(tmp_path, sys.executable).get(100)
    ids = stored.task_ids.read_text().split()

    command = [sys.executable, "-m", "kaiga"]
    with kaiga_server("Kaiga", workers=0, command=command, data=stored.data) as server:
        statuses = {server.client.query_status(task_id) for task_id in ids}
        lookups, polls = server.count_store_lookups(), server.count_polls()

    assert statuses == {"PENDING", "SUCCEEDED"}
    assert lookups == polls == len(ids) == 10
