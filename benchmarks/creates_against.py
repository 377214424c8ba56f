"""Compares creates with those of another checkout: `python benchmarks/creates_against.py FOLDER`.

Both servers run beside one another, without workers; they are loaded in turn, and each round gives
the ratio of creates to the same server's hello route. The two ratios' quotient is what counts: the
machine sways both alike.
"""

import argparse
import statistics
import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from harness.contestants import API_KEY
from harness.kaiga_server import ROOT, KaigaServer, kaiga_server, make_command
from harness.load import Kind, Load, Target

CONNECTIONS = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path, help="a checkout of the other commit")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of each load")
    given = parser.parse_args()
    quotients: list[float] = []
    with (
        _serve("old", given.other) as old,
        _serve("new", ROOT) as new,
        tempfile.TemporaryDirectory() as folder,
    ):
        for number in range(1, given.rounds + 1):
            shares = [_share(server, Path(folder), given.seconds) for server in (old, new)]
            quotients.append(shares[1] / shares[0])
            print(
                f"round {number}: creates per hello: old {shares[0]:.3f}, new {shares[1]:.3f}, "
                f"new per old {quotients[-1]:.3f}",
                flush=True,
            )
    print(
        f"new per old: median {statistics.median(quotients):.3f}, "
        f"{min(quotients):.3f} to {max(quotients):.3f}"
    )


def _serve(name: str, checkout: Path) -> AbstractContextManager[KaigaServer]:
    """Run a checkout's own code in this environment, whichever is installed in it."""
    sources = {"PYTHONPATH": str((checkout / "src").resolve())}
    command = make_command(sys.executable)
    return kaiga_server(name, workers=0, command=command, further_settings=sources)


def _share(server: KaigaServer, folder: Path, seconds: int) -> float:
    ids = folder / "ids"
    ids.touch()
    load = Load(
        targets=[Target(base_url=server.client.base_url, task_ids=ids)],
        api_key=API_KEY,
        connections=CONNECTIONS,
    )
    hello = load.run(Kind.HELLO, seconds)
    created = load.run(Kind.CREATE, seconds)
    server.settle()
    return created.rate / hello.rate


if __name__ == "__main__":
    main()
