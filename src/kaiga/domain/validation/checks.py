"""From a field of the catalogue to the check that an order's member has to pass."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import assert_never, cast

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
from kaiga.domain.validation import media, scalars
from kaiga.domain.validation.faults import Fault, field_required, wrong_type
from kaiga.domain.validation.found import Found
from kaiga.domain.validation.sizes import make_size_check

Check = Callable[[object, Found], object]
"""Gives the checked value of a member, None meaning that it is absent; raises `Fault`."""

_MOST_ITEMS = 4096


def make_check(path: str, field: Field) -> Check:  # noqa: C901, PLR0911, PLR0912  one case for each shape
    """Give the check of a field at `path`."""
    match field:
        case TextField():
            return lambda value, _: scalars.check_text(path, field, value)
        case IntegerField():
            return lambda value, _: scalars.check_integer(path, field, value)
        case NumberField():
            return lambda value, _: scalars.check_number(path, field, value)
        case BooleanField():
            return lambda value, _: scalars.check_switch(path, field, value)
        case ChoiceField():
            choose = scalars.make_choice_check(path, field)
            return lambda value, _: choose(value)
        case ListField():
            return _make_list_check(path, field)
        case ObjectField():
            return _make_object_check(path, field)
        case BoxField():
            return lambda value, _: scalars.check_box(path, field, value)
        case AreaSizeField() | SideSizeField() | ListedSizeField():
            measure = make_size_check(path, field)
            return lambda value, _: measure(value)
        case MediaField():
            return lambda value, found: media.check_media(path, field, value, found)
        case MediaListField():
            return lambda value, found: media.check_media_list(path, field, value, found)
        case TypedMediaField():
            return lambda value, found: media.check_typed_media(path, field, value, found)
        case MessagesField():
            return lambda value, found: media.check_messages(path, field, value, found)
        case _:
            assert_never(field)


def _make_list_check(path: str, field: ListField) -> Check:
    def check(value: object, found: Found) -> object:
        if value is None:
            if field.required:
                raise field_required(path)
            return None
        if not isinstance(value, list):
            raise wrong_type(path, "list")
        items = cast("list[object]", value)[: field.cut_at]
        _check_length(path, field, len(items))
        found.counts[path] = len(items)
        checked = [
            make_check(f"{path}[{place}]", field.item)(item, found)
            for place, item in enumerate(items)
        ]
        _check_repeats(path, field, checked)
        if field.percent_member:
            _check_percentages(path, field.percent_member, checked)
        return checked

    return check


def _check_length(path: str, field: ListField, count: int) -> None:
    least = field.min_items
    most = _MOST_ITEMS if field.max_items is None else field.max_items
    if not least <= count <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}"
        raise Fault(
            field.fault.format(count=count, minimum=least, maximum=most)
            or f"{path} must contain {wanted} items. Got {count}."
        )


def _check_repeats(path: str, field: ListField, items: Sequence[object]) -> None:
    for value, most in field.max_each.items():
        count = items.count(value)
        if count > most:
            raise Fault(f"{path} must contain at most {most} '{value}'. Got {count}.")


def _check_percentages(path: str, member: str, items: Sequence[object]) -> None:
    """See that all shares make up the whole; the pattern of the member lets only numbers pass."""
    shares = [cast("Mapping[str, str]", item).get(member, "") for item in items]
    try:
        total = sum(Decimal(share.removesuffix("%")) for share in shares)
    except ArithmeticError:
        raise Fault(f"Input should be a percentage such as '25.00%': {path}") from None
    if total != _WHOLE_PERCENT:
        raise Fault(f"The sum of {member} must be 100.00%. Got {total}%: {path}")


_WHOLE_PERCENT = 100


def _make_object_check(path: str, field: ObjectField) -> Check:
    checks: Mapping[str, Check] = {
        name: make_check(f"{path}.{name}", member) for name, member in field.members.items()
    }

    def check(value: object, found: Found) -> object:
        if value is None:
            if field.required:
                raise field_required(path)
            return None
        if not isinstance(value, dict):
            raise wrong_type(path, "dictionary")
        given = cast("dict[str, object]", value)
        checked = {name: each(given.get(name), found) for name, each in checks.items()}
        return {name: member for name, member in checked.items() if member is not None}

    return check
