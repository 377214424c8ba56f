"""Builds what an emulator's tasks are claimed from, scheduled by and drawn with."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore
from kaiga.service.emulation.draw_results import DrawResults
from kaiga.service.emulation.schedule import Schedule
from kaiga.service.running.mark_results import Mark
from kaiga.store.sqlite import SqlitePacedStore
from kaiga.worker.child_engine_process import ChildEngineProcess
from kaiga.worker.shared_engines import SharedEngines

DUE_HOLD_SECONDS = 3.0
"""How long polls of tasks that are due are held: below the 5 s that impatient clients wait, and
longer than a picture takes with an engine that has yet to start. So a client that asks once a
second or less often has the end of a task at its first poll."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """What an emulator keeps beside its clocks."""

    store: SqlitePacedStore
    schedule: Schedule
    engines: SharedEngines
    draw: DrawResults


def as_paced(store: TaskStore) -> SqlitePacedStore:
    """Give an emulator's store as what it is."""
    if not isinstance(store, SqlitePacedStore):
        raise TypeError("an emulator's tasks are kept in a paced store")
    return store


def build_pacing(
    *,
    schedule: Schedule,
    store: SqlitePacedStore,
    objects: ObjectStore,
    mark: Mark,
    children: Sequence[ChildEngineProcess],
    folder: Path,
) -> Pacing:
    """Build it; `folder` is for files in use."""
    engines = SharedEngines(children)
    return Pacing(
        store=store,
        schedule=schedule,
        engines=engines,
        draw=DrawResults(
            store=store,
            objects=objects,
            mark=mark,
            begin_process=engines.begin,
            folder=folder,
        ),
    )
