"""The steps of a run: how far each is, and what becomes of the run where one fails."""

import contextlib
from collections.abc import Callable, Generator, MutableSequence, Sequence

from rich.progress import Progress

from harness.claims import ClaimsFailed
from harness.contestants import UnexpectedAnswer, seed
from harness.load import LoadFailed
from harness.peers import QueueNotDrained
from harness.processes import ServerNotReady
from harness.rounds import Entry, Plan, Round, list_kinds, run_round
from harness.stores import FillingFailed

FAILURES = (
    ClaimsFailed,
    FillingFailed,
    LoadFailed,
    QueueNotDrained,
    ServerNotReady,
    UnexpectedAnswer,
)


class Steps:
    """Shows how far a run is, and notes in `not_measured` what failed."""

    def __init__(self, progress: Progress, not_measured: MutableSequence[str]) -> None:
        self._progress = progress
        self._not_measured = not_measured

    @contextlib.contextmanager
    def step(self, what: str, total: int) -> Generator[Callable[[], None]]:
        """Give what is to be called after each of `total` parts of a step."""
        task = self._progress.add_task(what, total=total)
        yield lambda: self._progress.advance(task)

    @contextlib.contextmanager
    def forgiving(self, what: str) -> Generator[None]:
        """Note a failed part and go on with the next, so that one run tells all it can."""
        try:
            yield
        except FAILURES as failure:
            self._not_measured.append(f"{what}: {failure}")

    def run_rounds(
        self, entries: Sequence[Entry], plan: Plan, rounds: int, found: dict[str, list[Round]]
    ) -> None:
        """Load servers round after round, and put the rounds of each into `found` by its name."""
        with self.step("tasks to ask for", len(entries)) as advance:
            for entry in entries:
                seed(entry.contestant, entry.nodes, plan.seeded_tasks)
                advance()
        loads = sum(len(list_kinds(entry)) for entry in entries)
        with self.step("rounds of load", rounds * loads) as advance:
            for turn in range(rounds):
                # Forth and back: no server is always the one after a long rest.
                in_turn = entries if turn % 2 == 0 else entries[::-1]
                for name, one_round in run_round(in_turn, plan, advance).items():
                    found.setdefault(name, []).append(one_round)
