"""From a wish in OpenAI's words to an order in the words of a model of the catalogue."""

from collections.abc import Mapping
from typing import cast

import msgspec

from kaiga.domain.catalogue.fields import (
    BoxField,
    Field,
    IntegerField,
    ListField,
    MediaField,
    MediaListField,
    MessagesField,
    ObjectField,
    TextField,
    TypedMediaField,
)
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.errors import ParameterRefused
from kaiga.domain.validation.faults import Fault, one_of
from kaiga.domain.validation.order_rules import MEANINGS
from kaiga.domain.validation.scalars import check_bounds
from kaiga.http.openai.media import GivenMedium
from kaiga.http.openai.placing import make_messages, place_media
from kaiga.http.openai.sizes import fit_size

_PLACED = MediaField | MediaListField | TypedMediaField | MessagesField
_COMPOUND = ListField | ObjectField | BoxField

_decode = msgspec.json.Decoder().decode


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted, whichever model makes it; what is absent is left to the model.

    `further` are members in the model's own words, and `called` is the parameter that is at fault
    where a medium is missing.
    """

    model: str
    prompt: str
    count: int | None = None
    size: str = ""
    seconds: int | None = None
    media: tuple[GivenMedium, ...] = ()
    further: Mapping[str, object] = {}
    called: str = "model"


def make_order(model: Model, endpoint: Endpoint, wish: Wish) -> dict[str, object]:
    """Make the order of a wish, for a model at one of its endpoints.

    Raises:
        ParameterRefused: the model can't fulfil a part of the wish; it says which, and what it can.
    """
    fields, parameters = model.input_at(endpoint), model.parameters_at(endpoint)
    messages = fields.get("messages")
    if isinstance(messages, MessagesField):
        made = make_messages(model, messages, wish.prompt, wish.media, wish.called)
        order_input: dict[str, object] = {"messages": made}
    else:
        order_input = place_media(model, fields, wish.media, wish.called)
        order_input |= _place_prompt(model, fields, wish.prompt)
    order_parameters = {
        **fit_size(model, parameters, wish.size),
        **_count(model, parameters, wish.count),
        **_last(model, parameters, wish.seconds),
    }
    for name, value in wish.further.items():
        group = order_input if name in fields else order_parameters
        group[name] = _pass_on(model, {**parameters, **fields}, name, value)
    return {"model": model.name, "input": order_input, "parameters": order_parameters}


def _place_prompt(model: Model, fields: Mapping[str, Field], prompt: str) -> dict[str, object]:
    if not prompt:
        return {}
    names = (name for name, field in fields.items() if isinstance(field, TextField))
    name = next((name for name in names if MEANINGS.get(name) == "prompt"), None)
    if name is None:
        raise ParameterRefused(
            "prompt", f"The model {model.name} takes no prompt: give an empty one."
        )
    return {name: prompt}


def _count(model: Model, parameters: Mapping[str, Field], count: int | None) -> dict[str, object]:
    """Order one result where nothing is said: models have other ideas of what is usual."""
    name = next((each for each in parameters if MEANINGS.get(each) == "count"), None)
    if name is None:
        if count not in {None, 1}:
            raise ParameterRefused("n", f"n must be 1 for the model {model.name}. Got {count}.")
        return {}
    field = cast("IntegerField", parameters[name])
    if count is None:
        return {name: 1} if _is_inside(name, field, 1) else {}
    _hold_within(model, "n", field, count)
    return {name: count}


def _last(model: Model, parameters: Mapping[str, Field], seconds: int | None) -> dict[str, object]:
    field = parameters.get("duration")
    if seconds is None or (model.clip is not None and not field and seconds == model.clip.seconds):
        return {}
    if not isinstance(field, IntegerField):
        raise ParameterRefused(
            "seconds",
            f"The model {model.name} decides by itself how long its clips are: leave seconds out.",
        )
    _hold_within(model, "seconds", field, seconds)
    return {"duration": seconds}


def _hold_within(model: Model, called: str, field: IntegerField, number: int) -> None:
    if _is_inside(called, field, number):
        return
    allowed = one_of(field.values) if field.values else f"{field.minimum} to {field.maximum}"
    raise ParameterRefused(
        called, f"{called} must be {allowed} for the model {model.name}. Got {number}."
    )


def _is_inside(name: str, field: IntegerField, number: int) -> bool:
    try:
        check_bounds(name, field, number)
    except Fault:
        return False
    return True


def _pass_on(model: Model, fields: Mapping[str, Field], name: str, value: object) -> object:
    """Give a member that the model knows by its own name; lists and objects may come as texts.

    Its value is for the rules of the model to judge.
    """
    field = fields.get(name)
    if field is None or isinstance(field, _PLACED):
        others = sorted(each for each, other in fields.items() if not isinstance(other, _PLACED))
        raise ParameterRefused(
            name,
            f"Unknown parameter: '{name}'. Of its own, the model {model.name} takes "
            f"{', '.join(others)}.",
        )
    if not isinstance(value, str) or not isinstance(field, _COMPOUND):
        return value
    try:
        return _decode(value)
    except msgspec.DecodeError as error:
        raise ParameterRefused(name, f"{name} must be JSON.") from error
