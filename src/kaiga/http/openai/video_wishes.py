"""What calls for clips say, read from their members."""

from kaiga.domain.errors import ParameterRefused
from kaiga.http.openai.media import GivenMedium, read_media
from kaiga.http.openai.members import Members
from kaiga.http.openai.orders import Wish

_REFERENCE = "input_reference"
_NOTED_NOWHERE = ("user", "safety_identifier")


def read_video(members: Members) -> Wish:
    """Read a call for a clip.

    Raises:
        ParameterRefused: a member is not what is taken.
    """
    media = (
        *read_media(_REFERENCE, members.take(_REFERENCE), "image"),
        *read_media("image_reference", members.take("image_reference"), "image"),
        *read_media("video_reference", members.take("video_reference"), "video"),
        *read_media("audio_reference", members.take("audio_reference"), "audio"),
    )
    prompt = members.take_text("prompt")
    if not prompt and not media:
        raise ParameterRefused("prompt", "prompt must be given: the words for the clip.")
    for name in _NOTED_NOWHERE:
        members.take(name)
    return Wish(
        model=members.take_text("model"),
        prompt=prompt,
        seconds=members.take_whole("seconds", 1),
        size=_take_size(members),
        media=_without_doubles(media),
        further=members.take_rest(),
        called=_REFERENCE,
    )


def _take_size(members: Members) -> str:
    """Take the size, which vLLM-Omni also lets be given as two numbers."""
    size = members.take_text("size")
    width, height = members.take_whole("width", 1), members.take_whole("height", 1)
    if size or (width is None and height is None):
        return size
    if width is None or height is None:
        raise ParameterRefused("size", "width and height are needed together, or size instead.")
    return f"{width}x{height}"


def _without_doubles(media: tuple[GivenMedium, ...]) -> tuple[GivenMedium, ...]:
    """Leave out what was given twice, under two names."""
    return tuple({(medium.kind, medium.uri): medium for medium in reversed(media)}.values())[::-1]
