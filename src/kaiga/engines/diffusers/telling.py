"""Has work done in a thread, and tells of it from the thread that asked.

Pipelines call back from inside their loops; the engine yields events. Between the two is a queue.
"""

import queue
import threading
from collections.abc import Callable, Generator

from kaiga.ports.engine import EngineEvent


class Left(Exception):
    """Nobody wants the work any more."""


class Teller:
    """What the work tells its events to."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[EngineEvent | None] = queue.SimpleQueue()
        self._is_left = threading.Event()

    def tell(self, event: EngineEvent) -> None:
        """Tell of something, unless nobody listens any more.

        Raises:
            Left: nobody does; the work is to end.
        """
        self.check()
        self._events.put(event)

    def check(self) -> None:
        """Raise `Left` once nobody listens."""
        if self._is_left.is_set():
            raise Left

    def leave(self) -> None:
        """Listen no more."""
        self._is_left.set()

    def end(self) -> None:
        """Tell that nothing comes any more."""
        self._events.put(None)

    def next_event(self, patience_seconds: float | None) -> EngineEvent | None:
        """Give the next event, None at the end.

        Raises:
            queue.Empty: none came within the patience.
        """
        return self._events.get(timeout=patience_seconds)


def tell_of(
    work: Callable[[Teller], None],
    *,
    on_silence: Callable[[], EngineEvent | None] | None = None,
    silence_seconds: float = 1.0,
) -> Generator[EngineEvent]:
    """Do `work` in a thread, and give what it tells; its exception is raised here.

    After each `silence_seconds` without an event, what `on_silence` gives is told, if it gives
    anything. Closing the generator has the work's next `tell` or `check` raise `Left`, and waits
    for its end.
    """
    teller = Teller()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work(teller)
        except Left:
            pass
        except BaseException as error:  # noqa: BLE001  whatever it is, it is raised where it belongs
            failures.append(error)
        finally:
            teller.end()

    thread = threading.Thread(target=run, name="diffusers", daemon=True)
    thread.start()
    try:
        while True:
            try:
                event = teller.next_event(silence_seconds if on_silence else None)
            except queue.Empty:
                event = on_silence() if on_silence else None
                if event is not None:
                    yield event
                continue
            if event is None:
                break
            yield event
    finally:
        teller.leave()
        thread.join()
    for failure in failures:
        raise failure
