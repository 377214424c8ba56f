"""One round: a server under load, disturbed at random moments, then held against its promises."""

import functools
import http.server
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos.disturbances import DISTURBANCES, LEASE_SECONDS, Scene, shift_clock
from chaos.load import Load
from chaos.verdict import RETRIES, KeptInFiles, Verdict
from crash.small_disks import small_disk
from kaiga.compose.commands.offline import paint_sample
from running import OWN_MODELS, RunningKaiga

PROGRAM = (sys.executable, str(Path(__file__).with_name("shifted_server.py")))
_SWEEP_MARGIN_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much happens in a round; the same seed chooses the same disturbances."""

    seed: int
    tasks: int
    per_second: float
    disk_mebibytes: int
    longest_pause_seconds: float


def play_round(plan: Plan, folder: Path, say: Callable[[str], None]) -> None:
    """Play a round in an empty folder, until all tasks are accepted and every kind has been."""
    chance = random.Random(plan.seed)
    clock = folder / "clock"
    shift_clock(clock, 0)
    with small_disk(folder / "disk", plan.disk_mebibytes) as disk, an_origin(folder) as origin:
        settings = {**_make_settings(disk.folder), "CHAOS_CLOCK": str(clock)}
        running = RunningKaiga(folder / "data", settings, PROGRAM)
        running.start()
        try:
            scene = Scene(running=running, disk=disk, clock=clock, chance=chance)
            load = Load(
                running,
                wanted=plan.tasks,
                per_second=plan.per_second,
                picture_url=origin,
                seed=plan.seed,
            )
            with load.applied():
                _disturb(scene, load, plan, say)
            verdict = Verdict(running.client, KeptInFiles(disk.folder))
            assert not load.broken_promises, load.broken_promises[:5]
            verdict.check(load.accepted)
            inputs = running.data / "inputs"
            assert not inputs.exists() or not list(inputs.iterdir())
            assert "Traceback" not in running.log()
            say(
                f"{len(load.accepted)} accepted, {load.refused} calls refused; {verdict.describe()}"
            )
        except BaseException:
            say(running.log()[-4000:])
            raise
        finally:
            running.stop()


def _disturb(scene: Scene, load: Load, plan: Plan, say: Callable[[str], None]) -> None:
    began = time.monotonic()
    for number, kind in enumerate(choose_kinds(DISTURBANCES, scene.chance)):
        if number >= len(DISTURBANCES) and load.is_created:
            return
        scene.wait(0, plan.longest_pause_seconds)
        say(f"{time.monotonic() - began:6.1f} s, {len(load.accepted)} accepted: {kind}")
        DISTURBANCES[kind](scene)


def choose_kinds(kinds: Collection[str], chance: random.Random) -> Iterator[str]:
    """Give every kind of disturbance once before any comes again, on and on."""
    while True:
        yield from chance.sample(list(kinds), len(kinds))


def _make_settings(stores: Path) -> dict[str, str]:
    return {
        "KAIGA_STORE": f"sqlite://{stores / 'kaiga.db'}",
        "KAIGA_OBJECTS": (stores / "objects").as_uri(),
        "KAIGA_CATALOGUE": str(OWN_MODELS),
        "KAIGA_FETCH_ALLOW": "127.0.0.1",
        "KAIGA_WORKERS": "2",
        "KAIGA_RETRIES": str(RETRIES),
        "KAIGA_LEASE_SECONDS": str(LEASE_SECONDS),
        "KAIGA_SWEEP_SECONDS": "1",
        "KAIGA_SWEEP_MARGIN_SECONDS": str(_SWEEP_MARGIN_SECONDS),
        "KAIGA_HOUSEKEEPING_SECONDS": "1",
        "KAIGA_RETENTION_HOURS": str(24 * 14),  # past every jump of the clock
    }


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def an_origin(folder: Path, address: str = "127.0.0.1") -> Iterator[str]:
    """Serve one picture; gives its address."""
    public = folder / "public"
    public.mkdir()
    (public / "picture.png").write_bytes(paint_sample(512, 512, 60))
    handler = functools.partial(_Quiet, directory=os.fspath(public))
    with http.server.ThreadingHTTPServer((address, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://{address}:{server.server_port}/picture.png"
        finally:
            server.shutdown()
            thread.join()
