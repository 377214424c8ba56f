"""Compares creates with those of another checkout: `python benchmarks/creates_against.py FOLDER`.

Both servers run beside one another, without workers; they are loaded in turn, every second round
the other way round. Told are creates a second, their p99, and creates per call of the same
server's hello route, which the machine sways as it sways the creates; and of each round the new
ones in proportion to the old ones.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
from harness.contestants import API_KEY
from harness.kaiga_server import ROOT, KaigaServer, kaiga_server, make_command
from harness.load import Kind, Load, Target

CONNECTIONS = 64


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One server's loads in one round: answers a second, and milliseconds."""

    creates: float
    p99_milliseconds: float
    hellos: float

    @property
    def per_hello(self) -> float:
        """Creates for each answer of the hello route."""
        return self.creates / self.hellos

    def __str__(self) -> str:
        return (
            f"{self.creates:,.0f}/s, p99 {self.p99_milliseconds:.1f} ms, {self.per_hello:.3f} hello"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path, help="a checkout of the other commit")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of each load")
    given = parser.parse_args()
    rounds: list[tuple[Measured, Measured]] = []
    with (
        _serve("old", given.other) as old,
        _serve("new", ROOT) as new,
        tempfile.TemporaryDirectory() as folder,
    ):
        for number in range(given.rounds):
            servers = [old, new] if number % 2 == 0 else [new, old]
            found = {each.name: _measure(each, Path(folder), given.seconds) for each in servers}
            rounds.append((found["old"], found["new"]))
            print(f"round {number + 1}: old {found['old']}; new {found['new']}", flush=True)
    _tell("creates", rounds, lambda measured: measured.creates)
    _tell("p99", rounds, lambda measured: measured.p99_milliseconds)
    _tell("creates per hello", rounds, lambda measured: measured.per_hello)


def _tell(
    name: str, rounds: Sequence[tuple[Measured, Measured]], find: Callable[[Measured], float]
) -> None:
    quotients = [find(new) / find(old) for old, new in rounds]
    median = statistics.median(quotients)
    print(f"{name}, new per old: median {median:.3f}, {min(quotients):.3f} to {max(quotients):.3f}")


def _serve(name: str, checkout: Path) -> AbstractContextManager[KaigaServer]:
    """Run a checkout's own code in this environment, whichever is installed in it."""
    sources = {"PYTHONPATH": str((checkout / "src").resolve())}
    command = make_command(sys.executable)
    return kaiga_server(name, workers=0, command=command, further_settings=sources)


def _measure(server: KaigaServer, folder: Path, seconds: int) -> Measured:
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
    return Measured(
        creates=created.rate, p99_milliseconds=created.p99_milliseconds, hellos=hello.rate
    )


if __name__ == "__main__":
    main()
