"""What is said of one batch in the process that an engine runs in, whatever that process is."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing

from kaiga.domain.errors import EngineOutOfMemory, EngineUnfit
from kaiga.ports.engine import Engine, JobFailed, ResultMade
from kaiga.worker.messages import Batch, BatchDone, BatchStopped, EngineBroke, Message, ModelUnfit


def tell_batch(
    engine: Engine, batch: Batch, wants_stopped: Callable[[], bool]
) -> Generator[Sequence[Message]]:
    """Have a batch made and give what is to be told of it, messages that go together at once.

    `wants_stopped` is asked before the first of the engine's steps, and at each of them. The last
    message ends the batch.
    """
    try:
        yield from _make_batch(engine, batch, wants_stopped)
    except EngineUnfit as unfit:
        lacks_memory = isinstance(unfit, EngineOutOfMemory)
        yield [ModelUnfit(reason=str(unfit), lacks_memory=lacks_memory)]
    except Exception as error:  # noqa: BLE001  an engine may raise anything; the worker decides
        yield [EngineBroke(reason=f"{type(error).__name__}: {error}")]


def _make_batch(
    engine: Engine, batch: Batch, wants_stopped: Callable[[], bool]
) -> Generator[Sequence[Message]]:
    """Make a batch.

    The end of the last job waits for that of the batch, which is only a moment away: whoever
    reads is woken once, and has both at once.
    """
    if wants_stopped():
        yield [BatchStopped()]
        return
    missing = len(batch.jobs)
    last: list[Message] = []
    for progress in engine.load(batch.model):
        if wants_stopped():
            yield [BatchStopped()]
            return
        yield [progress]
    if not batch.jobs:
        yield [BatchDone(loaded=tuple(engine.list_loaded()))]
        return
    with closing(engine.generate(batch.jobs)) as events:
        for event in events:
            if wants_stopped():
                yield [BatchStopped()]
                return
            missing -= isinstance(event, ResultMade | JobFailed)
            if missing <= 0:
                last.append(event)
            else:
                yield [event]
    yield [*last, BatchDone(loaded=tuple(engine.list_loaded()))]
