"""Finds ffmpeg and runs it as a process of its own; nothing of it is ever loaded into ours.

A run can't hang: whoever waits for ffmpeg here does so under a watch that ends it once it has
neither taken nor given a byte for `STALL_SECONDS`. What ffmpeg says of an error is kept apart from
what callers are told, since it quotes paths.
"""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BufferedReader, BufferedWriter
from pathlib import Path
from shutil import which
from types import TracebackType
from typing import Self, cast

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs]  it has none

STALL_SECONDS = 60.0
"""How long ffmpeg may stand still while it is waited for; a busy machine takes a few at most."""
_COMPLAINT_CHARACTERS = 600
_ENDING_SECONDS = 5.0


class FfmpegFailed(Exception):
    """Ffmpeg can't be started, broke off, or stood still; the message says which."""


def find_ffmpeg(environment: Mapping[str, str] = os.environ) -> str:
    """Give the ffmpeg to run: the one that `KAIGA_FFMPEG` names, the packaged one, the system's.

    Raises:
        FfmpegFailed: there is none, or the named one does not exist.
    """
    named = environment.get("KAIGA_FFMPEG", "")
    if named:
        found = which(named)
        if found is None:
            raise FfmpegFailed(f"KAIGA_FFMPEG names {named}, which can't be run")
        return found
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        found = which("ffmpeg")
    if found is None:
        raise FfmpegFailed("no ffmpeg: the package imageio-ffmpeg brings one, or the system's")
    return found


class FfmpegRun:
    """One running ffmpeg, as a context; leaving it ends the process, whatever it is doing.

    Leaving without an exception does not say that ffmpeg succeeded: `finish` does.
    """

    def __init__(self, arguments: Sequence[str], *, stall_seconds: float = STALL_SECONDS) -> None:
        self._stall_seconds = stall_seconds
        self._waiting_since: float | None = None
        self._stalled = False
        self._over = threading.Event()
        program = find_ffmpeg()
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  closed when the context is left
        command = [program, "-hide_banner", "-loglevel", "error", *arguments]
        try:
            self._process = subprocess.Popen(  # noqa: S603  our own arguments, and no shell
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
            )
        except OSError as error:
            self._complaints.close()
            raise FfmpegFailed(f"ffmpeg can't be started: {error.strerror}") from error
        self._input = cast("BufferedWriter", self._process.stdin)
        self._output = cast("BufferedReader", self._process.stdout)
        threading.Thread(target=self._watch, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._process.kill()
        self._process.wait()
        self._output.close()
        with suppress(BrokenPipeError):  # what was still to be flushed has nowhere to go
            self._input.close()
        self._complaints.close()

    @property
    def process_id(self) -> int:
        """The process id of the running ffmpeg."""
        return self._process.pid

    @property
    def has_stalled(self) -> bool:
        """Whether it was ended because it stood still."""
        return self._stalled

    def write(self, content: memoryview | bytes) -> None:
        """Hand bytes to its standard input.

        Raises:
            FfmpegFailed: it is gone, or takes nothing more.
        """
        with self._waiting():
            try:
                self._input.write(content)
            except (BrokenPipeError, ValueError) as error:
                raise self._failure() from error

    def read(self, count: int) -> bytes:
        """Take up to `count` bytes of its standard output; fewer only at the end.

        Raises:
            FfmpegFailed: it gave nothing for too long.
        """
        with self._waiting():
            content = self._output.read(count)
        if self._stalled:
            raise self._failure()
        return content

    def read_into(self, target: memoryview) -> int:
        """Fill `target` from its standard output, and give the number of bytes; see `read`."""
        with self._waiting():
            count = self._output.readinto(target)
        if self._stalled:
            raise self._failure()
        return count

    def close_input(self) -> None:
        """Tell it that no more input comes."""
        with self._waiting():
            try:
                self._input.close()
            except BrokenPipeError as error:
                raise self._failure() from error

    def finish(self) -> None:
        """Wait for its end.

        Raises:
            FfmpegFailed: it ended with an error, or did not end.
        """
        with self._waiting():
            code = self._process.wait()
        if code:
            raise self._failure()

    def read_complaints(self) -> str:
        """Give what it wrote to its standard error so far: for logs, never for callers."""
        self._complaints.seek(0)
        return self._complaints.read().decode("utf-8", "replace")

    @contextmanager
    def _waiting(self) -> Generator[None]:
        self._waiting_since = time.monotonic()
        try:
            yield
        finally:
            self._waiting_since = None

    def _watch(self) -> None:
        """Kill the process once somebody has waited for it too long, so that they wake up."""
        while not self._over.wait(min(1.0, self._stall_seconds / 4)):
            since = self._waiting_since
            if since is not None and time.monotonic() - since > self._stall_seconds:
                self._stalled = True
                self._process.kill()
                return

    def _failure(self) -> FfmpegFailed:
        if self._stalled:
            return FfmpegFailed(f"ffmpeg stood still for {self._stall_seconds:g} seconds")
        try:
            code = self._process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            return FfmpegFailed("ffmpeg closed its pipe and went on running")
        said = self.read_complaints().strip()[-_COMPLAINT_CHARACTERS:]
        return FfmpegFailed(f"ffmpeg ended with {code}: {said or 'it said nothing'}")


@contextmanager
def working_folder() -> Generator[Path]:
    """Give an empty folder for the files of one run; it is gone afterwards, with all in it."""
    with tempfile.TemporaryDirectory(prefix="kaiga-film-") as name:
        yield Path(name)
