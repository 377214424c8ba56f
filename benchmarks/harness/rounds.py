"""One round of load on one server: hello, creates, polls, and the proof that the tasks exist."""

import random
from collections.abc import Callable
from pathlib import Path

import msgspec

from harness.contestants import Contestant
from harness.load import Kind, Load, Outcome

SAMPLE = 20
"""How many tasks are queried one by one after each round of creates."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how hard; times in whole seconds, which is what wrk takes."""

    rounds: int
    warm_up_seconds: int
    measured_seconds: int
    connections: int
    seeded_tasks: int


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What one round gave.

    `tasks_counted` is by how much the server's own store grew over the creates, warm-up
    included; `tasks_answered` is how many creates were answered in that time. `problems` is
    empty in a valid round.
    """

    hello: Outcome
    create: Outcome
    poll: Outcome
    tasks_answered: int
    tasks_counted: int
    painted: int
    problems: list[str]


def run_round(
    contestant: Contestant,
    plan: Plan,
    task_ids: Path,
    *,
    allowed_statuses: frozenset[str],
    on_step: Callable[[], None],
) -> Round:
    """Load `contestant` with each kind in turn and check what it says it did."""
    load = Load(
        base_url=contestant.client.base_url,
        api_key=contestant.client.api_key,
        task_ids=task_ids,
        connections=plan.connections,
    )
    painted_before = contestant.count_painted()

    _warm_up, hello = _warm_and_measure(load, Kind.HELLO, plan, on_step)
    counted_before = contestant.count_tasks()
    create_warm_up, create = _warm_and_measure(load, Kind.CREATE, plan, on_step)
    contestant.settle()
    tasks_counted = contestant.count_tasks() - counted_before
    tasks_answered = create.requests + (create_warm_up.requests if create_warm_up else 0)
    _warm_up, poll = _warm_and_measure(load, Kind.POLL, plan, on_step)

    problems = [
        *_find_load_problems(Kind.HELLO, hello),
        *_find_load_problems(Kind.CREATE, create),
        *_find_load_problems(Kind.POLL, poll),
        *find_count_problems(tasks_answered, tasks_counted, plan),
        *_find_status_problems(contestant, task_ids, allowed_statuses),
    ]
    return Round(
        hello=hello,
        create=create,
        poll=poll,
        tasks_answered=tasks_answered,
        tasks_counted=tasks_counted,
        painted=contestant.count_painted() - painted_before,
        problems=[f"{contestant.name}: {problem}" for problem in problems],
    )


def find_count_problems(answered: int, counted: int, plan: Plan) -> list[str]:
    """Tell whether the store holds other than the tasks that were answered.

    wrk leaves while a request is under way on each connection, so the warm-up and the measured
    time may each add as many tasks as there are connections to those that were answered.
    """
    under_way = plan.connections * 2
    if answered <= counted <= answered + under_way:
        return []
    return [f"{answered} creates were answered, but the store grew by {counted} tasks"]


def _warm_and_measure(
    load: Load, kind: Kind, plan: Plan, on_step: Callable[[], None]
) -> tuple[Outcome | None, Outcome]:
    warm_up = load.run(kind, plan.warm_up_seconds) if plan.warm_up_seconds else None
    measured = load.run(kind, plan.measured_seconds)
    on_step()
    return warm_up, measured


def _find_load_problems(kind: Kind, outcome: Outcome) -> list[str]:
    problems: list[str] = []
    if outcome.bad_answers:
        problems.append(f"{outcome.bad_answers} {kind} answers were not 2xx")
    if outcome.socket_errors:
        problems.append(f"{outcome.socket_errors} socket errors during {kind}")
    return problems


def _find_status_problems(
    contestant: Contestant, task_ids: Path, allowed_statuses: frozenset[str]
) -> list[str]:
    """Query a sample of seeded tasks, and a fresh one."""
    sample = random.sample(task_ids.read_text().split(), SAMPLE)
    sample.append(contestant.client.create())
    statuses = {contestant.client.query_status(task_id) for task_id in sample}
    strange = statuses - allowed_statuses
    return [f"sampled tasks were {', '.join(sorted(strange))}"] if strange else []
