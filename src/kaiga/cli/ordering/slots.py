"""The places of a model's input that take files, and which of them a file is meant for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kaiga.domain.catalogue.fields import (
    Field,
    MediaField,
    MediaListField,
    MessagesField,
    ObjectField,
    TypedMediaField,
)

Form = Literal["one", "listed", "typed", "in_message"]
_LATER = {"first_frame": 1, "last_clip": 1, "last_frame": 2, "mask": 3, "mask_video": 3}
"""Roles that a plain `--image` or `--video` takes only where nothing else is left: first 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One place: `path` leads to its member, `room` is how many files it takes, None for any.

    `type_name` is the `type` of an item in a list of typed media.
    """

    path: tuple[str, ...]
    form: Form
    kind: str
    role: str
    limits: str
    room: int | None = 1
    is_required: bool = False
    type_name: str = ""

    def is_called(self, name: str) -> bool:
        """Tell whether the place goes by this name: its member, its type, or its role."""
        return name in {self.type_name, ".".join(self.path), self.path[-1], self.role}


def list_slots(fields: Mapping[str, Field]) -> Sequence[Slot]:
    """Give the places of an input; where a list of typed media takes the same, that one alone."""
    slots = [slot for name, field in fields.items() for slot in _slots_of((name,), field)]
    typed = {slot.role for slot in slots if slot.form == "typed"}
    return [slot for slot in slots if slot.form == "typed" or slot.role not in typed]


def find_slot(
    slots: Sequence[Slot], use: str, *, is_named: bool, is_clip: bool, taken: Sequence[Slot]
) -> Slot | None:
    """Choose the place of one file; `taken` are those of the files before it."""
    free = [slot for slot in slots if slot.room is None or taken.count(slot) < slot.room]
    if is_named:
        return next((slot for slot in free if slot.is_called(use)), None)
    match use:
        case "mask":
            wanted = [slot for slot in free if slot.role in {"mask", "mask_video"}]
            wanted.sort(key=lambda slot: (slot.kind == "video") != is_clip)
        case "first_frame" | "last_frame":
            wanted = [slot for slot in free if slot.role == use]
        case _:
            wanted = [slot for slot in free if slot.kind == use]
            wanted.sort(key=lambda slot: (_LATER.get(slot.role, 0), not slot.is_required))
    return next(iter(wanted), None)


def _slots_of(path: tuple[str, ...], field: Field) -> Iterator[Slot]:
    match field:
        case MediaField():
            yield Slot(
                path=path,
                form="one",
                kind=field.kind,
                role=field.role,
                limits=field.limits,
                is_required=field.required,
            )
        case MediaListField():
            for kind, listed in field.kinds.items():
                yield Slot(
                    path=path,
                    form="listed",
                    kind=kind,
                    role=listed.role,
                    limits=listed.limits,
                    room=listed.max_items or field.max_items,
                    is_required=field.required,
                )
        case TypedMediaField():
            for name, each in field.types.items():
                yield Slot(
                    path=path,
                    form="typed",
                    kind=each.kind,
                    role=each.role,
                    limits=each.limits,
                    room=each.max_items,
                    is_required=each.min_items > 0,
                    type_name=name,
                )
        case MessagesField():
            yield Slot(
                path=path,
                form="in_message",
                kind="image",
                role=field.role,
                limits=field.limits,
                room=field.max_images,
                is_required=field.min_images > 0,
            )
        case ObjectField():
            for name, member in field.members.items():
                yield from _slots_of((*path, name), member)
        case _:
            return
