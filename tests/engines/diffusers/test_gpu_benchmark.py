"""The benchmark for GPUs, tried with a tiny model on the CPU."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_both_ways_are_measured_alone_and_in_a_batch():
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks/gpu_engines.py", "--tiny", "--rounds=2", "--batch=2"],
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {name: len(each) for name, each in told["seconds"].items()} == {
        "bare": 2,
        "kaiga": 2,
        "batched": 2,
    }
    assert told["gain"] > 0
