"""What can be wrong with one media input, and how each family of models says so.

A trouble is what was found; a fault is what the client is told: the contract's code and text,
then the field and the reason. The texts are in `domain/media_wordings.py`.
"""

from urllib.parse import urlsplit

import msgspec

from kaiga.domain.media_formats import MediaKind
from kaiga.domain.media_wordings import FaultStyle, MediaProblem, find_wording

__all__ = [
    "FaultStyle",
    "MediaFault",
    "MediaProblem",
    "MediaTrouble",
    "make_media_fault",
]

_LONGEST_SHOWN_URL = 500


class MediaTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """What was found wrong with one input, before it is known which field it is.

    `detail` is public: a clause without a full stop that says what was found and what is allowed.
    It names no address but those that the client gave.
    """

    problem: MediaProblem
    detail: str


class MediaFault(msgspec.Struct, frozen=True, kw_only=True):
    """What the client is told: the contract's code and message."""

    code: str
    message: str


def make_media_fault(
    trouble: MediaTrouble, *, kind: MediaKind, where: str, style: FaultStyle, url: str = ""
) -> MediaFault:
    """Say what is wrong with the input in field `where`, as models of this family do.

    `where` is the path of the field, such as `input.media[1].url`. `url` is the reference as the
    client gave it, for the texts that repeat it; a long one is shortened.
    """
    wording = find_wording(style, trouble.problem, kind)
    shown = url if len(url) <= _LONGEST_SHOWN_URL else f"{url[:_LONGEST_SHOWN_URL]}..."
    text = wording.text.format(url=shown, host=_host_of(url))
    return MediaFault(code=wording.code, message=f"{text}. {where}: {trouble.detail}.")


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or "the host"
    except ValueError:
        return "the host"
