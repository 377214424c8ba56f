"""What runs on a cluster, without one: inputs that come with a batch, and stops."""

from pathlib import Path

import msgspec
import pytest

from kaiga import __version__
from kaiga.ports.engine import GenerationJob, JobMedia, ResultMade
from kaiga.worker.messages import Batch, BatchDone, BatchStopped, Message
from kaiga.worker.ray_actors.actor import EngineActor
from kaiga.worker.ray_actors.messages import decode_messages
from worker.odd_engine import OddEngine, make_result


class Reading(OddEngine):
    """Gives back what the first input holds, and where it lies."""

    def _make(self, index: int, job: GenerationJob):
        if not job.media:
            yield from super()._make(index, job)
            return
        place = Path(job.media[0].path)
        yield make_result(index, place.read_bytes() + str(place).encode())


@pytest.fixture(autouse=True)
def visible_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")


def build(version: str = __version__) -> EngineActor:
    return EngineActor(lambda _name, _options: Reading(), "odd", "{}", version, has_gpu=False)


def make_batch(prompt: str, *media: JobMedia) -> Batch:
    job = GenerationJob(model="m", task="text-to-image", prompt=prompt, media=media)
    return Batch(number=1, model="m", jobs=(job,))


def make(actor: EngineActor, batch: Batch, files: dict[str, bytes]) -> list[Message]:
    told = actor.make(msgspec.msgpack.encode(batch), files)
    return [message for messages in told for message in decode_messages(messages)]


def test_inputs_are_files_on_the_node_for_as_long_as_the_batch():
    medium = JobMedia(role="image", path="/elsewhere/cat.png", media_type="image/png")

    told = make(build(), make_batch("edit", medium), {"/elsewhere/cat.png": b"a cat "})

    result = told[-2]
    assert isinstance(result, ResultMade)
    content, _, place = result.files[0].content.decode().rpartition(" ")
    assert content == "a cat"
    assert place.endswith(".png")
    assert not Path(place).exists()
    assert isinstance(told[-1], BatchDone)


def test_a_stop_is_heard_at_the_next_step():
    actor = build()
    told = actor.make(msgspec.msgpack.encode(make_batch("walk")), {})
    next(told)

    actor.leave(1)

    assert decode_messages(next(told)) == [BatchStopped()]


def test_a_batch_that_is_stopped_before_it_begins_is_not_even_loaded():
    actor = build()
    actor.leave(1)

    assert make(actor, make_batch("one"), {}) == [BatchStopped()]
    assert actor._engine.list_loaded() == []


def test_a_stop_of_another_batch_is_not_heard():
    actor = build()
    told = actor.make(msgspec.msgpack.encode(make_batch("one")), {})
    next(told)

    actor.leave(2)

    assert decode_messages(next(told))[-1] == BatchDone(loaded=("m",))


def test_a_node_with_another_version_is_refused():
    with pytest.raises(RuntimeError, match=r"the worker has Kaiga 0\.0\.1, the node"):
        build("0.0.1")
