"""How much of everything one run measures."""

import msgspec

from harness.rounds import Plan


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """`plan` is for the rounds of load, all others count what their names say.

    `stored` are the tasks in the stores, fewest first, and `node_stored` those in PostgreSQL;
    `claims` are those of each case and round.
    """

    plan: Plan
    starts: int
    stored: tuple[int, ...]
    with_two_processes: bool
    """Whether Celery's API is also measured as two processes."""
    painting_rounds: int
    begun_tasks: int
    begun_per_second: int
    seen_tasks: int
    drained_tasks: int
    drain_turns: int
    claim_queue: int
    claims: int
    claim_rounds: int
    node_stored: tuple[int, ...]
    node_claim_turns: int

    def with_at_most(self, tasks: int) -> "Scale":
        """Give the same with no more than so many tasks in any store."""
        stored, node_stored = (
            tuple(sorted({min(count, tasks) for count in counts}))
            for counts in (self.stored, self.node_stored)
        )
        return msgspec.structs.replace(
            self,
            stored=stored,
            node_stored=node_stored,
            claim_queue=min(self.claim_queue, tasks),
        )


FULL = Scale(
    plan=Plan(rounds=5, warm_up_seconds=2, measured_seconds=6, connections=64, seeded_tasks=4096),
    starts=5,
    stored=(1_000, 1_000_000, 5_000_000),
    with_two_processes=True,
    painting_rounds=3,
    begun_tasks=600,
    begun_per_second=20,
    seen_tasks=100,
    drained_tasks=5_000,
    drain_turns=3,
    claim_queue=5_000_000,
    claims=300,
    claim_rounds=3,
    node_stored=(1_000, 5_000_000),
    node_claim_turns=40,
)
QUICK = Scale(
    plan=Plan(rounds=1, warm_up_seconds=0, measured_seconds=1, connections=64, seeded_tasks=64),
    starts=1,
    stored=(1_000, 250_000),
    with_two_processes=False,
    painting_rounds=1,
    begun_tasks=20,
    begun_per_second=20,
    seen_tasks=5,
    drained_tasks=100,
    drain_turns=1,
    claim_queue=20_000,
    claims=30,
    claim_rounds=1,
    node_stored=(1_000, 25_000),
    node_claim_turns=2,
)
