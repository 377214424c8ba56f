"""Sees that what an entry names by name is there: rules on files, members, meanings of usage."""

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
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.catalogue.rules import OrderRule
from kaiga.domain.media_limits import MediaLimits
from kaiga.domain.usage import is_usage_source
from kaiga.domain.validation.sizes import read_size


def check_model(model: Model, limits: Mapping[str, MediaLimits]) -> None:
    """Check one model.

    Raises:
        ValueError: it names something that is not there; the message says what.
    """
    for text in _find_unknown(model, limits):
        raise ValueError(text)


def _find_unknown(model: Model, limits: Mapping[str, MediaLimits]) -> Iterator[str]:
    everywhere: dict[str, Field] = {}
    for endpoint in model.endpoints:
        fields = _list_fields(model, endpoint)
        everywhere |= fields
        yield from _find_unknown_limits(fields, limits)
        yield from _find_odd_shares(fields)
        yield from _find_unknown_members(endpoint.rules, fields)
        yield from _find_unknown_sources(model.usage_at(endpoint.operation))
    yield from _find_unknown_members(model.rules, everywhere)
    names = {path.partition(".")[2] for path in everywhere}
    for option in _options_named(model):
        if option not in names:
            yield f"the option {option!r} is named, which is no member"
    for tier, sizes in model.size.table.items():
        for ratio, size in sizes.items():
            if read_size(size) is None:
                yield f"size.table.{tier}.{ratio} is {size!r} and no W*H"


def _list_fields(model: Model, endpoint: Endpoint) -> dict[str, Field]:
    groups = (("input", model.input_at(endpoint)), ("parameters", model.parameters_at(endpoint)))
    return {f"{group}.{name}": field for group, fields in groups for name, field in fields.items()}


def _find_unknown_limits(
    fields: Mapping[str, Field], limits: Mapping[str, MediaLimits]
) -> Iterator[str]:
    for path, field in fields.items():
        for name in _limits_of(field):
            if name and name not in limits:
                yield f"{path} names the limits {name!r}, which are not in media.toml"


def _limits_of(field: Field) -> Iterator[str]:
    match field:
        case MediaField() | MessagesField():
            yield field.limits
        case MediaListField():
            yield from (listed.limits for listed in field.kinds.values())
        case TypedMediaField():
            for each in field.types.values():
                yield each.limits
                yield each.voice_limits
        case ListField():
            yield from _limits_of(field.item)
        case ObjectField():
            for member in field.members.values():
                yield from _limits_of(member)
        case _:
            return


def _find_odd_shares(fields: Mapping[str, Field]) -> Iterator[str]:
    for path, field in fields.items():
        if isinstance(field, ListField) and field.percent_member:
            item = field.item
            members: Mapping[str, Field] = item.members if isinstance(item, ObjectField) else {}
            share = members.get(field.percent_member)
            if not (isinstance(share, TextField) and share.required and item.required):
                yield f"{path}.percent_member names no required text of a required object"


def _find_unknown_members(rules: Iterable[OrderRule], fields: Mapping[str, Field]) -> Iterator[str]:
    known = set(fields)
    for path, field in fields.items():
        if isinstance(field, TypedMediaField):
            known.update(f"{path}.{name}" for name in field.types)
        if isinstance(field, MessagesField):
            known.add(f"{path}.image")
    for rule in rules:
        for path in _paths_of(rule):
            if path not in known:
                yield f"a rule names {path}, which is no member"


def _paths_of(rule: OrderRule) -> Iterator[str]:
    when = rule.when
    yield from (*when.equals, *when.has, *when.has_any, *when.lacks)
    yield from (*rule.requires, *rule.requires_one_of, *rule.forbids, *rule.ignores)
    yield from (*rule.values, *rule.bounds, *(rule.same_length or ()))
    if rule.count_from:
        yield rule.count_from
    if rule.total is not None:
        yield from rule.total.of
    if rule.media_sets:
        yield from (f"{rule.media}.{name}" for each in rule.media_sets for name in each)


def _find_unknown_sources(usage: Mapping[str, str]) -> Iterator[str]:
    for name, source in usage.items():
        if not is_usage_source(source):
            yield f"usage.{name} tells {source!r}, which is nothing that can be told"


def _options_named(model: Model) -> Iterator[str]:
    yield from model.size.left_to_engine
    for value in model.output.extra.values():
        if isinstance(value, str) and value.startswith("$"):
            yield value[1:]
    if model.clip is not None:
        if model.clip.rate_option:
            yield model.clip.rate_option
        for each in model.clip.otherwise:
            yield from each.options
