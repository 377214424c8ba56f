"""One round of load: hello, creates, polls of all kinds, and the proof that the tasks exist.

Every kind of load meets all servers one after the other before the next kind begins, so that two
rates that are compared were measured within seconds of each other: on a shared machine the
minutes differ far more than the seconds.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from harness.contestants import Contestant, TaskClient
from harness.load import Kind, Load, Outcome, Target
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
    many tasks ended well during the round. `poll_elsewhere` is None for servers of one node,
    `stored_poll` for those without old tasks;
    `lookups_per_stored_poll` is how many tasks were read from the store for each such answer.
    `problems` is empty in a valid round.
    """

    hello: Outcome
    create: Outcome
    poll: Outcome
    poll_elsewhere: Outcome | None = None
    stored_poll: Outcome | None = None
    lookups_per_stored_poll: float | None = None
    tasks_answered: int
    tasks_counted: int
    painted: int
    problems: list[str]

    def get_outcome(self, kind: Kind) -> Outcome | None:
        """Give the part of the round that is of `kind`."""
        match kind:
            case Kind.HELLO:
                return self.hello
            case Kind.CREATE:
                return self.create
            case Kind.POLL:
                return self.poll
            case Kind.POLL_ELSEWHERE:
                return self.poll_elsewhere
            case Kind.STORED_POLL:
                return self.stored_poll


class TellsLookups(Protocol):
    """A server that counts its polls, and how often it reads a task from its store for one."""

    def count_polls(self) -> int:
        """Count the polls that it has answered since its start."""
        ...

    def count_store_lookups(self) -> int:
        """Count the tasks that it has read since its start."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OldTasks:
    """Tasks that a server holds and does not remember: their ids, one a line, and who counts."""

    task_ids: Path
    server: TellsLookups


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A server in the rounds: a client of each of its nodes, with the ids seeded at that node.

    `allowed_statuses` are those that its tasks may have.
    """

    contestant: Contestant
    nodes: Sequence[tuple[TaskClient, Path]]
    allowed_statuses: frozenset[str]
    old_tasks: OldTasks | None = None

    @property
    def name(self) -> str:
        """The server's name."""
        return self.contestant.name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    """One kind of load on one server: how often it was answered, warm-up included.

    `counted` is how many tasks the server's own store grew by, or how many were read from it.
    """

    outcome: Outcome
    answered: int
    counted: int = 0


_RoundOfOne = dict[Kind, _Loaded]


def list_kinds(entry: Entry) -> Sequence[Kind]:
    """Give the kinds of load that a server meets in each round."""
    left_out = {
        Kind.POLL_ELSEWHERE: len(entry.nodes) == 1,
        Kind.STORED_POLL: entry.old_tasks is None,
    }
    return [kind for kind in Kind if not left_out.get(kind)]


def run_round(
    entries: Sequence[Entry], plan: Plan, on_step: Callable[[], None]
) -> dict[str, Round]:
    """Load every server with each kind in turn and check what it says it did."""
    painted = {entry.name: entry.contestant.count_painted() for entry in entries}
    loaded: dict[str, _RoundOfOne] = {entry.name: {} for entry in entries}
    for kind in Kind:
        for entry in entries:
            if kind in list_kinds(entry):
                loaded[entry.name][kind] = _load_and_count(entry, kind, plan)
                on_step()
    return {
        entry.name: _sum_up(entry, plan, loaded[entry.name], painted[entry.name])
        for entry in entries
    }


def _sum_up(entry: Entry, plan: Plan, loaded: _RoundOfOne, painted_before: int) -> Round:
    creates, stored = loaded[Kind.CREATE], loaded.get(Kind.STORED_POLL)
    elsewhere = loaded.get(Kind.POLL_ELSEWHERE)
    return Round(
        hello=loaded[Kind.HELLO].outcome,
        create=creates.outcome,
        poll=loaded[Kind.POLL].outcome,
        poll_elsewhere=elsewhere and elsewhere.outcome,
        stored_poll=stored and stored.outcome,
        lookups_per_stored_poll=stored and stored.counted / max(1, stored.answered),
        tasks_answered=creates.answered,
        tasks_counted=creates.counted,
        painted=entry.contestant.count_painted() - painted_before,
        problems=list(_find_problems(entry, plan, loaded)),
    )


