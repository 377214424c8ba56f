"""Where the pictures, clips and sounds of a request go in a model's `input`."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from kaiga.domain.catalogue.fields import (
    Field,
    MediaField,
    MediaKind,
    MediaListField,
    MessagesField,
    TypedMediaField,
)
from kaiga.domain.catalogue.model import Model
from kaiga.domain.errors import ParameterRefused
from kaiga.http.openai.media import GivenMedium

MASK = "mask"
_NO_BOUND = 256
_KINDS: Mapping[MediaKind, str] = {
    "image": "a picture",
    "video": "a clip",
    "audio": "a sound",
    "document": "a document",
    "link": "an address",
}


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """One place, or several of the same name: a member of `input`, or a type within it."""

    member: str
    kind: MediaKind
    is_mask: bool = False
    room: int = 1
    type_name: str = ""
    is_list: bool = False
    is_required: bool = False


def place_media(
    model: Model, fields: Mapping[str, Field], media: Sequence[GivenMedium], called: str
) -> dict[str, object]:
    """Give the members of `input` for media: each goes to the first free place of its kind.

    `called` is the parameter that is at fault where one is missing.

    Raises:
        ParameterRefused: there are more than the model takes, or fewer.
    """
    places = list(_list_places(fields))
    placed: dict[str, list[object]] = {}
    taken: dict[tuple[str, str], int] = {}
    for medium in media:
        place = _find_place(places, taken, medium)
        if place is None:
            raise _refuse_more(model, places, medium)
        key = (place.member, place.type_name)
        taken[key] = taken.get(key, 0) + 1
        item = {"type": place.type_name, "url": medium.uri} if place.type_name else medium.uri
        placed.setdefault(place.member, []).append(item)
    missing = [place for place in places if place.is_required and place.member not in placed]
    if missing:
        raise ParameterRefused(called, f"The model {model.name} needs {_tell(missing)} as well.")
    lists = {place.member for place in places if place.is_list}
    return {member: items if member in lists else items[0] for member, items in placed.items()}


def make_messages(
    model: Model, field: MessagesField, prompt: str, media: Sequence[GivenMedium], called: str
) -> list[object]:
    """Give the one message that holds a prompt and its pictures.

    Raises:
        ParameterRefused: there are more pictures than the model takes, or fewer, or others.
    """
    most = _NO_BOUND if field.max_images is None else field.max_images
    stray = next((medium for medium in media if not _is_plain_picture(medium)), None)
    if stray is not None:
        raise ParameterRefused(
            stray.parameter, f"The model {model.name} takes no {stray.parameter}."
        )
    if not field.min_images <= len(media) <= most:
        wanted = f"{field.min_images} to {most} pictures" if most else "no picture"
        at_fault = media[0].parameter if media else called
        raise ParameterRefused(at_fault, f"The model {model.name} takes {wanted}.")
    content: list[object] = [{"image": medium.uri} for medium in media]
    return [{"role": "user", "content": [*content, {"text": prompt}]}]


def _is_plain_picture(medium: GivenMedium) -> bool:
    return medium.kind == "image" and medium.parameter != MASK


def _list_places(fields: Mapping[str, Field]) -> Iterator[_Place]:
    """Give all places, but for members beside a list that has the same role as a type."""
    roles_of_types = {
        each.role
        for field in fields.values()
        if isinstance(field, TypedMediaField)
        for each in field.types.values()
    }
    for name, field in fields.items():
        match field:
            case MediaField() if field.role not in roles_of_types:
                yield _Place(
                    member=name,
                    kind=field.kind,
                    is_mask=MASK in field.role,
                    is_required=field.required,
                )
            case MediaListField():
                most = field.max_items or _NO_BOUND
                for kind, listed in field.kinds.items():
                    yield _Place(
                        member=name,
                        kind=kind,
                        room=listed.max_items or most,
                        is_list=True,
                        is_required=field.required,
                    )
            case TypedMediaField():
                for type_name, each in field.types.items():
                    yield _Place(
                        member=name,
                        kind=each.kind,
                        room=each.max_items or _NO_BOUND,
                        type_name=type_name,
                        is_list=True,
                        is_required=field.required,
                    )
            case _:
                pass


def _find_place(
    places: Sequence[_Place], taken: Mapping[tuple[str, str], int], medium: GivenMedium
) -> _Place | None:
    return next(
        (
            place
            for place in places
            if place.kind == medium.kind
            and place.is_mask == (medium.parameter == MASK)
            and taken.get((place.member, place.type_name), 0) < place.room
        ),
        None,
    )


def _refuse_more(model: Model, places: Sequence[_Place], medium: GivenMedium) -> ParameterRefused:
    told = _tell(places) if places else "none"
    return ParameterRefused(
        medium.parameter,
        f"The model {model.name} takes no more for {medium.parameter}. Of pictures, clips and "
        f"sounds it takes {told}.",
    )


def _tell(places: Sequence[_Place]) -> str:
    return ", ".join(
        f"{_name_kind(place)} as {place.type_name or place.member}" for place in places
    )


def _name_kind(place: _Place) -> str:
    return "a mask" if place.is_mask else _KINDS[place.kind]
