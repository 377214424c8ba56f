"""The rules of one model at one endpoint, made ready once so that each order only runs them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, cast

from kaiga.domain.catalogue.fields import (
    AreaSizeField,
    BooleanField,
    ChoiceField,
    Field,
    IntegerField,
    ListedSizeField,
    MediaField,
    MediaListField,
    MessagesField,
    NumberField,
    SideSizeField,
    TypedMediaField,
)
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.generation import Generation
from kaiga.domain.validation.checks import Check, make_check
from kaiga.domain.validation.cross_rules import apply_rule, bound_integer
from kaiga.domain.validation.faults import Fault, Faults
from kaiga.domain.validation.found import Found
from kaiga.domain.validation.sizes import Size

MEANINGS = {
    "prompt": "prompt",
    "ref_prompt": "prompt",
    "prompt_text_zh": "prompt",
    "prompt_text_en": "other_prompt",
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

An `other_prompt` counts where there is no prompt.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paths:
    prompt: str = ""
    other_prompt: str = ""
    negative_prompt: str = ""
    size: str = ""
    count: str = ""
    seed: str = ""
    prompt_extend: str = ""
    watermark: str = ""
    duration: str = ""


class _Member(NamedTuple):
    """One member of a group; what it is worth where it is absent is known beforehand."""

    path: str
    name: str
    check: Check
    absent: object
    absent_fault: str


_Members = Sequence[_Member]


_SETS_REMEMBERED = 64
"""Of parameters, for each model at each of its endpoints; clients order with a few of them."""


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
            if path.partition(".")[2] not in MEANINGS
            and not isinstance(field, MediaField | MediaListField | TypedMediaField | MessagesField)
        ]
        self._is_counted = bool(self._rules)
        self._recall = (
            # typed: 1, 1.0 and True are equal, and not all of them are whole numbers
            lru_cache(_SETS_REMEMBERED, typed=True)(self._check_parameters_apart)
            if not self._rules and all(map(_is_short, groups["parameters"].values()))
            else None
        )

    def _make_members(self, group: str, fields: Mapping[str, Field]) -> _Members:
        members: list[_Member] = []
        for name, field in fields.items():
            path = f"{group}.{name}"
            rebound = self._rebound.get(path)
            checked = field if rebound is None else IntegerField(required=rebound.required)
            check = make_check(path, checked)
            members.append(_Member(path, name, check, *_find_worth_of_absence(check)))
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
        self._check_group("input", self._input, order_input, found, faults)
        self._check_parameters(parameters, found, faults)
        if self._rules and not faults:
            self._check_rules(found, faults)
        if faults:
            return Faults(texts=tuple(faults))
        return self._make_generation(found, drawn_seed)

    def _check_group(
        self, group: str, members: _Members, given: object, found: Found, faults: list[str]
    ) -> None:
        if given is not None and not isinstance(given, dict):
            faults.append(f"Input should be a valid dictionary: {group}")
            return
        order = cast("dict[str, object]", given or {})
        values = found.values
        for path, name, check, absent, absent_fault in members:
            value = order.get(name)
            if value is None:
                values[path] = absent
                if absent_fault:
                    faults.append(absent_fault)
                continue
            try:
                checked = check(value, found)
            except Fault as fault:
                faults.append(str(fault))
                continue
            values[path] = checked
            if self._is_counted and checked is not None and value not in _NOTHING:
                found.counts.setdefault(path, 1)

    def _check_parameters(self, given: object, found: Found, faults: list[str]) -> None:
        known = self._recall_parameters(given)
        if known is None:
            self._check_group("parameters", self._parameters, given, found, faults)
        else:
            found.values.update(known)

    def _recall_parameters(self, given: object) -> Mapping[str, object] | None:
        """Give what parameters are worth that need not be checked again, or None."""
        if self._recall is None or not isinstance(given, dict):
            return None
        try:
            return self._recall(**cast("dict[str, object]", given))
        except (Fault, TypeError):  # they break a rule, or hold what can't be a key
            return None

    def _check_parameters_apart(self, /, **given: object) -> Mapping[str, object]:
        found, faults = Found(), list[str]()
        self._check_group("parameters", self._parameters, given, found, faults)
        if faults:
            raise Fault(faults[0])
        return found.values

    def _check_rules(self, found: Found, faults: list[str]) -> None:
        for path, field in self._rebound.items():
            try:
                found.values[path] = bound_integer(path, field, self._rules, found)
            except Fault as fault:
                faults.append(str(fault))
        for rule in self._rules:
            faults.extend(apply_rule(rule, self._fields, found))

    def _make_generation(self, found: Found, drawn_seed: int) -> Generation:
        get, paths = found.values.get, self._paths
        size, seed, duration = get(paths.size), get(paths.seed), get(paths.duration)
        width, height = size if isinstance(size, Size) else (0, 0)
        options: dict[str, object] = {
            name: value
            for path, name in self._options
            if (value := get(path)) is not None and value != {}
        }
        if isinstance(size, str):
            options["tier"] = size
        return Generation(
            prompt=cast("str", get(paths.prompt) or get(paths.other_prompt) or ""),
            negative_prompt=cast("str", get(paths.negative_prompt) or ""),
            width_pixels=width,
            height_pixels=height,
            count=cast("int", get(found.count_path or paths.count) or 1),
            seed=drawn_seed if seed is None else cast("int", seed),
            prompt_extend=get(paths.prompt_extend) is True,
            watermark=get(paths.watermark) is True,
            duration_seconds=None if duration is None else float(cast("int", duration)),
            media=tuple(found.media),
            options=options,
        )


def _is_short(field: Field) -> bool:
    """Tell whether a field takes only what is short and is no list or object."""
    if isinstance(field, ChoiceField):
        return not field.open
    return isinstance(
        field,
        IntegerField | NumberField | BooleanField | AreaSizeField | SideSizeField | ListedSizeField,
    )


def _find_worth_of_absence(check: Check) -> tuple[object, str]:
    """Give the default of a member, and the text of the fault where it has to be given."""
    try:
        return check(None, Found()), ""
    except Fault as fault:
        return None, str(fault)


_NOTHING: tuple[object, ...] = (None, "", [], {})
"""What counts as not given (contract/video-models.md, 2)."""


def _find_paths(fields: Mapping[str, Field]) -> _Paths:
    """Give the path of each common member; one that the model has not leads nowhere."""
    paths: dict[str, str] = {}
    for path in fields:
        meaning = MEANINGS.get(path.partition(".")[2])
        if meaning is not None:
            paths.setdefault(meaning, path)
    return _Paths(**paths)
