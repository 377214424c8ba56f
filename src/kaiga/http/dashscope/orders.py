"""Decodes orders, and of each only the members that its model knows.

Whatever else a body holds is passed over without being built: a few megabytes of nested brackets
would otherwise become gigabytes of objects.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from kaiga.domain.catalogue import Catalogue, Field
from kaiga.domain.errors import BodyMalformed

_LARGEST_SCALAR_BYTES = 64
_COMPOUND = object()
"""Stands for a list or an object: no rule of today's models takes one."""
_UNDECODABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


class _Order(msgspec.Struct):
    model: Raw | UnsetType = UNSET
    input: Raw | UnsetType = UNSET
    parameters: Raw | UnsetType = UNSET


class OrderBody(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An order as decoded: a group is a mapping of known members, None, or what stood there."""

    model: object
    input: object = None
    parameters: object = None


_decode_order = msgspec.json.Decoder(_Order).decode
_decode_any = msgspec.json.Decoder().decode


class OrderDecoder:
    """Knows the members of every model of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._groups = {
            model.name: (_GroupDecoder(model.input), _GroupDecoder(model.parameters))
            for model in catalogue.list_models()
        }

    def decode(self, body: bytes) -> OrderBody:
        """Decode a body.

        Raises:
            BodyMalformed: it is not one JSON object.
        """
        try:
            if not body.isascii():
                body.decode()  # members that are passed over have to be text as well
            order = _decode_order(body)
            model = _read_member(order.model)
            groups = self._groups.get(model) if isinstance(model, str) else None
            if groups is None:
                return OrderBody(model=model)
            return OrderBody(
                model=model,
                input=groups[0].read(order.input),
                parameters=groups[1].read(order.parameters),
            )
        except _UNDECODABLE as error:
            raise BodyMalformed from error


class _GroupDecoder:
    """Decodes the known members of one group, `input` or `parameters`."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        names = {f"member_{number}": name for number, name in enumerate(fields)}
        members = [(attribute, Raw | UnsetType, UNSET) for attribute in names]
        group = msgspec.defstruct("Group", members, rename=names)
        self._decode: Callable[[Raw], Any] = msgspec.json.Decoder(group).decode
        self._names = tuple(names.items())

    def read(self, group: Raw | UnsetType) -> object:
        """Give the members by name, or what stands there instead of an object."""
        if group is UNSET or bytes(memoryview(group)[:1]) != b"{":
            return _read_member(group)
        decoded = self._decode(group)
        return {
            name: _read_member(member)
            for attribute, name in self._names
            if (member := getattr(decoded, attribute)) is not UNSET
        }


def _read_member(member: Raw | UnsetType) -> object:
    """Decode a string, number, switch or null; nothing here takes a list or an object."""
    if member is UNSET:
        return None
    view = memoryview(member)
    if bytes(view[:1]) != b'"' and len(view) > _LARGEST_SCALAR_BYTES:
        return _COMPOUND
    decoded = _decode_any(member)
    return _COMPOUND if isinstance(decoded, dict | list) else decoded
