"""The codes and texts for bad media inputs, by family of models.

Sources: contract/core.md, 5.4 to 5.6; contract/image-models.md, 12 and 13;
contract/video-models.md, 13 and 17. The contract has no text for some of them;
`docs/media-inputs.md` tells which were chosen.
"""

from collections.abc import Mapping
from enum import StrEnum, auto

import msgspec

from kaiga.domain.media_formats import MediaKind


class MediaProblem(StrEnum):
    """What is wrong, before it is told in any family's words."""

    URL_INVALID = auto()
    FORM_REFUSED = auto()
    """A good reference of a form that the field does not take, such as Base64."""
    BASE64_BROKEN = auto()
    ADDRESS_REFUSED = auto()
    NAME_UNKNOWN = auto()
    CONNECTION_REFUSED = auto()
    TIMED_OUT = auto()
    NOT_FOUND = auto()
    NOT_ALLOWED = auto()
    DOWNLOAD_FAILED = auto()
    """Anything else between the request and the last byte."""
    UNREADABLE = auto()
    FORMAT = auto()
    ALPHA = auto()
    BYTES = auto()
    SIDES = auto()
    RATIO = auto()
    DURATION = auto()
    FRAME_RATE = auto()
    CODEC = auto()
    PAGES = auto()
    UNLIKE = auto()
    """It does not match the input that it belongs to, as a mask its picture."""


class FaultStyle(StrEnum):
    """The families that differ in their codes and texts."""

    PICTURE = "picture"
    """Image models of the older protocol; the other families fall back on its texts."""
    MESSAGES = "messages"
    """Models that are called with messages: a content check fetches the input first."""
    VIDEO = "video"
    """Wan and HappyHorse video models."""
    PEOPLE = "people"
    """Animate, and the talking, singing and dancing people."""
    RESTYLE = "restyle"
    """video-style-transform."""
    TRY_ON = "try_on"
    """The try-on models."""
    TOOL = "tool"
    """The other picture tools for one purpose."""
    REPAINT = "repaint"
    """wanx-style-repaint-v1."""


class Wording(msgspec.Struct, frozen=True):
    """A code and a text without its full stop; `{url}` and `{host}` are the client's own."""

    code: str
    text: str


def find_wording(style: FaultStyle, problem: MediaProblem, kind: MediaKind) -> Wording:
    """Give a family's words for a problem with an input of `kind`; there are always some."""
    own, shared = _STYLES[style], _PICTURE
    places = (own.get((problem, kind)), own.get(problem), shared.get((problem, kind)))
    return next((words for words in places if words is not None), None) or shared[problem]


_Words = Mapping[MediaProblem | tuple[MediaProblem, MediaKind], Wording]
_P = MediaProblem
_VIDEO, _AUDIO, _DOCUMENT = MediaKind.VIDEO, MediaKind.AUDIO, MediaKind.DOCUMENT
_INVALID = "InvalidParameter"
_DOWNLOADS = (
    _P.ADDRESS_REFUSED,
    _P.NAME_UNKNOWN,
    _P.CONNECTION_REFUSED,
    _P.TIMED_OUT,
    _P.NOT_FOUND,
    _P.NOT_ALLOWED,
    _P.DOWNLOAD_FAILED,
)


def _for_all(problems: tuple[MediaProblem, ...], code: str, text: str) -> _Words:
    return dict.fromkeys(problems, Wording(code, text))


_PICTURE: _Words = {
    **_for_all(
        (_P.URL_INVALID, _P.FORM_REFUSED),
        _INVALID,
        "The provided URL does not appear to be valid. Ensure it is correctly formatted",
    ),
    **_for_all(
        (_P.NOT_FOUND, _P.NOT_ALLOWED, _P.DOWNLOAD_FAILED),
        "BadRequest.InputDownloadFailed",
        "Failed to download the input file: {url}",
    ),
    **_for_all(
        (_P.ADDRESS_REFUSED, _P.NAME_UNKNOWN),
        "InvalidURL",
        "Invalid URL provided in your request",
    ),
    _P.CONNECTION_REFUSED: Wording(
        "InvalidURL.ConnectionRefused",
        "Connection to {host} refused, please provide available URL",
    ),
    _P.TIMED_OUT: Wording(
        "InvalidURL.Timeout", "Download {url} timeout, please check network connection"
    ),
    **_for_all(
        (_P.UNREADABLE, _P.BASE64_BROKEN), _INVALID, "Invalid image format or corrupted file"
    ),
    (_P.UNREADABLE, _VIDEO): Wording(_INVALID, "read video error"),
    (_P.UNREADABLE, _AUDIO): Wording(_INVALID, "read audio error"),
    (_P.UNREADABLE, _DOCUMENT): Wording(_INVALID, "read file error"),
    **_for_all((_P.FORMAT, _P.CODEC), _INVALID, "Input files format not supported"),
    _P.ALPHA: Wording(_INVALID, "image format error"),
    **_for_all(
        (_P.BYTES, _P.SIDES, _P.RATIO),
        _INVALID,
        "the size of input image is too small or too large",
    ),
    (_P.BYTES, _VIDEO): Wording(_INVALID, "the size of input video is too small or too large"),
    (_P.BYTES, _AUDIO): Wording(_INVALID, "the size of input audio is too small or too large"),
    (_P.BYTES, _DOCUMENT): Wording(_INVALID, "the size of input file is too small or too large"),
    (_P.SIDES, _VIDEO): Wording(_INVALID, "The resolution is not valid"),
    (_P.RATIO, _VIDEO): Wording(_INVALID, "The resolution is not valid"),
    _P.DURATION: Wording(_INVALID, "The duration is not valid"),
    _P.FRAME_RATE: Wording(_INVALID, "The frame rate is not valid"),
    _P.PAGES: Wording(_INVALID, "The number of pages is not valid"),
    _P.UNLIKE: Wording(_INVALID, "The size is not match"),
}

