"""What a worker and its bridge to a Ray cluster say to each other, in frames as to a child.

Actors are known by numbers of the worker's, which grow and are never used again.
"""

from collections.abc import Mapping

import msgspec

from kaiga.worker.messages import Command, Message


class ActorNeeds(msgspec.Struct, frozen=True, kw_only=True):
    """What an actor takes of the cluster.

    `placement` are bundles of resources by their names in Ray, all on one node; the actor stands
    in the first. Without any, it takes its own part of any node.
    """

    num_cpus: float
    num_gpus: float
    placement: tuple[Mapping[str, float], ...] = ()


class PlaceActor(msgspec.Struct, frozen=True, kw_only=True, tag="place"):
    """An actor with an engine is to be started, once there is room for it.

    `options` are the engine's, as JSON.
    """

    number: int
    engine: str
    options: str
    needs: ActorNeeds


class TellActor(msgspec.Struct, frozen=True, kw_only=True, tag="tell"):
    """An actor is to have a command; the files that it names lie on this machine."""

    number: int
    command: Command


class HoldActor(msgspec.Struct, frozen=True, kw_only=True, tag="hold"):
    """What an actor says is to stay with it while `is_full`."""

    number: int
    is_full: bool


class EndActor(msgspec.Struct, frozen=True, kw_only=True, tag="end"):
    """An actor is to be ended at once, or is not to be started any more."""

    number: int


class ClusterReached(msgspec.Struct, frozen=True, tag="reached"):
    """The cluster answers; the first word of a bridge."""


class ClusterAway(msgspec.Struct, frozen=True, kw_only=True, tag="away"):
    """The cluster does not answer; the last word of a bridge."""

    reason: str


class ActorPlaced(msgspec.Struct, frozen=True, kw_only=True, tag="placed"):
    """An actor runs, as process `process_id` of the host `host`."""

    number: int
    host: str
    process_id: int


class ActorTold(msgspec.Struct, frozen=True, kw_only=True, tag="told"):
    """An actor said something: a list of messages, as MessagePack."""

    number: int
    messages: bytes


class ActorLost(msgspec.Struct, frozen=True, kw_only=True, tag="lost"):
    """An actor has ended or can't be started; `reason` is for the log alone."""

    number: int
    reason: str


BridgeCommand = PlaceActor | TellActor | HoldActor | EndActor
BridgeMessage = ClusterReached | ClusterAway | ActorPlaced | ActorTold | ActorLost

encode = msgspec.msgpack.Encoder().encode
decode_bridge_command = msgspec.msgpack.Decoder(BridgeCommand).decode
decode_bridge_message = msgspec.msgpack.Decoder(BridgeMessage).decode
decode_messages = msgspec.msgpack.Decoder(list[Message]).decode
