"""`kaiga bench engine`: what it measures, keeps and refuses."""

import json
from pathlib import Path
from typing import Any

MODEL = "wan2.2-t2i-flash"
QUICK = ("--sizes", "1,2,99", "--rounds", "1")


def test_what_was_measured_is_told_and_kept(quick_terminal: Any):
    told = json.loads(quick_terminal.succeed("bench", "engine", "--model", MODEL, *QUICK, "--json"))

    assert (told["engine"], told["model"], told["device"]) == ("sketch", MODEL, "cpu")
    assert [each["size"] for each in told["batches"]] == [1, 2]
    assert [each["chosen"] for each in told["batches"]].count(True) == 1
    assert told["left_out"] == [99]
    (kept,) = json.loads(Path(told["file"]).read_text("utf-8"))["profiles"]
    assert set(kept["seconds"]) == {"1", "2"}


def test_the_table_says_what_follows(quick_terminal: Any):
    told = quick_terminal.succeed("bench", "engine", "sketch", "--model", MODEL, *QUICK)

    assert told.startswith(f"sketch, {MODEL}, 1024*1024")
    assert "Left out, more than the engine makes together: 99." in told
    assert "chosen" in told


def test_no_measurement_beside_a_server(quick_terminal: Any, server: Any, at_server: Any):
    refusal = quick_terminal.fail("bench", "engine", "--model", MODEL, settings=at_server)

    assert f"process {server.process_id}" in refusal
    assert "Stop it first." in refusal


def test_what_can_not_be_measured_is_named(quick_terminal: Any):
    assert "--model" in quick_terminal.fail("bench", "engine")
    assert "sketch" in quick_terminal.fail("bench", "engine", "nobody", "--model", MODEL)
    assert "takes files" in quick_terminal.fail("bench", "engine", "--model", "wan2.2-i2v-flash")


def test_sizes_are_numbers(quick_terminal: Any):
    refusal = quick_terminal.fail("bench", "engine", "--sizes", "1,some", status=2)

    assert "--sizes takes numbers above 0" in refusal
