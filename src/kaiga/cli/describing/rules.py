"""Rules between members in words."""

from collections.abc import Iterator, Sequence

from kaiga.domain.catalogue.rules import Condition, OrderRule


def describe_rule(rule: OrderRule) -> str:
    """Write a rule as one line: when it holds, and what it then asks."""
    when = " and ".join(_tell_condition(rule.when))
    asked = "; ".join(_tell_demands(rule))
    return f"where {when}: {asked}" if when else asked


def _tell_condition(when: Condition) -> Iterator[str]:
    for path, values in when.equals.items():
        yield f"{path} is {_tell_values(values)}"
    if when.has:
        yield f"{', '.join(when.has)} given"
    if when.has_any:
        yield f"any of {', '.join(when.has_any)} given"
    if when.lacks:
        yield f"{', '.join(when.lacks)} not given"


def _tell_demands(rule: OrderRule) -> Iterator[str]:
    for verb, paths in (
        ("ignores", rule.ignores),
        ("needs", rule.requires),
        ("needs one of", rule.requires_one_of),
        ("refuses", rule.forbids),
    ):
        if paths:
            yield f"{verb} {', '.join(paths)}"
    if rule.count_from:
        yield f"{rule.count_from} is how many results there are"
    yield from _tell_bounds(rule)
    if rule.total is not None:
        total = rule.total
        yield f"{' and '.join(total.of)} together {total.minimum} to {total.maximum}"
    if rule.same_length is not None:
        yield f"{' and '.join(rule.same_length)} equally long"
    if rule.media_sets:
        sets = " | ".join(" + ".join(each) for each in rule.media_sets)
        yield f"{rule.media} only {sets}"


def _tell_bounds(rule: OrderRule) -> Iterator[str]:
    for path, values in rule.values.items():
        yield f"{path} only {_tell_values(values)}"
    for path, bounds in rule.bounds.items():
        default = "" if bounds.default is None else f", default {bounds.default}"
        yield f"{path} {bounds.minimum} to {bounds.maximum}{default}"
    if rule.max_pixels is not None:
        yield f"size at most {rule.max_pixels} pixels"
    if rule.tiers:
        yield f"size only {', '.join(rule.tiers)}"


def _tell_values(values: Sequence[object]) -> str:
    shown = (str(value).lower() if isinstance(value, bool) else str(value) for value in values)
    return " or ".join(shown)
