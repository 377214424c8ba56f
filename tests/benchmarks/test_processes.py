import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness.processes import ServerNotReady, find_free_port, make_clean_environment, running

from running import wait_until

STUBBORN_CHILD = """
import signal, subprocess, sys, time
child = subprocess.Popen([
    sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(60)",
], stdout=subprocess.PIPE)
child.stdout.readline()
open("child", "w").write(str(child.pid))
open("ready", "w").close()
time.sleep(60)
"""


def test_a_server_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such setting')"]

    with (
        running("odd", command, folder=tmp_path, environment=os.environ) as server,
        pytest.raises(ServerNotReady, match="no such setting"),
    ):
        server.wait_until_ready(find_free_port(), "/readyz")


def test_a_child_that_ignores_the_request_to_end_does_not_outlive_the_block(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STUBBORN_CHILD]

    with running("stubborn", command, folder=tmp_path, environment=os.environ) as server:
        while not (tmp_path / "ready").exists():
            assert server.process.poll() is None
    child = int((tmp_path / "child").read_text())

    wait_until(lambda: not _is_alive(child), "the child is gone")


def test_nobodys_own_settings_reach_a_measured_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAIGA_WORKERS", "7")

    environment = make_clean_environment(KAIGA_PORT="1")

    assert "KAIGA_WORKERS" not in environment
    assert environment["KAIGA_PORT"] == "1"


def _is_alive(process_id: int) -> bool:
    """A killed orphan may wait as a zombie for its new parent to take notice."""
    shown = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False
    )
    return bool(shown.stdout.strip()) and not shown.stdout.startswith("Z")
