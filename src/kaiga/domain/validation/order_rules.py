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
from kaiga.domain.validation.cross_rules import bound_integer, find_faults
from kaiga.domain.validation.faults import Fault, Faults
from kaiga.domain.validation.found import Found
from kaiga.domain.validation.sizes import Size

_MEANINGS = {
    "prompt": "prompt",
    "ref_prompt": "prompt",
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
"""What the common members mean, under each of the names that models have for them."""


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
        self._rules = model.rules
        self._counts = model.counts
        self._rebound = {
            path: field
            for path, field in self._fields.items()
            if isinstance(field, IntegerField) and any(path in r.bounds for r in model.rules)
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
            checked = (
                IntegerField(special=cast("IntegerField", field).special)
                if path in self._rebound
                else field
            )
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
            faults.extend(find_faults(rule, self._fields, found))

    def _make_generation(self, found: Found, drawn_seed: int) -> Generation:
        values, paths = found.values, self._paths
        size = values.get(paths["size"])
        width, height = size if isinstance(size, Size) else (0, 0)
        seed = values.get(paths["seed"])
        duration = values.get(paths["duration"])
        options: dict[str, object] = {
            name: value for path, name in self._options if (value := values.get(path)) is not None
        }
        if isinstance(size, str):
            options["tier"] = size
        return Generation(
            prompt=cast("str", values.get(paths["prompt"])) or "",
            negative_prompt=cast("str", values.get(paths["negative_prompt"])) or "",
            width_pixels=width,
            height_pixels=height,
            count=self._count(values, options),
            seed=drawn_seed if seed is None or cast("int", seed) < 0 else cast("int", seed),
            prompt_extend=values.get(paths["prompt_extend"]) is True,
            watermark=values.get(paths["watermark"]) is True,
            duration_seconds=None if duration is None else float(cast("int", duration)),
            media=tuple(found.media),
            options=options,
        )

    def _count(self, values: Mapping[str, object], options: Mapping[str, object]) -> int:
        for switch, name in self._counts.items():
            if options.get(switch) is True:
                return cast("int", options[name])
        return cast("int", values.get(self._paths["count"])) or 1


def _find_paths(fields: Mapping[str, Field]) -> Mapping[str, str]:
    """Give the path of each common member; one that the model has not leads nowhere."""
    paths = dict.fromkeys(_MEANINGS.values(), "")
    for path in fields:
        meaning = _MEANINGS.get(path.partition(".")[2])
        if meaning is not None and not paths[meaning]:
            paths[meaning] = path
    return paths


def _check_group(
    group: str, members: Sequence[_Member], given: object, found: Found, faults: list[str]
) -> None:
    if given is not None and not isinstance(given, dict):
        faults.append(f"Input should be a valid dictionary: {group}")
        return
    order = cast("dict[str, object]", given or {})
    values = found.values
    for member in members:
        value = order.get(member.name)
        try:
            values[member.path] = member.check(value, found)
        except Fault as fault:
            faults.append(str(fault))
            continue
        if value is not None and value != "":
            found.counts.setdefault(member.path, 1)
