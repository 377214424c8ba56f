"""What calls for pictures say, read from their members."""

from kaiga.domain.errors import ParameterRefused
from kaiga.http.openai.media import GivenMedium, read_media
from kaiga.http.openai.members import Members
from kaiga.http.openai.orders import Wish
from kaiga.http.openai.placing import MASK

_MOST_PARTIAL = 3
"""Source: OpenAI's reference, `partial_images`."""
_WHOLE_COMPRESSION = 100
_ONE_WAY = {
    "quality": ("auto", "standard"),
    "background": ("auto", "opaque"),
    "moderation": ("auto",),
    "style": ("vivid",),
    "input_fidelity": ("low",),
    "output_format": ("png",),
}
"""What OpenAI's models can be told in several ways, and the models here in one: clients that
write it out are let in."""
_NOTED_NOWHERE = ("user", "safety_identifier")


class ImageWish(Wish, frozen=True, kw_only=True):
    """Pictures, and how they are to be told; `partial_images` is how many unfinished ones."""

    as_url: bool
    is_stream: bool
    partial_images: int


def read_generation(members: Members) -> ImageWish:
    """Read a call for pictures from words.

    Raises:
        ParameterRefused: a member is not what is taken.
    """
    return _read(members, (), called="model")


def read_edit(members: Members) -> ImageWish:
    """Read a call for pictures from pictures, the first of them being the one to edit.

    Raises:
        ParameterRefused: a member is not what is taken, or there is no picture.
    """
    pictures = [
        medium
        for name in ("image", "images")
        for medium in read_media("image", members.take(name), "image")
    ]
    if not pictures:
        raise ParameterRefused(
            "image", "image must be given: the file in a form, or its address in JSON."
        )
    masks = read_media(MASK, members.take(MASK), "image")
    return _read(members, (*pictures, *masks), called="image")


def _read(members: Members, media: tuple[GivenMedium, ...], *, called: str) -> ImageWish:
    prompt = members.take_text("prompt")
    if not prompt and not media:
        raise ParameterRefused("prompt", "prompt must be given: the words for the picture.")
    is_stream = members.take_switch("stream")
    as_url = members.take_choice("response_format", ("b64_json", "url")) == "url"
    if is_stream and as_url:
        raise ParameterRefused("response_format", "response_format must be b64_json in a stream.")
    _take_fixed(members)
    return ImageWish(
        as_url=as_url,
        is_stream=is_stream,
        partial_images=_take_partial(members, is_stream=is_stream),
        model=members.take_text("model"),
        prompt=prompt,
        count=members.take_whole("n", 1),
        size=members.take_text("size"),
        media=media,
        further=members.take_rest(),
        called=called,
    )


def _take_fixed(members: Members) -> None:
    """Take what has no meaning here: it is refused where leaving it out would be a lie."""
    for name, allowed in _ONE_WAY.items():
        members.take_choice(name, allowed)
    if members.take_whole("output_compression") not in {None, _WHOLE_COMPRESSION}:
        raise ParameterRefused(
            "output_compression", "output_compression must be 100 here: pictures are PNG."
        )
    for name in _NOTED_NOWHERE:
        members.take(name)


def _take_partial(members: Members, *, is_stream: bool) -> int:
    count = members.take_whole("partial_images") or 0
    if count > _MOST_PARTIAL:
        raise ParameterRefused(
            "partial_images", f"partial_images must be 0 to {_MOST_PARTIAL}. Got {count}."
        )
    if count and not is_stream:
        raise ParameterRefused("partial_images", "partial_images needs stream to be true.")
    return count
