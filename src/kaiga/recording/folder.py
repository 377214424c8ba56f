"""The folder of recordings: one JSON file per exchange, files beside, and an index.

A folder belongs to one recorder at a time. Reading it asks for the exchanges' own files alone;
the index is for people.
"""

import fcntl
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from kaiga.domain.errors import StartRefused
from kaiga.recording.exchanges import Exchange

INDEX = "index.jsonl"
_EXCHANGE = re.compile(r"([0-9]{4,})-[a-z0-9-]+\.json", re.ASCII)


class RecordingFolder:
    """Takes recordings, after those that are there already."""

    def __init__(self, folder: Path) -> None:
        """Open a folder, which is made if it is missing.

        Raises:
            StartRefused: it can't be written, or another recorder writes there.
        """
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._index = (folder / INDEX).open("a", encoding="utf-8")
        except OSError as error:
            raise StartRefused(
                f"{folder} can't be written: {error.strerror or error}. Choose another one."
            ) from None
        try:
            fcntl.flock(self._index, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._index.close()
            raise StartRefused(
                f"Another recorder writes to {folder}. Choose another one."
            ) from None
        self._next = 1 + max((number for number, _ in _list_files(folder)), default=0)

    def close(self) -> None:
        """Leave the folder to others."""
        self._index.close()

    def begin(self, route: str) -> str:
        """Give the name of the next exchange."""
        name = f"{self._next:04d}-{route}"
        self._next += 1
        return name

    def create_file(self, name: str) -> BinaryIO:
        """Begin a file beside an exchange."""
        return (self._folder / name).open("wb")

    def remove_file(self, name: str) -> None:
        """Remove a file whose exchange came to nothing."""
        (self._folder / name).unlink(missing_ok=True)

    def write(self, exchange: Exchange) -> None:
        """Write an exchange, whole or not at all, and its line of the index."""
        file = self._folder / f"{exchange.name}.json"
        unfinished = file.with_suffix(".unfinished")
        text = json.dumps(msgspec.to_builtins(exchange), ensure_ascii=False, indent=2)
        unfinished.write_text(f"{text}\n", "utf-8", "surrogatepass")
        unfinished.replace(file)
        line = {
            "file": file.name,
            "method": exchange.request.method,
            "path": exchange.request.path,
            "status": exchange.answer.status,
        }
        self._index.write(f"{json.dumps(line)}\n")
        self._index.flush()


class Recordings(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder holds, in the order in which it was recorded."""

    folder: Path
    exchanges: tuple[Exchange, ...]

    def read_file(self, name: str) -> bytes:
        """Read a file beside an exchange."""
        return (self.folder / name).read_bytes()


def read_recordings(folder: Path) -> Recordings:
    """Read every exchange of a folder.

    Raises:
        StartRefused: there is no such folder, it holds none, or a file is not one of a recorder.
    """
    files = sorted(_list_files(folder)) if folder.is_dir() else []
    if not files:
        raise StartRefused(
            f"{folder} holds no recordings. 'kaiga emulator record {folder}' makes them."
        )
    return Recordings(folder=folder, exchanges=tuple(_read(folder, file) for _, file in files))


def _list_files(folder: Path) -> Iterator[tuple[int, Path]]:
    for file in folder.iterdir():
        named = _EXCHANGE.fullmatch(file.name)
        if named:
            yield int(named[1]), file


def _read(folder: Path, file: Path) -> Exchange:
    try:
        told: object = json.loads(file.read_text("utf-8", "surrogatepass"))
        exchange = msgspec.convert(told, Exchange)
    except (OSError, ValueError) as error:
        raise StartRefused(f"{file} is not a recording: {error}.") from None
    beside = [exchange.request.body, exchange.answer.body]
    for name in (getattr(body, "file", "") for body in beside):
        if name and (Path(name).name != name or not (folder / name).is_file()):
            raise StartRefused(f"{file} names a file that is not beside it: {name}.")
    return exchange
