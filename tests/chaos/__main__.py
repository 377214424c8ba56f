"""The long form: `make chaos`, or `make chaos SEED=7` to repeat a round that went wrong.

The first round has 10,000 tasks, the rest fewer, each with the next seed, until the time is over.
"""

import argparse
import secrets
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from chaos.rounds import Plan, play_round

_LONG = Plan(seed=0, tasks=10_000, per_second=100, disk_mebibytes=512, longest_pause_seconds=10)
_DENSE = Plan(seed=0, tasks=400, per_second=30, disk_mebibytes=128, longest_pause_seconds=1)


def main() -> None:
    """Play rounds; a broken promise ends the program with its traceback and the seed."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="of the first round")
    parser.add_argument("--minutes", type=float, default=10.0, help="when to begin no more rounds")
    parser.add_argument("--tasks", type=int, default=_LONG.tasks, help="of the first round")
    wanted = parser.parse_args()
    end = time.monotonic() + wanted.minutes * 60
    seed = secrets.randbelow(10_000) if wanted.seed is None else wanted.seed
    plan = replace(_LONG, seed=seed, tasks=wanted.tasks)
    while True:
        say(f"seed {plan.seed}, {plan.tasks} tasks")
        with tempfile.TemporaryDirectory(prefix="kaiga-chaos-") as folder:
            play_round(plan, Path(folder), say)
        if time.monotonic() >= end:
            return
        plan = replace(_DENSE, seed=plan.seed + 1)


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
