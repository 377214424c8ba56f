"""What a supervisor and its engine child say to each other: MessagePack after its length.

Parent to child: batches, and that one is to be stopped. Child to parent: the engine's events, then
`BatchDone`, `BatchStopped` or `EngineBroke`.
"""

import struct

import msgspec

from kaiga.ports.engine import EngineEvent, GenerationJob

LENGTH = struct.Struct("!I")


class Batch(msgspec.Struct, frozen=True, kw_only=True, tag="batch"):
    """Jobs of one model, to be made together; their numbers grow."""

    number: int
    model: str
    jobs: tuple[GenerationJob, ...]


class StopBatch(msgspec.Struct, frozen=True, kw_only=True, tag="stop"):
    """Batch `number` is to be left at the engine's next step; nothing where it is over already."""

    number: int


class BatchDone(msgspec.Struct, frozen=True, tag="done"):
    """Every job of the batch has had its result or its error."""


class BatchStopped(msgspec.Struct, frozen=True, tag="stopped"):
    """The batch was left, as `StopBatch` has asked for."""


class EngineBroke(msgspec.Struct, frozen=True, kw_only=True, tag="broke"):
    """The engine raised; `reason` is for the log alone."""

    reason: str


Command = Batch | StopBatch
Message = EngineEvent | BatchDone | BatchStopped | EngineBroke

_encode = msgspec.msgpack.Encoder().encode
decode_command = msgspec.msgpack.Decoder(Command).decode
decode_message = msgspec.msgpack.Decoder(Message).decode


def make_frame(message: Command | Message) -> bytes:
    """Give a message with its length in front."""
    content = _encode(message)
    return LENGTH.pack(len(content)) + content
