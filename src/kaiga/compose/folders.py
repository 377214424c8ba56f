"""Folders for files in use, which no two processes may share: each start empties its own."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from kaiga.domain.errors import StartRefused
from kaiga.store.sqlite import FileLock

NODE = "node"
"""What the lock of a folder lies beside, which a node holds that shares its store with others."""
_WORKERS = "workers"
_MOST_WORKERS = 1024
"""Of one machine; past it, something else keeps folders from being taken."""


@contextmanager
def hold_folder(folder: Path) -> Generator[Path]:
    """Hold a folder for as long as the block lasts.

    Raises:
        StartRefused: another process holds it, or it can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartRefused(f"{folder} can't be made: {error.strerror}.") from error
    lock = FileLock.beside(folder / NODE)
    lock.acquire()
    try:
        yield folder
    finally:
        lock.release()


@contextmanager
def hold_worker_folder(data: Path) -> Generator[Path]:
    """Hold the first folder that no other worker has: a killed one's is emptied by its heir.

    Raises:
        StartRefused: none can be written.
    """
    with ExitStack() as held:
        yield _take_folder(held, data / _WORKERS)


def _take_folder(held: ExitStack, folders: Path) -> Path:
    for number in range(1, _MOST_WORKERS):
        with suppress(StartRefused):
            return held.enter_context(hold_folder(folders / str(number)))
    return held.enter_context(hold_folder(folders / str(_MOST_WORKERS)))
