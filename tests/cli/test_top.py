"""`kaiga top`: once for programs and pipes, live in a terminal until Ctrl-C."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from io import StringIO

import msgspec
from rich.console import Console
from rich.text import Text

from cli.conftest import QuickTerminal, data_of
from kaiga.cli.status_view import draw_status, show_seconds
from kaiga.cli.statuses import Rates, RunStatus, ServerStatus
from running import MODEL, RunningKaiga, wait_until

PATIENCE_SECONDS = 30.0
LEAVES_THE_SCREEN = b"\x1b[?1049l"
STATUS = {
    "version": "1",
    "engine": "sketch",
    "uptime_seconds": 0.0,
    "workers": {"slots": 1, "busy": 0},
    "queue": {"waiting": 0, "running": 0, "oldest_seconds": None, "models": []},
    "running": [],
    "since_start": {"created": 0},
}


RUN = {
    "task_id": "01a21e42-813b-7098-b3fe-62a8b5884b5e",
    "model": "wan2.2-kf2v-flash-with-a-very-long-name",
    "attempt": 2,
    "seconds": 187.5,
    "phase": "generate",
    "step": 12,
    "steps": 20,
}


def make_status(uptime_seconds: float, created: int) -> ServerStatus:
    told = {**STATUS, "uptime_seconds": uptime_seconds, "since_start": {"created": created}}
    return msgspec.convert(told, ServerStatus)


def test_one_look_shows_what_waits_for_each_model(
    quick_terminal: QuickTerminal, idle_server: RunningKaiga, at_idle_server: Mapping[str, str]
):
    with idle_server.client() as client:
        idle_server.submit(client, "a secret prompt")

    shown = quick_terminal.succeed("top", "--once", settings=at_idle_server)

    lines = shown.splitlines()
    assert lines[0].startswith("Kaiga ")
    assert "Workers: 0 of 0 busy." in shown
    [row] = [line.split() for line in lines if line.startswith(MODEL)]
    assert int(row[1]) >= 1
    assert "secret" not in shown


def test_json_is_the_status_that_the_server_tells(
    quick_terminal: QuickTerminal, at_idle_server: Mapping[str, str]
):
    told = json.loads(quick_terminal.succeed("top", "--json", settings=at_idle_server))

    assert told["workers"] == {"slots": 0, "busy": 0}
    assert told["since_start"].keys() >= {"created", "succeeded", "failed", "canceled", "queries"}


def test_a_key_that_may_not_look_is_told_so(
    quick_terminal: QuickTerminal, at_idle_server: Mapping[str, str]
):
    made = quick_terminal.succeed("keys", "create", "--json", settings=at_idle_server)
    key = json.loads(made)["key"]

    told = quick_terminal.fail("top", "--once", "--key", key, settings=at_idle_server)

    assert "admin" in told


def test_a_terminal_is_drawn_on_and_given_back_as_it_was_on_ctrl_c(at_server: Mapping[str, str]):
    terminal, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    top = subprocess.Popen(
        [sys.executable, "-m", "kaiga", "top"],
        env={**os.environ, **at_server, "TERM": "xterm"},
        stdin=inner,
        stdout=inner,
        stderr=inner,
    )
    os.close(inner)
    try:
        drawn = read_until(terminal, b"Workers: ")
        top.send_signal(signal.SIGINT)
        drawn += read_until(terminal, LEAVES_THE_SCREEN)
        status = top.wait(PATIENCE_SECONDS)
    finally:
        top.kill()
        os.close(terminal)

    assert status == 0
    assert b"Traceback" not in drawn


def test_what_runs_is_shown_while_it_runs(
    quick_terminal: QuickTerminal, start_server: Callable[[Mapping[str, str]], RunningKaiga]
):
    server = start_server({"KAIGA_SKETCH_SECONDS": "60", "KAIGA_GRACE_SECONDS": "0"})
    settings = data_of(server)

    def look() -> tuple[RunStatus, ...]:
        told = quick_terminal.succeed("top", "--json", settings=settings)
        return msgspec.json.decode(told, type=ServerStatus).running

    with server.client() as client:
        task_id = server.submit(client)
        wait_until(look, "it runs")

    [run] = look()
    assert (run.task_id, run.model, run.attempt) == (task_id, MODEL, 1)

    def show() -> str:
        return quick_terminal.succeed("top", "--once", settings=settings)

    assert task_id in show()
    wait_until(lambda: "Workers: 1 of 1 busy." in show(), "the only worker is counted as busy")


def test_in_80_columns_the_id_of_a_task_is_whole_and_no_line_too_wide():
    status = msgspec.convert({**STATUS, "running": [RUN]}, ServerStatus)
    console = Console(width=80, file=StringIO(), force_terminal=True, color_system=None)

    console.print(draw_status(status, "http://127.0.0.1:8600", {"created": 3.0}, "It is away."))

    lines = Text.from_ansi(console.file.getvalue()).plain.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80
    [row] = [line for line in lines if line.startswith(RUN["task_id"])]
    assert "generate 12/20, try 2" in row
    assert "3:07" in row
    assert "It is away." in lines


def read_until(terminal: int, wanted: bytes) -> bytes:
    deadline, read = time.monotonic() + PATIENCE_SECONDS, b""
    while wanted not in read:
        assert time.monotonic() < deadline, read
        if select.select([terminal], [], [], 0.1)[0]:
            read += os.read(terminal, 65536)
    return read


def test_rates_are_of_the_last_minute_and_begin_anew_with_the_server():
    rates = Rates()
    assert rates.per_minute() is None
    for second in range(0, 121, 10):
        rates.add(make_status(second, created=second * 2 if second < 60 else 120))
    assert rates.per_minute() == {"created": 0.0}

    rates.add(make_status(5, created=1))
    assert rates.per_minute() is None
    rates.add(make_status(15, created=6))
    assert rates.per_minute() == {"created": 30.0}


def test_lengths_of_time_are_short_to_read():
    shown = [show_seconds(each) for each in (0.4, 59, 187, 7387, 4 * 86400 + 7387)]

    assert shown == ["0s", "59s", "3:07", "2:03:07", "4d 02:03"]
