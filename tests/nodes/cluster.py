"""Several nodes and workers on one PostgreSQL and one folder of objects, each a real process."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from edition import place_shared_objects
from postgres_server import PostgresServer
from running import RunningKaiga, RunningWorker

_PATIENCE_SECONDS = 60.0


class Cluster:
    """Nodes that run nothing themselves, and workers that come and go."""

    def __init__(self, folder: Path, postgres: PostgresServer, **settings: str) -> None:
        self.folder = folder
        self._settings = {
            "KAIGA_STORE": postgres.make_database(),
            **place_shared_objects(folder),
            "KAIGA_LEASE_SECONDS": "2",
            "KAIGA_WORKERS": "0",
            **settings,
        }
        self._workers: list[RunningWorker] = []
        self.nodes = [self.make_node(name) for name in ("a", "b")]

    def make_node(self, name: str) -> RunningKaiga:
        return RunningKaiga(self.folder / name, self._settings)

    def start_worker(self, *arguments: str, **settings: str) -> RunningWorker:
        """Start a worker of one slot; all have the same folder, as on one machine."""
        worker = RunningWorker(
            self.folder / "machine",
            {**self._settings, "KAIGA_WORKERS": "1", **settings},
            arguments=arguments,
        )
        self._workers.append(worker)
        worker.start()
        return worker

    def run(self, *command: str) -> str:
        """Run a command on a machine with no node; gives what it prints."""
        done = self._run(command, {})
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refuse(self, *command: str, **settings: str) -> str:
        """Run a command that has to be refused; gives what it says."""
        refused = self._run(command, settings)
        assert refused.returncode != 0
        return refused.stderr

    def _run(
        self, command: Sequence[str], settings: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("KAIGA_")}
        told = {**self._settings, "KAIGA_DATA": str(self.folder / "machine"), **settings}
        return subprocess.run(
            [sys.executable, "-m", "kaiga", *command],
            env=inherited | told,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )

    def end_workers(self) -> None:
        """End what a test has left."""
        for worker in self._workers:
            worker.kill()
        self._workers.clear()

    def close(self) -> None:
        self.end_workers()
        for node in self.nodes:
            node.stop()