_INSPECTION = "InvalidParameter.DataInspection"
_MESSAGES: _Words = {
    **_for_all(
        (_P.ADDRESS_REFUSED, _P.CONNECTION_REFUSED, _P.DOWNLOAD_FAILED),
        _INSPECTION,
        "Unable to download the media resource during the data inspection process",
    ),
    **_for_all(
        (_P.NAME_UNKNOWN, _P.NOT_FOUND),
        _INSPECTION,
        "Failed to find the requested media resource during the data inspection process",
    ),
    _P.NOT_ALLOWED: Wording(
        _INSPECTION,
        "Don't have authorization to access the media resource during the data inspection process",
    ),
    _P.TIMED_OUT: Wording(
        _INSPECTION, "Download the media resource timed out during the data inspection process"
    ),
    **_for_all(
        (_P.UNREADABLE, _P.BASE64_BROKEN),
        _INSPECTION,
        "Failed to decode the image during the data inspection",
    ),
    _P.FORMAT: Wording(
        _INSPECTION, "The media format is not supported or incorrect for the data inspection"
    ),
}

_VIDEO_MODELS: _Words = {
    **_for_all(
        (_P.NAME_UNKNOWN, _P.NOT_FOUND, _P.NOT_ALLOWED, _P.DOWNLOAD_FAILED),
        _INVALID,
        "Failed to download {url}",
    ),
    **_for_all((_P.SIDES, _P.RATIO), _INVALID, "The resolution is not valid"),
}

_PEOPLE: _Words = {
    **_for_all(_DOWNLOADS, "InvalidFile.DownloadFailed", "Failed to download {url}"),
    **_for_all(
        (_P.UNREADABLE, _P.BASE64_BROKEN),
        "InvalidFile.Openerror",
        "The input file can not be opened",
    ),
    **_for_all(
        (_P.FORMAT, _P.ALPHA, _P.CODEC), "InvalidFile.Format", "Input files format not supported"
    ),
    _P.BYTES: Wording("InvalidFile.Size", "The size of file is beyond limit"),
    _P.SIDES: Wording("InvalidFile.ImageSize", "The size of image is beyond limit"),
    (_P.SIDES, _VIDEO): Wording("InvalidFile.Resolution", "The resolution is beyond limit"),
    _P.RATIO: Wording("InvalidFile.AspectRatio", "The aspect ratio is beyond limit"),
    _P.DURATION: Wording("InvalidFile.Duration", "The duration is beyond limit"),
    (_P.DURATION, _AUDIO): Wording(
        "InvalidFile.AudioLengthError", "The length of audio is beyond limit"
    ),
    _P.FRAME_RATE: Wording("InvalidFile.FPS", "The frame rate is beyond limit"),
    _P.PAGES: Wording("InvalidFile.Value", "The number of pages is beyond limit"),
    _P.UNLIKE: Wording("InvalidFile.Value", "The input files do not match"),
}

_RESTYLE: _Words = {
    **_VIDEO_MODELS,
    **_for_all(_DOWNLOADS, "InvalidParameter.FileDownload", "download for input video error"),
}

_TRY_ON: _Words = {
    **_for_all(
        _DOWNLOADS,
        "InvalidURL",
        "The request URL is invalid, make sure the url is correct and is an image",
    ),
    **_for_all(
        (_P.FORMAT, _P.UNREADABLE, _P.BASE64_BROKEN),
        "InvalidURL",
        "The request URL is invalid, please check the request URL is available and the request "
        "image format is one of the following types: JPEG, JPG, PNG, BMP, and WEBP",
    ),
    **_for_all(
        (_P.BYTES, _P.SIDES, _P.RATIO), "InvalidInputLength", "The input image is beyond limit"
    ),
}

_TOOL: _Words = {
    **_for_all(_DOWNLOADS, "InvalidParameter.FileDownload", "oss download error"),
    **_for_all(
        (_P.FORMAT, _P.UNREADABLE, _P.BASE64_BROKEN),
        "InvalidParameter.ImageFormat",
        "read image error",
    ),
    _P.ALPHA: Wording("BadRequest.UnsupportedFileFormat", "Input file format is not supported"),
}

_REPAINT: _Words = {
    **_TOOL,
    **_for_all(
        (_P.SIDES, _P.RATIO),
        "InvalidImageResolution",
        "The input image resolution is too large or small",
    ),
    _P.FORMAT: Wording("InvalidImageFormat", "The input image is in invalid format"),
}

_STYLES: Mapping[FaultStyle, _Words] = {
    FaultStyle.PICTURE: _PICTURE,
    FaultStyle.MESSAGES: _MESSAGES,
    FaultStyle.VIDEO: _VIDEO_MODELS,
    FaultStyle.PEOPLE: _PEOPLE,
    FaultStyle.RESTYLE: _RESTYLE,
    FaultStyle.TRY_ON: _TRY_ON,
    FaultStyle.TOOL: _TOOL,
    FaultStyle.REPAINT: _REPAINT,
}
