"""Reads an order out of a request body: only the members that the model knows are decoded.

Whatever else stands in a body is passed over without becoming objects: a few megabytes of nested
brackets would otherwise become gigabytes of objects.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec
from msgspec import UNSET, Raw, UnsetType

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.fields import (
    AreaSizeField,
    BooleanField,
    ChoiceField,
    Field,
    IntegerField,
    ListedSizeField,
    MediaField,
    NumberField,
    SideSizeField,
    TextField,
)
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.errors import BodyMalformed
from kaiga.http.json_bounds import is_bounded

_SMALL_BODY_BYTES = 4096
_LARGEST_SCALAR_BYTES = 64

_COMPOUND = object()
"""Stands for a list or an object where none is taken, or for one beyond all bounds."""
_COMPOUNDS = frozenset({dict, list})
_UNDECODABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


class _Order(msgspec.Struct):
    model: Raw | UnsetType = UNSET
    input: Raw | UnsetType = UNSET
    parameters: Raw | UnsetType = UNSET


class _SmallOrder(msgspec.Struct, gc=False):
    model: Any = None
    input: Any = None
    parameters: Any = None


class OrderBody(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An order as decoded: a group is a mapping of known members, None, or what stood there."""

    model: object
    input: object = None
    parameters: object = None


_decode_order = msgspec.json.Decoder(_Order).decode
_decode_small_order = msgspec.json.Decoder(_SmallOrder).decode
_decode_any = msgspec.json.Decoder().decode


class OrderDecoder:
    """Knows the members of every model of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._groups = {
            model.name: (
                _make_group(model, model.input_at),
                _make_group(model, model.parameters_at),
            )
            for model in catalogue.list_models()
        }

    def decode(self, body: bytes) -> OrderBody:
        """Decode a body.

        Raises:
            BodyMalformed: it is not one JSON object.
        """
        try:
            if len(body) <= _SMALL_BODY_BYTES:
                return self._decode_small(body)
            if not body.isascii():
                body.decode()  # members that are passed over have to be text as well
            order = _decode_order(body)
            name = _read_scalar(order.model)
            model = self._catalogue.find_model(name) if isinstance(name, str) else None
            if model is None:
                return OrderBody(model=name)
            groups = self._groups[model.name]
            return OrderBody(
                model=name,
                input=groups[0].read(order.input),
                parameters=groups[1].read(order.parameters),
            )
        except _UNDECODABLE as error:
            raise BodyMalformed from error

    def _decode_small(self, body: bytes) -> OrderBody:
        """Decode all of a body that is too small to become many objects, as that is quicker."""
        if not body.isascii():
            body.decode()
        order = _decode_small_order(body)
        name = _as_scalar(order.model)
        model = self._catalogue.find_model(name) if isinstance(name, str) else None
        if model is None:
            return OrderBody(model=name)
        groups = self._groups[model.name]
        return OrderBody(
            model=name,
            input=groups[0].pick(order.input),
            parameters=groups[1].pick(order.parameters),
        )


class _GroupDecoder:
    """Decodes the known members of one group, `input` or `parameters`."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        names = {f"member_{number}": name for number, name in enumerate(fields)}
        members = [(attribute, Raw | UnsetType, UNSET) for attribute in names]
        group = msgspec.defstruct("Group", members, rename=names)
        self._decode: Callable[[Raw], Any] = msgspec.json.Decoder(group).decode
        self._scalars = {name: _is_scalar(field) for name, field in fields.items()}
        self._names = frozenset(fields)
        self._members = tuple(
            (attribute, name, _read_scalar if _is_scalar(fields[name]) else _read_compound)
            for attribute, name in names.items()
        )

    def pick(self, group: object) -> object:
        """Give the members by name out of what is decoded already; see `read`."""
        if not isinstance(group, dict):
            return _as_scalar(group)
        given, scalars = cast("dict[str, object]", group), self._scalars
        if self._names.issuperset(given) and _COMPOUNDS.isdisjoint(map(type, given.values())):
            return given
        return {
            name: _as_scalar(member) if scalars[name] else member
            for name, member in given.items()
            if name in scalars
        }

    def read(self, group: Raw | UnsetType) -> object:
        """Give the members by name, or what stands there instead of an object."""
        if group is UNSET or bytes(memoryview(group)[:1]) != b"{":
            return _read_scalar(group)
        decoded = self._decode(group)
        return {
            name: read(member)
            for attribute, name, read in self._members
            if (member := getattr(decoded, attribute)) is not UNSET
        }


def _make_group(
    model: Model, fields_at: Callable[[Endpoint], Mapping[str, Field]]
) -> _GroupDecoder:
    """Make the decoder of all members that a group has at any of a model's endpoints."""
    fields: dict[str, Field] = {}
    for endpoint in model.endpoints:
        fields |= fields_at(endpoint)
    return _GroupDecoder(fields)


def _is_scalar(field: Field) -> bool:
    return isinstance(
        field,
        TextField
        | IntegerField
        | NumberField
        | BooleanField
        | ChoiceField
        | AreaSizeField
        | SideSizeField
        | ListedSizeField
        | MediaField,
    )


def _as_scalar(value: object) -> object:
    return _COMPOUND if type(value) in _COMPOUNDS else value


def _read_scalar(member: Raw | UnsetType) -> object:
    """Decode a string, number, switch or null."""
    if member is UNSET:
        return None
    view = memoryview(member)
    if bytes(view[:1]) != b'"' and len(view) > _LARGEST_SCALAR_BYTES:
        return _COMPOUND
    return _as_scalar(_decode_any(member))


def _read_compound(member: Raw | UnsetType) -> object:
    """Decode anything that is within bounds."""
    if member is UNSET:
        return None
    return _decode_any(member) if is_bounded(bytes(member)) else _COMPOUND
