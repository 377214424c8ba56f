"""What is done to a server at random moments, each over when its function returns."""

import random
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from crash.processes import child_processes, is_alive, kill, stopped
from crash.small_disks import SmallDisk
from running import RunningKaiga, wait_until

LEASE_SECONDS = 1.0
TWO_DAYS_SECONDS = 2 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A server, the disk under its stores, the file that sets its clock, and chance."""

    running: RunningKaiga
    disk: SmallDisk
    clock: Path
    chance: random.Random

    @property
    def database(self) -> Path:
        return self.disk.folder / "kaiga.db"

    def wait(self, shortest_seconds: float, longest_seconds: float) -> None:
        time.sleep(self.chance.uniform(shortest_seconds, longest_seconds))


def kill_server(scene: Scene) -> None:
    """SIGKILL of the server, then a start."""
    _kill_with_engines(scene.running)
    scene.running.start()


def kill_server_while_it_starts(scene: Scene) -> None:
    """SIGKILL twice: the second one soon after the start has taken work back."""
    kill_server(scene)
    scene.wait(0, 0.2)
    kill_server(scene)


def kill_engine(scene: Scene) -> None:
    """SIGKILL of an engine child."""
    engines = child_processes(scene.running.process_id)
    if engines:
        kill(scene.chance.choice(engines))


def freeze_engine(scene: Scene) -> None:
    """SIGSTOP of an engine child, and SIGCONT after its lease would have lapsed."""
    engines = child_processes(scene.running.process_id)
    if engines:
        _freeze(scene, scene.chance.choice(engines))


def freeze_server(scene: Scene) -> None:
    """SIGSTOP of the server past every lease that it holds, and SIGCONT."""
    _freeze(scene, scene.running.process_id)


def set_clock(scene: Scene) -> None:
    """A wall clock that is two days wrong, before or behind, and is set right again."""
    shift_clock(scene.clock, scene.chance.choice((-TWO_DAYS_SECONDS, TWO_DAYS_SECONDS)))
    scene.wait(0.5, 1.5)
    shift_clock(scene.clock, 0)


def fill_disk(scene: Scene) -> None:
    """No room for database and objects; then there is room again."""
    scene.disk.fill(scene.running)
    scene.wait(0.3, 1.5)
    scene.disk.make_room(scene.running)


def kill_server_on_full_disk(scene: Scene) -> None:
    """SIGKILL while there is no room; the start finds what the full disk has left."""
    scene.disk.fill(scene.running)
    scene.wait(0.1, 0.5)
    _kill_with_engines(scene.running)
    scene.disk.make_room(None)
    scene.running.start()


def lock_database(scene: Scene) -> None:
    """Another program holds the database; it lets go before, or after, writers give up."""
    with closing(sqlite3.connect(scene.database, timeout=10, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        scene.wait(0.3, 2 * LEASE_SECONDS)
        other.execute("ROLLBACK")


def take_objects_away(scene: Scene) -> None:
    """A file stands where the objects were; then they are back."""
    objects = scene.disk.folder / "objects"
    kept = objects.rename(objects.with_name("kept"))
    objects.write_bytes(b"")
    scene.wait(0.3, 1.5)
    objects.unlink()
    kept.rename(objects)


def shift_clock(clock: Path, seconds: int) -> None:
    """Write how wrong the clock is, in one step for who reads it."""
    new = clock.with_name("clock-to-be")
    new.write_text(str(seconds))
    new.replace(clock)


def _kill_with_engines(running: RunningKaiga) -> None:
    """No engine may survive its server."""
    engines = child_processes(running.process_id)
    running.kill()
    wait_until(lambda: not any(map(is_alive, engines)), "the engines are gone")


def _freeze(scene: Scene, process_id: int) -> None:
    with stopped(process_id):
        scene.wait(1.2 * LEASE_SECONDS, 2.5 * LEASE_SECONDS)


DISTURBANCES: Mapping[str, Callable[[Scene], None]] = {
    "kill the server": kill_server,
    "kill the server twice": kill_server_while_it_starts,
    "kill an engine": kill_engine,
    "freeze an engine": freeze_engine,
    "freeze the server": freeze_server,
    "set the clock": set_clock,
    "fill the disk": fill_disk,
    "kill the server on a full disk": kill_server_on_full_disk,
    "lock the database": lock_database,
    "take the objects away": take_objects_away,
}
