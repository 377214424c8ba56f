"""Many nodes under load, killed, frozen and cut off: `make chaos-nodes`, or with `SEED=7`.

Three rounds with three seeds, of 20,000 tasks together, in a network of their own.
"""

import argparse
import secrets
import tempfile
import time
from pathlib import Path
from random import Random

from chaos.__main__ import say
from chaos.load import Load
from chaos.rounds import an_origin, choose_kinds
from chaos.verdict import Verdict
from chaos_nodes.cluster import Cluster, open_cluster
from chaos_nodes.disturbances import DISTURBANCES
from chaos_nodes.isolation import HERE, move_into_own_network

_LAG_SECONDS = 2.0
"""How long one node may show an unfinished task after another has shown its end."""


def main() -> None:
    """Play rounds; a broken promise ends the program with its traceback and the seed."""
    parser = argparse.ArgumentParser(prog="make chaos-nodes", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="of the first round")
    parser.add_argument("--rounds", type=int, default=3, help="each with the next seed")
    parser.add_argument("--tasks", type=int, default=6_700, help="in a round")
    parser.add_argument("--per-second", type=float, default=40.0, help="tasks that are created")
    parser.add_argument("--longest-pause", type=float, default=5.0, help="seconds between blows")
    wanted = parser.parse_args()
    move_into_own_network()
    seed = secrets.randbelow(10_000) if wanted.seed is None else wanted.seed
    for number in range(wanted.rounds):
        say(f"seed {seed + number}, {wanted.tasks} tasks")
        with tempfile.TemporaryDirectory(prefix="kaiga-chaos-") as folder:
            _play_round(seed + number, wanted, Path(folder))


def _play_round(seed: int, wanted: argparse.Namespace, folder: Path) -> None:
    chance = Random(seed)
    with open_cluster(folder, chance) as cluster, an_origin(folder, HERE) as origin:
        load = Load(
            cluster,
            wanted=wanted.tasks,
            per_second=wanted.per_second,
            picture_url=origin,
            seed=seed,
            lag_seconds=_LAG_SECONDS,
        )
        try:
            with load.applied():
                _disturb(cluster, load, wanted.longest_pause)
            assert not load.broken_promises, load.broken_promises[:5]
            verdict = Verdict(cluster.client, cluster)
            verdict.check(load.accepted)
            assert "Traceback" not in cluster.log()
        except BaseException:
            say(cluster.log()[-20_000:])
            raise
        say(f"{len(load.accepted)} accepted, {load.refused} calls refused; {verdict.describe()}")


def _disturb(cluster: Cluster, load: Load, longest_pause: float) -> None:
    began = time.monotonic()
    for number, kind in enumerate(choose_kinds(DISTURBANCES, cluster.chance)):
        if number >= len(DISTURBANCES) and load.is_created:
            return
        cluster.wait(0, longest_pause)
        say(f"{time.monotonic() - began:6.1f} s, {len(load.accepted)} accepted: {kind}")
        DISTURBANCES[kind](cluster)


if __name__ == "__main__":
    main()
