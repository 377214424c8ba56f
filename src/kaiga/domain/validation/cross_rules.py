"""Rules between members, over what the checks of the members alone have found."""

from collections.abc import Iterator, Mapping, Sequence

from kaiga.domain.catalogue.fields import AreaSizeField, Field, IntegerField
from kaiga.domain.catalogue.rules import Bounds, Condition, OrderRule
from kaiga.domain.validation.faults import field_required, one_of
from kaiga.domain.validation.found import Found
from kaiga.domain.validation.scalars import check_bounds
from kaiga.domain.validation.sizes import Size, describe_size, tell_area, tell_tier


def holds(condition: Condition, found: Found) -> bool:
    """Tell whether everything that a condition names is so."""
    return (
        all(found.values.get(path) in allowed for path, allowed in condition.equals.items())
        and all(found.has(path) for path in condition.has)
        and (not condition.has_any or any(found.has(path) for path in condition.has_any))
        and not any(found.has(path) for path in condition.lacks)
    )


def apply_rule(rule: OrderRule, fields: Mapping[str, Field], found: Found) -> Iterator[str]:
    """Do what a rule says where its condition holds, and tell what of it is broken."""
    if not holds(rule.when, found):
        return
    for path in rule.ignores:
        found.ignore(path)
    if rule.count_from:
        found.count_path = rule.count_from
    for text in _find_each(rule, fields, found):
        if rule.fault:
            yield _word(rule, found)
            return
        yield text


def _word(rule: OrderRule, found: Found) -> str:
    size = found.values.get("parameters.size")
    return rule.fault.format(
        count=0 if rule.total is None else _count(rule.total.of, found),
        maximum=rule.max_pixels,
        **describe_size(size),
    )


def _find_each(rule: OrderRule, fields: Mapping[str, Field], found: Found) -> Iterator[str]:
    for path in rule.requires:
        if not found.has(path):
            yield str(field_required(path))
    if rule.requires_one_of and not any(found.has(path) for path in rule.requires_one_of):
        yield str(field_required(rule.requires_one_of[0]))
    for path in rule.forbids:
        if found.has(path):
            yield f"Not supported here: {path}"
    for path, allowed in rule.values.items():
        value = found.values.get(path)
        if value is not None and value not in allowed:
            yield f"Input should be {one_of(allowed)}: {path}"
    yield from _find_size_fault(rule, fields, found)
    yield from _find_count_faults(rule, found)


def _find_size_fault(rule: OrderRule, fields: Mapping[str, Field], found: Found) -> Iterator[str]:
    size, field = found.values.get("parameters.size"), fields.get("parameters.size")
    if not isinstance(field, AreaSizeField):
        return
    if isinstance(size, str) and rule.tiers and size not in rule.tiers:
        yield tell_tier(size, rule.tiers)
    most = rule.max_pixels
    if isinstance(size, Size) and most is not None and size.pixels > most:
        yield tell_area(field, size, most)


def _count(paths: Sequence[str], found: Found) -> int:
    return sum(found.counts.get(path, 0) for path in paths)


def _find_count_faults(rule: OrderRule, found: Found) -> Iterator[str]:
    total = rule.total
    if total is not None:
        count = _count(total.of, found)
        if not total.minimum <= count <= total.maximum:
            yield (
                f"{' and '.join(total.of)} must contain {total.minimum} to {total.maximum} items "
                f"together. Got {count}."
            )
    if rule.same_length is not None and not _are_as_long(*rule.same_length, found):
        yield f"{' and '.join(rule.same_length)} must be the same length."
    if rule.media_sets:
        given = _types_given(rule.media, found)
        if given not in {frozenset(each) for each in rule.media_sets}:
            yield f"These types can't be given together: {', '.join(sorted(given))}: {rule.media}"


def _are_as_long(first: str, second: str, found: Found) -> bool:
    counts = (found.counts.get(first, 0), found.counts.get(second, 0))
    return counts[0] == counts[1] or (counts[1] == 0 and counts[0] <= 1)


def _types_given(path: str, found: Found) -> frozenset[str]:
    prefix = f"{path}."
    return frozenset(name.removeprefix(prefix) for name in found.counts if name.startswith(prefix))


def bound_integer(
    path: str, field: IntegerField, rules: Sequence[OrderRule], found: Found
) -> int | None:
    """Give a whole number under the bounds that hold here, or the default that does.

    Raises:
        Fault: it is out of its bounds.
    """
    bounds = next(
        (rule.bounds[path] for rule in rules if path in rule.bounds and holds(rule.when, found)),
        Bounds(minimum=field.minimum or 0, maximum=field.maximum or 0),
    )
    number = found.values.get(path)
    if not isinstance(number, int):
        return field.default if bounds.default is None else bounds.default
    if number not in field.special:
        held = IntegerField(minimum=bounds.minimum, maximum=bounds.maximum, fault=field.fault)
        check_bounds(path, held, number)
    return number
