"""What a claim costs at a short and at a long queue; see benchmarks/store/*claim*.py."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import msgspec

FOLDER = Path(__file__).resolve().parent.parent / "store"
LONGEST_SECONDS = 3600.0


class ClaimsFailed(Exception):
    """The program that claims ended badly; the message holds its last words."""


class ClaimCosts(msgspec.Struct, frozen=True, kw_only=True):
    """What claims of one case took, in microseconds.

    `durable` claims shared a commit that was synced, `unsynced` ones had one of their own, which is
    not; `first` are those of a store just opened, which finds out who waits.
    """

    name: str
    waiting: int
    first: list[float]
    durable: list[float]
    unsynced: list[float]


class NodeClaims(msgspec.Struct, frozen=True, kw_only=True):
    """How many tasks a second were claimed from one PostgreSQL, turn by turn.

    `claimers` ask at once, each over connections of its own and each for up to `slots` tasks.
    """

    stored: int
    claimers: int
    slots: int
    rates: list[float]


def measure_claims(python: str, *, waiting: int, claims: int, rounds: int) -> list[ClaimCosts]:
    """Claim from a short queue, from one of `waiting` tasks, and from that one with a cap.

    Raises:
        ClaimsFailed: something went wrong in the program.
    """
    command = [python, str(FOLDER / "claim_costs.py"), "--waiting", str(waiting)]
    command += ["--claims", str(claims), "--rounds", str(rounds)]
    return msgspec.json.decode(_run(command), type=list[ClaimCosts])


def measure_node_claims(
    python: str, databases: Sequence[tuple[int, str]], *, turns: int
) -> list[NodeClaims]:
    """Claim from each PostgreSQL in turn; they are told by what they store and their addresses.

    Raises:
        ClaimsFailed: something went wrong in the program.
    """
    command = [python, str(FOLDER / "claim_rates_postgres.py"), "--turns", str(turns)]
    for stored, url in databases:
        command += ["--database", str(stored), url]
    return msgspec.json.decode(_run(command), type=list[NodeClaims])


def _run(command: Sequence[str]) -> bytes:
    try:
        finished = subprocess.run(
            command, capture_output=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ClaimsFailed(f"the claims took over {LONGEST_SECONDS:g} s") from error
    if finished.returncode != 0:
        raise ClaimsFailed(finished.stderr.decode(errors="replace")[-1000:].strip())
    return finished.stdout
