"""What goes into a model and what comes out of it, read off its fields."""

from collections.abc import Iterable, Iterator, Mapping

from kaiga.domain.catalogue.fields import (
    Field,
    ListField,
    MediaField,
    MediaListField,
    MessagesField,
    ObjectField,
    TextField,
    TypedMediaField,
)
from kaiga.domain.catalogue.model import Model, Product

_NAMES: Mapping[str, str] = {"image": "Image", "video": "Video", "audio": "Audio"}
"""In the spelling of contract/core.md, 12."""
_OUTPUTS: Mapping[Product, str] = {
    "image": "Image",
    "template": "Image",
    "video": "Video",
    "judgement": "Text",
}


def list_request_modalities(model: Model) -> tuple[str, ...]:
    """Give what an order of a model may hold, `Text` first."""
    found = {
        name
        for endpoint in model.endpoints
        for name in _list_modalities(model.input_at(endpoint).values())
    }
    return tuple(name for name in ("Text", *_NAMES.values()) if name in found)


def list_response_modalities(model: Model) -> tuple[str, ...]:
    """Give what the results of a model are."""
    return (_OUTPUTS[model.product],)


def _list_modalities(fields: Iterable[Field]) -> Iterator[str]:
    for field in fields:
        match field:
            case TextField():
                yield "Text"
            case ListField():
                yield from _list_modalities([field.item])
            case ObjectField():
                yield from _list_modalities(field.members.values())
            case MessagesField():
                yield from ("Text",) if field.max_images == 0 else ("Text", "Image")
            case MediaField() | MediaListField() | TypedMediaField():
                yield from (_NAMES[kind] for kind in _kinds_of(field) if kind in _NAMES)
            case _:
                continue


def _kinds_of(field: MediaField | MediaListField | TypedMediaField) -> Iterator[str]:
    match field:
        case MediaField():
            yield field.kind
        case MediaListField():
            yield from (str(kind) for kind in field.kinds)
        case TypedMediaField():
            yield from (each.kind for each in field.types.values())
