"""The texts of an order: which of its values somebody wrote, and how long its prompt may be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from kaiga.domain.catalogue.fields import (
    ChoiceField,
    Field,
    ListField,
    MessagesField,
    ObjectField,
    TextField,
)
from kaiga.domain.catalogue.model import Model
from kaiga.domain.generation import Generation
from kaiga.domain.validation.order_rules import MEANINGS
from kaiga.domain.validation.scalars import cut_text

_PROMPTS = {"prompt", "other_prompt"}
_NOT_WANTED = "sensitives"
"""Words that are to be left out of a picture (contract/image-models.md, 11)."""


def list_written_texts(model: Model, operation: str, generation: Generation) -> Sequence[str]:
    """Give the prompt and every other text of an order that its owner wrote.

    Neither what names what is not wanted, such as the negative prompt, nor one of a few choices.
    """
    texts = [generation.prompt]
    for name, field in _fields_at(model, operation).items():
        if name in generation.options:
            texts += _find_texts(field, generation.options[name])
    return [text for text in texts if text.strip()]


def find_longest_prompt(model: Model, operation: str) -> int | None:
    """Give how many characters of a prompt a model reads; None for any number."""
    field = _find_prompt_field(model, operation)
    return None if field is None else field.max_length


def cut_prompt(model: Model, operation: str, text: str) -> str:
    """Cut a text as a prompt of an order is: without an error (contract/image-models.md, 3)."""
    field = _find_prompt_field(model, operation)
    return text if field is None else cut_text(text, field.max_length, field.chinese_counts)


def _find_prompt_field(model: Model, operation: str) -> TextField | MessagesField | None:
    for name, field in _fields_at(model, operation).items():
        if MEANINGS.get(name) in _PROMPTS and isinstance(field, TextField | MessagesField):
            return field
    return None


def _fields_at(model: Model, operation: str) -> Mapping[str, Field]:
    """Give the members of `input` and `parameters` at a path, in whatever mode it was called."""
    endpoint = next(iter(model.list_endpoints(operation)), model.endpoints[0])
    return {**model.input_at(endpoint), **model.parameters_at(endpoint)}


def _find_texts(field: Field, value: object) -> Iterator[str]:
    match field, value:
        case TextField(pattern=""), str():
            yield value
        case ChoiceField(values=known), str() if value not in known:
            yield value
        case ListField(), list() | tuple():
            for item in cast("Sequence[object]", value):
                yield from _find_texts(field.item, item)
        case ObjectField(), Mapping():
            inner = cast("Mapping[str, object]", value)
            for name, member in field.members.items():
                if name in inner and name != _NOT_WANTED:
                    yield from _find_texts(member, inner[name])
        case _:
            pass
