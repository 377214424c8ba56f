"""Writes `input` and `parameters` of an order, each member where the model has it."""

import mimetypes
from collections.abc import Callable, Mapping
from typing import Any

from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.cli.ordering.slots import Slot, find_slot, list_slots
from kaiga.cli.ordering.values import read_value
from kaiga.cli.ordering.wishes import MediaWish, Wish
from kaiga.domain.catalogue.fields import (
    AreaSizeField,
    ChoiceField,
    Field,
    IntegerField,
    ListedSizeField,
    MessagesField,
    SideSizeField,
    TextField,
)
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.validation.order_rules import MEANINGS

Body = dict[str, dict[str, Any]]
GiveReference = Callable[[str, str], str]
"""Gives what is written into the order for a source, held to the limits of that name."""

_TEXTS = TextField | ChoiceField | AreaSizeField | SideSizeField | ListedSizeField
_OPTIONS = {
    "prompt": "PROMPT",
    "negative_prompt": "--negative-prompt",
    "size": "--size",
    "count": "-n",
    "seed": "--seed",
    "prompt_extend": "--no-extend",
    "watermark": "--watermark",
    "duration": "--duration",
    "resolution": "--resolution",
}


def compose(model: Model, endpoint: Endpoint, wish: Wish, give_reference: GiveReference) -> Body:
    """Write an order for a model of the catalogue.

    Raises:
        CommandFailed: the model has no place for something that was asked for.
    """
    return _Composer(model, endpoint, wish).write(give_reference)


def compose_unknown(name: str, wish: Wish, give_reference: GiveReference) -> Body:
    """Write an order for a model that the catalogue lacks, under the names that most models have.

    Raises:
        CommandFailed: a file is given without the name of its member.
    """
    body: Body = {"input": {}, "parameters": {}}
    groups = {"prompt": "input", "negative_prompt": "input"}
    for meaning in _OPTIONS:
        value = getattr(wish, meaning)
        if value is not None:
            body[groups.get(meaning, "parameters")]["n" if meaning == "count" else meaning] = value
    for each in wish.media:
        if not each.is_named:
            raise CommandFailed(
                f"The model {name} is not known here, so {each.option} can't be placed: name its "
                "member, as in --input image_url=FILE.",
                exit_status=ExitStatus.USAGE,
            )
        _put(body["input"], tuple(each.use.split(".")), give_reference(each.source, ""))
    for path, text in wish.settings:
        group, *rest = path.split(".")
        names = rest if rest and group in body else [group, *rest]
        _put(
            body[group if rest and group in body else "parameters"], tuple(names), read_value(text)
        )
    return body


def ensure_prompt(model: Model, endpoint: Endpoint, wish: Wish) -> None:
    """See that there is a prompt where the model can't do without.

    Raises:
        CommandFailed: there is none.
    """
    found = _Composer(model, endpoint, wish).find("prompt")
    if wish.prompt is not None or found is None:
        return
    group, name, field = found
    is_set = any(path in {name, f"{group}.{name}"} for path, _ in wish.settings)
    if not is_set and (field.required or isinstance(field, MessagesField)):
        raise CommandFailed(f"{model.name} needs a PROMPT.", exit_status=ExitStatus.USAGE)


class _Composer:
    def __init__(self, model: Model, endpoint: Endpoint, wish: Wish) -> None:
        self._model = model
        self._wish = wish
        self._fields: Mapping[str, Mapping[str, Field]] = {
            "input": model.input_at(endpoint),
            "parameters": model.parameters_at(endpoint),
        }
        self._body: Body = {"input": {}, "parameters": {}}

    def write(self, give_reference: GiveReference) -> Body:
        for meaning in _OPTIONS:
            value = getattr(self._wish, meaning)
            if value is not None:
                self._place(meaning, value)
        self._ask_for_one()
        self._place_media(give_reference)
        for path, text in self._wish.settings:
            self._set(path, text)
        return self._body

    def _place(self, meaning: str, value: object) -> None:
        found = self.find(meaning)
        if found is None:
            raise self._has_no_place(_OPTIONS[meaning])
        group, name, field = found
        if isinstance(field, MessagesField):
            self._content().append({"text": value})
        else:
            is_number_as_text = isinstance(field, IntegerField) and isinstance(value, str)
            self._body[group][name] = read_value(str(value)) if is_number_as_text else value

    def find(self, meaning: str) -> tuple[str, str, Field] | None:
        for group, fields in self._fields.items():
            for name, field in fields.items():
                if MEANINGS.get(name, name) == meaning:
                    return group, name, field
        return None

    def _ask_for_one(self) -> None:
        """Ask for one result where nothing else is said: a model's own default may be four."""
        found = self.find("count")
        if self._wish.count is not None or found is None:
            return
        group, name, field = found
        if isinstance(field, IntegerField) and field.default != 1 and (field.minimum or 1) <= 1:
            self._body[group][name] = 1

    def _place_media(self, give_reference: GiveReference) -> None:
        slots = list_slots(self._fields["input"])
        taken: list[Slot] = []
        for each in self._wish.media:
            slot = find_slot(
                slots, each.use, is_named=each.is_named, is_clip=_is_clip(each), taken=taken
            )
            if slot is None:
                raise self._has_no_place(f"{each.option} {each.source}".replace("= ", "="))
            taken.append(slot)
            self._put_media(slot, give_reference(each.source, slot.limits), taken.count(slot))

    def _put_media(self, slot: Slot, reference: str, number: int) -> None:
        members = self._body["input"]
        match slot.form:
            case "one":
                _put(members, slot.path, reference)
            case "listed":
                members.setdefault(slot.path[0], []).append(reference)
            case "typed":
                item = {"type": slot.type_name, "url": reference}
                members.setdefault(slot.path[0], []).append(item)
            case "in_message":
                # Pictures stand before the text, in the order in which they were given.
                self._content().insert(number - 1, {"image": reference})

    def _content(self) -> list[dict[str, Any]]:
        messages = self._body["input"].setdefault("messages", [{"role": "user", "content": []}])
        return messages[0]["content"]

    def _set(self, path: str, text: str) -> None:
        first, *rest = path.split(".")
        if rest and first in self._fields:
            group, names = first, rest
        else:
            is_input = first in self._fields["input"] and first not in self._fields["parameters"]
            group, names = ("input" if is_input else "parameters"), [first, *rest]
        field = self._fields[group].get(names[0])
        is_text = len(names) == 1 and isinstance(field, _TEXTS)
        _put(self._body[group], tuple(names), text if is_text else read_value(text))

    def _has_no_place(self, option: str) -> CommandFailed:
        known = [*self._fields["input"], *self._fields["parameters"]]
        return CommandFailed(
            f"{self._model.name} has no place for {option}. It takes: {', '.join(known)}. "
            f"See 'kaiga models {self._model.name}'.",
            exit_status=ExitStatus.USAGE,
        )


def _put(members: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    *parents, name = path
    for parent in parents:
        members = members.setdefault(parent, {})
    members[name] = value


def _is_clip(wish: MediaWish) -> bool:
    media_type, _ = mimetypes.guess_type(wish.source.partition("?")[0])
    return (media_type or "").startswith("video/")
