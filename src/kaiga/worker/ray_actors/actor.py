"""What runs on the cluster: one engine, as an actor with a few threads.

Its node has the same Kaiga installed, and nothing else of the worker's: no store, no folder. The
files that a batch needs come with it.
"""

import os
import socket
import threading
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from kaiga import __version__
from kaiga.ports.engine import Engine, GenerationJob
from kaiga.worker.messages import Batch
from kaiga.worker.ray_actors.messages import encode
from kaiga.worker.telling_batch import tell_batch

THREADS = 4
"""One for each method: a batch is made while the actor can be told to leave it."""
BuildEngine = Callable[[str, str], Engine]
"""Builds an engine by its name and its options as JSON."""
_decode_batch = msgspec.msgpack.Decoder(Batch).decode


class EngineActor:
    """One engine; a batch at a time."""

    def __init__(
        self, build_engine: BuildEngine, engine: str, options: str, version: str, *, has_gpu: bool
    ) -> None:
        if version != __version__:
            raise RuntimeError(f"the worker has Kaiga {version}, the node {__version__}")
        if not has_gpu:  # Ray hides none from an actor that has asked for none
            os.environ["CUDA_VISIBLE_DEVICES"] = ""
        self._engine = build_engine(engine, options)
        self._last_stopped = 0

    def describe(self) -> tuple[str, int]:
        """Give the host and the process id."""
        return socket.gethostname(), os.getpid()

    def make(self, batch: bytes, files: Mapping[str, bytes]) -> Generator[bytes]:
        """Make a batch; yields lists of messages. `files` are its inputs by their paths there."""
        decoded = _decode_batch(batch)
        with TemporaryDirectory(prefix="kaiga-") as folder:
            placed = _place_files(decoded, files, Path(folder))
            for messages in tell_batch(
                self._engine, placed, lambda: placed.number == self._last_stopped
            ):
                yield encode(messages)

    def leave(self, number: int) -> None:
        """Have a batch left at the engine's next step."""
        self._last_stopped = number

    def wait_for_end(self) -> None:
        """Never return: whoever waits for it learns of the actor's end."""
        threading.Event().wait()


def _place_files(batch: Batch, files: Mapping[str, bytes], folder: Path) -> Batch:
    """Write a batch's inputs below `folder`, and have its jobs name them there."""
    places: dict[str, str] = {}
    for number, (path, content) in enumerate(files.items()):
        place = folder / f"{number}{Path(path).suffix}"
        place.write_bytes(content)
        places[path] = str(place)
    jobs = tuple(_name_files(job, places) for job in batch.jobs)
    return msgspec.structs.replace(batch, jobs=jobs)


def _name_files(job: GenerationJob, places: Mapping[str, str]) -> GenerationJob:
    media = tuple(msgspec.structs.replace(each, path=places[each.path]) for each in job.media)
    return msgspec.structs.replace(job, media=media)
