"""The members of orders as JSON schemas, from the catalogue's fields."""

from collections.abc import Mapping
from typing import assert_never

from kaiga.domain.catalogue.fields import (
    AreaSizeField,
    BooleanField,
    BoxField,
    ChoiceField,
    Field,
    IntegerField,
    ListedSizeField,
    ListField,
    MediaField,
    MediaListField,
    MessagesField,
    NumberField,
    ObjectField,
    SideSizeField,
    TextField,
    TypedMediaField,
)

Schema = dict[str, object]
_SIZE = r"^\d+\*\d+$"
_URL: Schema = {"type": "string", "description": "http(s), oss://, data: or base64"}


def describe_group(fields: Mapping[str, Field]) -> Schema:
    """Describe `input` or `parameters`; unknown members are allowed, since they are ignored."""
    return {
        "type": "object",
        "required": [name for name, field in fields.items() if field.required],
        "properties": {name: _describe(field) for name, field in fields.items()},
    }


def _describe(field: Field) -> Schema:
    match field:
        case TextField() | BooleanField() | IntegerField() | NumberField() | ChoiceField():
            return _describe_scalar(field)
        case AreaSizeField() | SideSizeField() | ListedSizeField():
            return _describe_size(field)
        case ListField() | BoxField():
            return _describe_list(field)
        case ObjectField():
            return describe_group(field.members)
        case MediaField():
            return _URL
        case MediaListField():
            return {"type": "array", "minItems": field.min_items, "items": _URL}
        case TypedMediaField():
            return _describe_typed_media(field)
        case MessagesField():
            return _describe_messages()
        case _:
            assert_never(field)


def _describe_list(field: ListField | BoxField) -> Schema:
    if isinstance(field, BoxField):
        side: Schema = {"type": "integer", "minimum": 0}
        return {"type": "array", "minItems": 4, "maxItems": 4, "items": side}
    return {"type": "array", "minItems": field.min_items, "items": _describe(field.item)}


def _describe_scalar(
    field: TextField | BooleanField | IntegerField | NumberField | ChoiceField,
) -> Schema:
    match field:
        case TextField():
            return {"type": "string", "minLength": int(field.required)}
        case BooleanField():
            return _with_default({"type": "boolean"}, field.default)
        case IntegerField() if field.values:
            return _with_default({"enum": [*field.values, *field.special]}, field.default)
        case IntegerField() | NumberField():
            kind = "integer" if isinstance(field, IntegerField) else "number"
            bounds = {"minimum": field.minimum, "maximum": field.maximum}
            known = {name: bound for name, bound in bounds.items() if bound is not None}
            ranged: Schema = {"type": kind, **known}
            special = field.special if isinstance(field, IntegerField) else ()
            beside: Schema = {"anyOf": [ranged, {"enum": list(special)}]}
            return _with_default(beside if special else ranged, field.default)
        case ChoiceField():
            shape: Schema = {"type": "string"}
            named: Schema = {"examples" if field.open else "enum": list(field.values)}
            return _with_default(shape | named, field.default)


def _describe_size(field: AreaSizeField | SideSizeField | ListedSizeField) -> Schema:
    if isinstance(field, ListedSizeField):
        return _with_default({"type": "string", "enum": list(field.values)}, field.default)
    sized: Schema = {"type": "string", "pattern": _SIZE}
    if field.recommended:
        sized["examples"] = list(field.recommended.values())
    if isinstance(field, AreaSizeField) and field.tiers:
        return {"anyOf": [sized, {"enum": list(field.tiers)}]}
    return sized


def _describe_typed_media(field: TypedMediaField) -> Schema:
    item: Schema = {
        "type": "object",
        "required": ["type", "url"],
        "properties": {"type": {"enum": list(field.types)}, "url": _URL},
    }
    return {"type": "array", "items": item}


def _describe_messages() -> Schema:
    content: Schema = {
        "type": "object",
        "properties": {"text": {"type": "string"}, "image": _URL},
    }
    message: Schema = {
        "type": "object",
        "required": ["role", "content"],
        "properties": {
            "role": {"const": "user"},
            "content": {"type": "array", "minItems": 1, "items": content},
        },
    }
    return {"type": "array", "minItems": 1, "maxItems": 1, "items": message}


def _with_default(schema: Schema, default: object) -> Schema:
    return schema if default is None or default == "" else {**schema, "default": default}
