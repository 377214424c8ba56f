"""One round of load: hello, creates, polls, and the proof that the tasks exist.

Every kind of load meets all servers one after the other before the next kind begins, so that two
rates that are compared were measured within seconds of each other: on a shared machine the
minutes differ far more than the seconds.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.contestants import Contestant
from harness.load import Kind, Load, Outcome
from harness.process_tree import read_cpu_seconds

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
    """What one round gave for one server.

    `tasks_counted` is by how much the server's own store grew over the creates, warm-up
    included; `tasks_answered` is how many creates were answered in that time. `painted` is how
    many tasks ended well during the round. `problems` is empty in a valid round.
    """

    hello: Outcome
    create: Outcome
    poll: Outcome
    tasks_answered: int
    tasks_counted: int
    painted: int
    problems: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A server in the rounds: its seeded ids, and the statuses that its tasks may have."""

    contestant: Contestant
    task_ids: Path
    allowed_statuses: frozenset[str]

    @property
    def name(self) -> str:
        """The server's name."""
        return self.contestant.name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Creates:
    outcome: Outcome
    answered: int
    counted: int


def run_round(
    entries: Sequence[Entry], plan: Plan, on_step: Callable[[], None]
) -> dict[str, Round]:
    """Load every server with each kind in turn and check what it says it did."""
    painted = {entry.name: entry.contestant.count_painted() for entry in entries}
    hellos: dict[str, Outcome] = {}
    creates: dict[str, _Creates] = {}
    polls: dict[str, Outcome] = {}
    for entry in entries:
        hellos[entry.name] = _load(entry, Kind.HELLO, plan)[-1]
        on_step()
    for entry in entries:
        creates[entry.name] = _load_with_creates(entry, plan)
        on_step()
    for entry in entries:
        polls[entry.name] = _load(entry, Kind.POLL, plan)[-1]
        on_step()
    return {
        entry.name: Round(
            hello=hellos[entry.name],
            create=creates[entry.name].outcome,
            poll=polls[entry.name],
            tasks_answered=creates[entry.name].answered,
            tasks_counted=creates[entry.name].counted,
            painted=entry.contestant.count_painted() - painted[entry.name],
            problems=_find_problems(
                entry, plan, hellos[entry.name], creates[entry.name], polls[entry.name]
            ),
        )
        for entry in entries
    }


def find_count_problems(answered: int, counted: int, plan: Plan) -> list[str]:
    """Tell whether the store holds other than the tasks that were answered.

    wrk leaves while a request is under way on each connection, so the warm-up and the measured
    time may each add as many tasks as there are connections to those that were answered.
    """
    under_way = plan.connections * 2
    if answered <= counted <= answered + under_way:
        return []
    return [f"{answered} creates were answered, but the store grew by {counted} tasks"]


def _load(entry: Entry, kind: Kind, plan: Plan) -> list[Outcome]:
    """Warm up, where the plan says so, and measure; give the outcome of each, in that order."""
    contestant = entry.contestant
    load = Load(
        base_url=contestant.client.base_url,
        api_key=contestant.client.api_key,
        task_ids=entry.task_ids,
        connections=plan.connections,
    )
    outcomes: list[Outcome] = []
    if plan.warm_up_seconds:
        outcomes.append(load.run(kind, plan.warm_up_seconds))
    cpu_before = read_cpu_seconds(contestant.process_ids)
    outcome = load.run(kind, plan.measured_seconds)
    cpu_after = read_cpu_seconds(contestant.process_ids)
    if cpu_before is not None and cpu_after is not None:
        outcome = msgspec.structs.replace(outcome, server_cpu_seconds=cpu_after - cpu_before)
    return [*outcomes, outcome]


def _load_with_creates(entry: Entry, plan: Plan) -> _Creates:
    counted_before = entry.contestant.count_tasks()
    outcomes = _load(entry, Kind.CREATE, plan)
    entry.contestant.settle()
    return _Creates(
        outcome=outcomes[-1],
        answered=sum(outcome.requests for outcome in outcomes),
        counted=entry.contestant.count_tasks() - counted_before,
    )


def _find_problems(
    entry: Entry, plan: Plan, hello: Outcome, creates: _Creates, poll: Outcome
) -> list[str]:
    outcomes: Mapping[Kind, Outcome] = {
        Kind.HELLO: hello,
        Kind.CREATE: creates.outcome,
        Kind.POLL: poll,
    }
    problems = [
        *(text for kind, outcome in outcomes.items() for text in _find_bad(kind, outcome)),
        *find_count_problems(creates.answered, creates.counted, plan),
        *_find_strange_tasks(entry),
    ]
    return [f"{entry.name}: {problem}" for problem in problems]


def _find_bad(kind: Kind, outcome: Outcome) -> list[str]:
    problems: list[str] = []
    if outcome.bad_answers:
        problems.append(f"{outcome.bad_answers} {kind} answers were not 2xx")
    if outcome.socket_errors:
        problems.append(f"{outcome.socket_errors} socket errors during {kind}")
    return problems


def _find_strange_tasks(entry: Entry) -> list[str]:
    """Query a sample of seeded tasks, and a fresh one."""
    client = entry.contestant.client
    sample = random.sample(entry.task_ids.read_text().split(), SAMPLE)
    sample.append(client.create())
    strange = {client.query_status(task_id) for task_id in sample} - entry.allowed_statuses
    return [f"sampled tasks were {', '.join(sorted(strange))}"] if strange else []
