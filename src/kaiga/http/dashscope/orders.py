"""Decodes orders, and of each only the members that its model knows.

Whatever else a body holds is passed over without being built: a few megabytes of nested brackets
would otherwise become gigabytes of objects.
"""

from collections.abc import Mapping
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
            model.name: (_make_decoder(model.input), _make_decoder(model.parameters))
            for model in catalogue.list_models()
        }

    def decode(self, body: bytes) -> OrderBody:
        """Decode a body.

        Raises:
            BodyMalformed: it is not one JSON object.
        """
        try:
            order = _decode_order(body)
            model = _read_member(order.model)
            groups = self._groups.get(model) if isinstance(model, str) else None
            if groups is None:
                return OrderBody(model=model)
            return OrderBody(
                model=model,
                input=_read_group(groups[0], order.input),
                parameters=_read_group(groups[1], order.parameters),
            )
        except _UNDECODABLE as error:
            raise BodyMalformed from error


_GroupDecoder = msgspec.json.Decoder[Any]


def _make_decoder(fields: Mapping[str, Field]) -> _GroupDecoder:
    """Make a decoder of the members of one group; the attributes are numbered, not named."""
    names = {f"member_{number}": name for number, name in enumerate(fields)}
    members = [(attribute, Raw | UnsetType, UNSET) for attribute in names]
    return msgspec.json.Decoder(msgspec.defstruct("Group", members, rename=names))


def _read_group(decoder: _GroupDecoder, group: Raw | UnsetType) -> object:
    if group is UNSET or bytes(memoryview(group)[:1]) != b"{":
        return _read_member(group)
    decoded = decoder.decode(group)
    return {
        field.encode_name: _read_member(getattr(decoded, field.name))
        for field in msgspec.structs.fields(decoded)
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
