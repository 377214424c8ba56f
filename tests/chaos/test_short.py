"""The short form: one seed, every kind of disturbance once. `make chaos` is the long one."""

from pathlib import Path

import pytest

from chaos.rounds import Plan, play_round

PLAN = Plan(seed=20261127, tasks=50, per_second=15, disk_mebibytes=64, longest_pause_seconds=0.4)


@pytest.mark.sqlite("it disturbs a file and a folder; make chaos-nodes, a database and a bucket")
@pytest.mark.timeout(300)
def test_whatever_happens_every_accepted_task_ends_exactly_once(tmp_path: Path) -> None:
    play_round(PLAN, tmp_path, print)
