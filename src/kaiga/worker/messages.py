"""What a supervisor and its engine child say to each other.

Parent to child: batches, and that one is to be stopped. Child to parent: the engine's events, then
`BatchDone`, `BatchStopped`, `ModelUnfit` or `EngineBroke`.
"""

import msgspec

from kaiga.ports.engine import EngineEvent, GenerationJob


class Batch(msgspec.Struct, frozen=True, kw_only=True, tag="batch"):
    """Jobs of one model, to be made together, after the batches that came before.

    Without any job, the model is loaded and nothing is made.
    """

    number: int
    model: str
    jobs: tuple[GenerationJob, ...]


class StopBatch(msgspec.Struct, frozen=True, kw_only=True, tag="stop"):
    """Batch `number` is to be left at the engine's next step, or before the first one.

    It means nothing where that batch is over already, and never another batch.
    """

    number: int


class BatchDone(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """Every job of the batch has had its result or its error; `loaded` are the models at hand."""

    loaded: tuple[str, ...] = ()


class BatchStopped(msgspec.Struct, frozen=True, tag="stopped"):
    """The batch was left, as `StopBatch` has asked for."""


class ModelUnfit(msgspec.Struct, frozen=True, kw_only=True, tag="unfit"):
    """The engine can't load the batch's model, or make what is asked of it.

    `reason` is for operators; `lacks_memory` tells that memory is all it lacks.
    """

    reason: str
    lacks_memory: bool = False


class EngineBroke(msgspec.Struct, frozen=True, kw_only=True, tag="broke"):
    """The engine raised; `reason` is for the log alone."""

    reason: str


Command = Batch | StopBatch
Message = EngineEvent | BatchDone | BatchStopped | ModelUnfit | EngineBroke

decode_command = msgspec.msgpack.Decoder(Command).decode
decode_message = msgspec.msgpack.Decoder(Message).decode
