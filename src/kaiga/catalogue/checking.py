"""Sees that what an entry names by name is there: rules on files, members, meanings of usage."""

from collections.abc import Iterator, Mapping

from kaiga.domain.catalogue.fields import (
    Field,
    MediaField,
    MediaListField,
    MessagesField,
    TypedMediaField,
)
from kaiga.domain.catalogue.model import Model
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
    fields = _list_fields(model)
    for path, field in fields.items():
        for name in _limits_of(field):
            if name and name not in limits:
                yield f"{path} names the limits {name!r}, which are not in media.toml"
    for name, source in model.usage.items():
        if not is_usage_source(source):
            yield f"usage.{name} tells {source!r}, which is nothing that can be told"
    known = _list_paths(fields)
    for path in _paths_of_rules(model):
        if path not in known:
            yield f"a rule names {path}, which is no member"
    yield from _find_odd_sizes(model)


def _find_odd_sizes(model: Model) -> Iterator[str]:
    for tier, sizes in model.size.table.items():
        for ratio, size in sizes.items():
            if read_size(size) is None:
                yield f"size.table.{tier}.{ratio} is {size!r} and no W*H"


def _list_fields(model: Model) -> Mapping[str, Field]:
    return {
        f"{group}.{name}": field
        for endpoint in model.endpoints
        for group, members in (
            ("input", model.input_at(endpoint)),
            ("parameters", model.parameters_at(endpoint)),
        )
        for name, field in members.items()
    }


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
        case _:
            return


def _list_paths(fields: Mapping[str, Field]) -> frozenset[str]:
    paths = set(fields)
    for path, field in fields.items():
        if isinstance(field, TypedMediaField):
            paths.update(f"{path}.{name}" for name in field.types)
        if isinstance(field, MessagesField):
            paths.add(f"{path}.image")
    return frozenset(paths)


def _paths_of_rules(model: Model) -> Iterator[str]:
    for rule in model.rules:
        when = rule.when
        yield from (*when.equals, *when.has, *when.has_any, *when.lacks)
        yield from (*rule.requires, *rule.requires_one_of, *rule.forbids)
        yield from (*rule.values, *rule.bounds, *(rule.same_length or ()))
        if rule.total is not None:
            yield from rule.total.of
        if rule.media_sets:
            yield from (f"{rule.media}.{name}" for each in rule.media_sets for name in each)
