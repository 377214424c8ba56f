"""What a claim costs at a short and at a long queue; see benchmarks/store/claim_costs.py."""

import subprocess
from pathlib import Path

import msgspec

PROGRAM = Path(__file__).resolve().parent.parent / "store" / "claim_costs.py"
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


def measure_claims(python: str, *, waiting: int, claims: int, rounds: int) -> list[ClaimCosts]:
    """Claim from a short queue, from one of `waiting` tasks, and from that one with a cap.

    Raises:
        ClaimsFailed: something went wrong in the program.
    """
    command = [python, str(PROGRAM), "--waiting", str(waiting)]
    command += ["--claims", str(claims), "--rounds", str(rounds)]
    try:
        finished = subprocess.run(
            command, capture_output=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ClaimsFailed(f"the claims took over {LONGEST_SECONDS:g} s") from error
    if finished.returncode != 0:
        raise ClaimsFailed(finished.stderr.decode(errors="replace")[-1000:].strip())
    return msgspec.json.decode(finished.stdout, type=list[ClaimCosts])
