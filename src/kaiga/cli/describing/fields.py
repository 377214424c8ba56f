"""Members of `input` and `parameters` in words: what they are, within which bounds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from kaiga.domain.catalogue.fields import (
    AreaSizeField,
    BooleanField,
    BoxField,
    ChoiceField,
    Field,
    IntegerField,
    ListedSizeField,
    ListField,
    MediaField,
    MediaListField,
    MessagesField,
    NumberField,
    ObjectField,
    SideSizeField,
    TextField,
    TypedMediaField,
)
from kaiga.domain.catalogue.model import Endpoint, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShown:
    """One member: its path, what it takes, and its default, empty where there is none."""

    path: str
    takes: str
    default: str
    is_required: bool


def describe_fields(model: Model, endpoint: Endpoint) -> Sequence[FieldShown]:
    """Give the members of an order at an endpoint, those of objects and of typed media included."""
    groups = {"input": model.input_at(endpoint), "parameters": model.parameters_at(endpoint)}
    return [
        shown
        for group, fields in groups.items()
        for name, field in fields.items()
        for shown in _describe(f"{group}.{name}", field)
    ]


def describe_range(low: float | None, high: float | None, unit: str = "") -> str:
    """Write bounds, both included, as `2 to 15 seconds`; empty where there are none."""
    unit = f" {unit}" if unit else ""
    match low, high:
        case None, None:
            return ""
        case None, _:
            return f"at most {_write(high)}{unit}"
        case _, None:
            return f"at least {_write(low)}{unit}"
        case _:
            return f"{_write(low)} to {_write(high)}{unit}"


def _write(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


def _describe(path: str, field: Field) -> Iterator[FieldShown]:
    yield FieldShown(
        path=path,
        takes=_tell(field),
        default=_tell_default(field),
        is_required=field.required,
    )
    match field:
        case ObjectField():
            for name, member in field.members.items():
                yield from _describe(f"{path}.{name}", member)
        case TypedMediaField():
            for name, each in field.types.items():
                yield FieldShown(
                    path=f"{path}.{name}",
                    takes=_join(
                        _tell_media(each.kind, each.limits),
                        _tell_items(each.min_items, each.max_items),
                        "with a voice" if each.voice_limits else "",
                    ),
                    default="",
                    is_required=each.min_items > 0,
                )
        case _:
            return


def _tell(field: Field) -> str:
    match field:
        case TextField() | IntegerField() | NumberField() | BooleanField() | ChoiceField():
            return _tell_scalar(field)
        case AreaSizeField() | SideSizeField() | ListedSizeField():
            return _tell_size(field)
        case MediaField() | MediaListField() | TypedMediaField() | MessagesField():
            return _tell_files(field)
        case ListField():
            items = _tell_items(field.min_items, field.max_items)
            return _join(f"list of: {_tell(field.item)}", items)
        case ObjectField():
            return "object"
        case BoxField():
            return "box [x1, y1, x2, y2] in pixels"
        case _:
            assert_never(field)


def _tell_scalar(
    field: TextField | IntegerField | NumberField | BooleanField | ChoiceField,
) -> str:
    match field:
        case TextField():
            counting = "; a Chinese one counts twice" if field.chinese_counts != 1 else ""
            length = f"cut at {field.max_length} characters{counting}" if field.max_length else ""
            return _join("text", length, f"as /{field.pattern}/" if field.pattern else "")
        case IntegerField():
            return _tell_integer(field)
        case NumberField():
            return _join("number", describe_range(field.minimum, field.maximum))
        case BooleanField():
            return "true or false"
        case ChoiceField():
            others = "others pass too" if field.open else ""
            return _join(", ".join(field.values), others)
        case _:
            assert_never(field)


def _tell_integer(field: IntegerField) -> str:
    if field.values:
        return _join("one of " + ", ".join(str(value) for value in (*field.values, *field.special)))
    special = f"or {', '.join(str(value) for value in field.special)}" if field.special else ""
    step = f"a multiple of {field.multiple_of}" if field.multiple_of != 1 else ""
    return _join("integer", describe_range(field.minimum, field.maximum), special, step)


def _tell_size(field: AreaSizeField | SideSizeField | ListedSizeField) -> str:
    match field:
        case ListedSizeField():
            return _join("one of " + ", ".join(field.values))
        case SideSizeField():
            return _join("W*H", f"each side {field.min_side} to {field.max_side}")
        case AreaSizeField():
            ratios = ""
            if field.min_ratio and field.max_ratio:
                low, high = (
                    ":".join(map(str, each)) for each in (field.min_ratio, field.max_ratio)
                )
                ratios = f"ratio {low} to {high}"
            tiers = f"or {', '.join(field.tiers)}" if field.tiers else ""
            return _join("W*H", f"{field.min_pixels} to {field.max_pixels} pixels", ratios, tiers)
        case _:
            assert_never(field)


def _tell_files(field: MediaField | MediaListField | TypedMediaField | MessagesField) -> str:
    match field:
        case MediaField():
            return _tell_media(field.kind, field.limits)
        case MediaListField():
            kinds = (_tell_media(kind, each.limits) for kind, each in field.kinds.items())
            cut = f"cut at {field.cut_at}" if field.cut_at else ""
            items = _tell_items(field.min_items, field.max_items)
            return _join(f"list of: {' or '.join(kinds)}", items, cut)
        case TypedMediaField():
            return "list of {type, url}, by type:"
        case MessagesField():
            return _join(
                "one message of one text",
                f"cut at {field.max_length} characters" if field.max_length else "",
                describe_range(field.min_images, field.max_images, "pictures"),
                f"limits {field.limits}" if field.limits else "",
            )
        case _:
            assert_never(field)


def _tell_media(kind: str, limits: str) -> str:
    return f"{kind} (limits {limits})" if limits else kind


def _tell_items(low: int, high: int | None) -> str:
    return describe_range(low or None, high, "items")


def _tell_default(field: Field) -> str:
    match field:
        case IntegerField(drawn=True):
            return "drawn"
        case (
            TextField() | IntegerField() | NumberField() | BooleanField() | ChoiceField()
            | AreaSizeField() | SideSizeField() | ListedSizeField()
        ):  # fmt: skip
            default = field.default
        case _:
            return ""
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default is None else f"{default:g}" if isinstance(default, float) else str(default)


def _join(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def list_limits(fields: Mapping[str, Field]) -> Iterator[str]:
    """Give the names of the rules on files that these members name."""
    for field in fields.values():
        match field:
            case MediaField() | MessagesField():
                yield field.limits
            case MediaListField():
                yield from (each.limits for each in field.kinds.values())
            case TypedMediaField():
                for each in field.types.values():
                    yield from (each.limits, each.voice_limits)
            case ListField():
                yield from list_limits({"": field.item})
            case ObjectField():
                yield from list_limits(field.members)
            case _:
                pass
