"""The rules of one model at one endpoint, made ready once so that each order only runs them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from kaiga.domain.catalogue.fields import (
    Field,
    IntegerField,
    MediaField,
    MediaListField,
    MessagesField,
    TypedMediaField,
)
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.generation import Generation
from kaiga.domain.validation.checks import Check, make_check
from kaiga.domain.validation.cross_rules import apply_rule, bound_integer
from kaiga.domain.validation.faults import Fault, Faults
from kaiga.domain.validation.found import Found
from kaiga.domain.validation.sizes import as_size

_MEANINGS = {
    "prompt": "prompt",
    "ref_prompt": "prompt",
    "prompt_text_zh": "prompt",
    "prompt_text_en": "prompt",
    "messages": "prompt",
    "negative_prompt": "negative_prompt",
    "neg_ref_prompt": "negative_prompt",
    "size": "size",
    "n": "count",
    "generate_num": "count",
    "seed": "seed",
    "prompt_extend": "prompt_extend",
    "watermark": "watermark",
    "add_watermark": "watermark",
    "duration": "duration",
}
"""What the common members mean, under each of the names that models have for them.

Where a model has several for one meaning, the first that is given counts.
"""


@dataclass(frozen=True, slots=True)
class _Member:
    path: str
    name: str
    check: Check


class OrderRules:
    """Checks orders for one model at one of its endpoints."""

    def __init__(self, model: Model, endpoint: Endpoint) -> None:
        groups = {"input": model.input_at(endpoint), "parameters": model.parameters_at(endpoint)}
        self._fields: Mapping[str, Field] = {
            f"{group}.{name}": field
            for group, fields in groups.items()
            for name, field in fields.items()
        }
        self._rules = model.rules_at(endpoint)
        self._rebound = {
            path: field
            for path, field in self._fields.items()
            if isinstance(field, IntegerField) and any(path in r.bounds for r in self._rules)
        }
        self._input = self._make_members("input", groups["input"])
        self._parameters = self._make_members("parameters", groups["parameters"])
        self._paths = _find_paths(self._fields)
        self._options = [
            (path, path.partition(".")[2])
            for path, field in self._fields.items()
            if path.partition(".")[2] not in _MEANINGS
            and not isinstance(field, MediaField | MediaListField | TypedMediaField | MessagesField)
        ]

    def _make_members(self, group: str, fields: Mapping[str, Field]) -> Sequence[_Member]:
        members: list[_Member] = []
        for name, field in fields.items():
            path = f"{group}.{name}"
            checked = IntegerField(required=field.required) if path in self._rebound else field
            members.append(_Member(path, name, make_check(path, checked)))
        return members

    def check(
        self, order_input: object, parameters: object, drawn_seed: int
    ) -> Generation | Faults:
        """Check an order against every rule.

        Unknown members are left alone, and null counts as absent: official clients send both
        (contract/clients.md, 1). `drawn_seed` is taken where the client named none.
        """
        faults: list[str] = []
        found = Found()
        _check_group("input", self._input, order_input, found, faults)
        _check_group("parameters", self._parameters, parameters, found, faults)
        if self._rules and not faults:
            self._check_rules(found, faults)
        if faults:
            return Faults(texts=tuple(faults))
        return self._make_generation(found, drawn_seed)

    def _check_rules(self, found: Found, faults: list[str]) -> None:
        for path, field in self._rebound.items():
            try:
                found.values[path] = bound_integer(path, field, self._rules, found)
            except Fault as fault:
                faults.append(str(fault))
        for rule in self._rules:
            faults.extend(apply_rule(rule, self._fields, found))

    def _make_generation(self, found: Found, drawn_seed: int) -> Generation:
        values = found.values

        def meant(meaning: str) -> object:
            given = (values.get(path) for path in self._paths[meaning])
            return next((value for value in given if value not in (None, "")), None)

        size = meant("size")
        width, height = as_size(size) or (0, 0)
        count = values.get(found.count_path) if found.count_path else meant("count")
        seed, duration = meant("seed"), meant("duration")
        options: dict[str, object] = {
            name: value
            for path, name in self._options
            if (value := values.get(path)) is not None and value != {}
        }
        if isinstance(size, str):
            options["tier"] = size
        return Generation(
            prompt=cast("str | None", meant("prompt")) or "",
            negative_prompt=cast("str | None", meant("negative_prompt")) or "",
            width_pixels=width,
            height_pixels=height,
            count=cast("int | None", count) or 1,
            seed=drawn_seed if seed is None else cast("int", seed),
            prompt_extend=meant("prompt_extend") is True,
            watermark=meant("watermark") is True,
            duration_seconds=None if duration is None else float(cast("int", duration)),
            media=tuple(found.media),
            options=options,
        )


def _find_paths(fields: Mapping[str, Field]) -> Mapping[str, Sequence[str]]:
    """Give the members that have each common meaning."""
    paths: dict[str, list[str]] = {meaning: [] for meaning in _MEANINGS.values()}
    for path in fields:
        meaning = _MEANINGS.get(path.partition(".")[2])
        if meaning is not None:
            paths[meaning].append(path)
    return paths


_NOTHING: tuple[object, ...] = (None, "", [], {})
"""What counts as not given (contract/video-models.md, 2)."""


def _check_group(
    group: str, members: Sequence[_Member], given: object, found: Found, faults: list[str]
) -> None:
    if given is not None and not isinstance(given, dict):
        faults.append(f"Input should be a valid dictionary: {group}")
        return
    order = cast("dict[str, object]", given or {})
    for member in members:
        value = order.get(member.name)
        try:
            checked = member.check(value, found)
        except Fault as fault:
            faults.append(str(fault))
            continue
        found.values[member.path] = checked
        if checked is not None and value not in _NOTHING:
            found.counts.setdefault(member.path, 1)
