"""What a supervisor and its engine child say to each other: MessagePack after its length.

Parent to child: batches. Child to parent: the engine's events, then `BatchDone`.
"""

import struct

import msgspec

from kaiga.ports.engine import EngineEvent, GenerationJob

LENGTH = struct.Struct("!I")


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs of one model, to be made together."""

    model: str
    jobs: tuple[GenerationJob, ...]


class BatchDone(msgspec.Struct, frozen=True, tag="done"):
    """Every job of the batch has had its result or its error."""


class EngineBroke(msgspec.Struct, frozen=True, kw_only=True, tag="broke"):
    """The engine raised; `reason` is for the log alone."""

    reason: str


Message = EngineEvent | BatchDone | EngineBroke

_encode = msgspec.msgpack.Encoder().encode
decode_batch = msgspec.msgpack.Decoder(Batch).decode
decode_message = msgspec.msgpack.Decoder(Message).decode


def make_frame(message: Batch | Message) -> bytes:
    """Give a message with its length in front."""
    content = _encode(message)
    return LENGTH.pack(len(content)) + content