def find_count_problems(answered: int, counted: int, connections: int) -> list[str]:
    """Tell whether the store holds other than the tasks that were answered.

    wrk leaves while a request is under way on each connection, so the warm-up and the measured
    time may each add as many tasks as there are connections to those that were answered.
    """
    under_way = connections * 2
    if answered <= counted <= answered + under_way:
        return []
    return [f"{answered} creates were answered, but the store grew by {counted} tasks"]


def _load_and_count(entry: Entry, kind: Kind, plan: Plan) -> _Loaded:
    """Load one server, and count in it what the kind is checked by."""
    if kind is Kind.CREATE:
        return _load_with_creates(entry, plan)
    if kind is Kind.STORED_POLL and entry.old_tasks is not None:
        return _load_with_stored_polls(entry, entry.old_tasks.server, plan)
    outcomes = _load(entry, kind, plan)
    return _Loaded(outcome=outcomes[-1], answered=_count_answers(outcomes))


def _load_with_creates(entry: Entry, plan: Plan) -> _Loaded:
    counted_before = entry.contestant.count_tasks()
    outcomes = _load(entry, Kind.CREATE, plan)
    entry.contestant.settle()
    return _Loaded(
        outcome=outcomes[-1],
        answered=_count_answers(outcomes),
        counted=entry.contestant.count_tasks() - counted_before,
    )


def _load_with_stored_polls(entry: Entry, server: TellsLookups, plan: Plan) -> _Loaded:
    """Count the answers in the server as well: it also reads for those that wrk did not await."""
    polls_before, lookups_before = server.count_polls(), server.count_store_lookups()
    outcomes = _load(entry, Kind.STORED_POLL, plan)
    entry.contestant.settle()
    return _Loaded(
        outcome=outcomes[-1],
        answered=server.count_polls() - polls_before,
        counted=server.count_store_lookups() - lookups_before,
    )


def _count_answers(outcomes: Sequence[Outcome]) -> int:
    return sum(outcome.requests for outcome in outcomes)


def _load(entry: Entry, kind: Kind, plan: Plan) -> list[Outcome]:
    """Warm up, where the plan says so, and measure; give the outcome of each, in that order."""
    contestant = entry.contestant
    load = Load(
        targets=_list_targets(entry, kind),
        api_key=contestant.client.api_key,
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


def _list_targets(entry: Entry, kind: Kind) -> Sequence[Target]:
    """Give the nodes, each with the file of ids that it is asked for."""
    clients, files = zip(*entry.nodes, strict=True)
    if kind is Kind.STORED_POLL and entry.old_tasks is not None:
        files = [entry.old_tasks.task_ids] * len(clients)
    elif kind is Kind.POLL_ELSEWHERE:
        files = files[1:] + files[:1]
    return [
        Target(base_url=client.base_url, task_ids=file)
        for client, file in zip(clients, files, strict=True)
    ]


def _find_problems(entry: Entry, plan: Plan, loaded: _RoundOfOne) -> Iterator[str]:
    creates = loaded[Kind.CREATE]
    problems = [
        *(text for kind, each in loaded.items() for text in _find_bad(kind, each.outcome)),
        *find_count_problems(
            creates.answered, creates.counted, plan.connections * len(entry.nodes)
        ),
        *_find_strange_tasks(entry),
    ]
    for problem in problems:
        yield f"{entry.name}: {problem}"


def _find_bad(kind: Kind, outcome: Outcome) -> list[str]:
    problems: list[str] = []
    if outcome.bad_answers:
        problems.append(f"{outcome.bad_answers} {kind} answers were not 2xx")
    if outcome.socket_errors:
        problems.append(f"{outcome.socket_errors} socket errors during {kind}")
    return problems


def _find_strange_tasks(entry: Entry) -> list[str]:
    """Query a sample of tasks seeded at the first node, and a fresh one of it, at the last one."""
    (first, seeded), (client, _) = entry.nodes[0], entry.nodes[-1]
    sample = random.sample(seeded.read_text().split(), SAMPLE)
    sample.append(first.create())
    strange = {client.query_status(task_id) for task_id in sample} - entry.allowed_statuses
    return [f"sampled tasks were {', '.join(sorted(strange))}"] if strange else []
