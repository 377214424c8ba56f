import os
import subprocess
import sys

import pytest
from harness.memory import measure_tree, parse_account
from harness.process_tree import list_tree, read_cpu_seconds, split_fields

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")


def test_a_program_name_with_brackets_and_spaces_does_not_shift_the_fields() -> None:
    assert split_fields("77 (odd) name) (x) S 42 77")[:2] == ["S", "42"]


def test_the_account_is_told_in_bytes() -> None:
    account = "5579-7ffe ---p 00000000 00:00 0    [rollup]\nRss:  2048 kB\nPss:  1000 kB\n"

    assert parse_account(account) == {"Rss": 2048 * 1024, "Pss": 1000 * 1024}


@needs_proc
def test_a_grandchild_counts_to_the_tree() -> None:
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1); input()'])"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()

        tree = list_tree(child.pid)
        memory = measure_tree(child.pid)
        child.stdin.write("\n")
        child.stdin.flush()

    assert tree[0] == child.pid
    assert memory.processes == len(tree) == 2
    assert 0 < memory.pss_bytes <= memory.rss_bytes


@needs_proc
def test_the_tree_of_a_child_leaves_its_parent_out() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        tree = list_tree(child.pid)

    assert os.getpid() not in tree


@needs_proc
def test_work_done_by_a_child_shows_in_the_processor_time_of_the_tree() -> None:
    script = "import time\nwhile time.process_time() < 0.3: pass\nprint(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()

        used = read_cpu_seconds([child.pid])
        child.communicate(b"\n")

    assert used is not None
    assert used >= 0.2  # the system counts in ticks of some milliseconds
