"""Rules between members, over what the checks of the members alone have found."""

from collections.abc import Iterator, Mapping

from kaiga.domain.catalogue.fields import AreaSizeField, Field, IntegerField
from kaiga.domain.catalogue.rules import Bounds, Condition, OrderRule
from kaiga.domain.validation.faults import field_required, one_of
from kaiga.domain.validation.found import Found
from kaiga.domain.validation.scalars import check_bounds
from kaiga.domain.validation.sizes import Size, tell_area


def holds(condition: Condition, found: Found) -> bool:
    """Tell whether everything that a condition names is so."""
    return (
        all(found.values.get(path) in allowed for path, allowed in condition.equals.items())
        and all(found.has(path) for path in condition.has)
        and (not condition.has_any or any(found.has(path) for path in condition.has_any))
        and not any(found.has(path) for path in condition.lacks)
    )


def find_faults(rule: OrderRule, fields: Mapping[str, Field], found: Found) -> Iterator[str]:
    """Tell what of a rule is broken; nothing where its condition does not hold."""
    if not holds(rule.when, found):
        return
    for text in _find_each(rule, fields, found):
        yield rule.fault or text
        if rule.fault:
            return


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
        if found.values.get(path) not in allowed:
            yield f"Input should be {one_of(allowed)}: {path}"
    yield from _find_size_fault(rule, fields, found)
    yield from _find_count_faults(rule, found)


def _find_size_fault(rule: OrderRule, fields: Mapping[str, Field], found: Found) -> Iterator[str]:
    size, field = found.values.get("parameters.size"), fields.get("parameters.size")
    if rule.max_pixels is None or not isinstance(size, Size):
        return
    if isinstance(field, AreaSizeField) and size.pixels > rule.max_pixels:
        yield tell_area(field, size, rule.max_pixels)


def _find_count_faults(rule: OrderRule, found: Found) -> Iterator[str]:
    total = rule.total
    if total is not None:
        count = sum(found.counts.get(path, 0) for path in total.of)
        if not total.minimum <= count <= total.maximum:
            yield (
                f"{' and '.join(total.of)} must contain {total.minimum} to {total.maximum} items "
                f"together. Got {count}."
            )
    if rule.same_length is not None:
        first, second = rule.same_length
        if found.counts.get(first, 0) != found.counts.get(second, 0):
            yield f"{first} and {second} must be the same length."
    if rule.media_sets:
        given = _types_given(rule.media, found)
        if given not in {frozenset(each) for each in rule.media_sets}:
            yield f"These types can't be given together: {', '.join(sorted(given))}: {rule.media}"


def _types_given(path: str, found: Found) -> frozenset[str]:
    prefix = f"{path}."
    return frozenset(name.removeprefix(prefix) for name in found.counts if name.startswith(prefix))


def bound_integer(
    path: str, field: IntegerField, rules: tuple[OrderRule, ...], found: Found
) -> int | None:
    """Give a whole number under the bounds that hold here, or the default that does.

    Raises:
        Fault: it is out of its bounds.
    """
    bounds = next(
        (rule.bounds[path] for rule in rules if path in rule.bounds and holds(rule.when, found)),
        Bounds(minimum=field.minimum or 0, maximum=field.maximum or 0, default=field.default),
    )
    number = found.values.get(path)
    if not isinstance(number, int):
        return bounds.default
    if number not in field.special:
        check_bounds(
            path,
            IntegerField(minimum=bounds.minimum, maximum=bounds.maximum, fault=field.fault),
            number,
        )
    return number
