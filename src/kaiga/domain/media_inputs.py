"""What a string in a request refers to: a URL, an uploaded object, Base64 in place, or nothing.

The forms are the contract's (contract/core.md, 8.3 and 11; contract/clients.md, 8). Nothing is
fetched or decoded here but the first bytes of Base64, so that the length of a text costs nothing.
"""

import binascii
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlsplit

import msgspec

from kaiga.domain.ids import ObjectKey
from kaiga.domain.links import find_result_address
from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.domain.media_formats import SIGNATURE_BYTES, MediaKind, has_signature_of

LONGEST_URL = 8192
"""In characters. Signed links have hundreds; servers refuse much more than this."""

BROKEN_BASE64 = MediaTrouble(
    problem=MediaProblem.BASE64_BROKEN,
    detail="its Base64 is empty, is cut, or holds other characters",
)
"""What is wrong with Base64 that can't be decoded."""

_LONGEST_DATA_HEADER = 256
_SHORTEST_BARE_BASE64 = 40
"""No picture, clip or sound is smaller than its 30 bytes."""
_PROBE_CHARACTERS = SIGNATURE_BYTES * 4 // 3
_PIECE_CHARACTERS = 512 * 1024
_ENDING = "= \t\r\n"
_IGNORED = b" \t\r\n"
_STANDARD_LETTERS = bytes.maketrans(b"-_", b"+/")


class RemoteUrl(msgspec.Struct, frozen=True, kw_only=True):
    """A URL of the form that can be fetched; what it leads to is for the fetcher to judge.

    `url` is percent-encoded. `has_raw_characters` tells that it had to be: the contract forbids
    raw Chinese characters, and some clients send them.
    """

    url: str
    has_raw_characters: bool = False


class UploadedObject(msgspec.Struct, frozen=True, kw_only=True):
    """An object of the temporary upload, by its key as it was given: never URL-encoded."""

    key: str


class InlineMedia(msgspec.Struct, frozen=True, kw_only=True):
    """Base64 that begins at `start` of `text`; the text itself is never copied.

    `media_type` is what a data URI claims to be, and None for Base64 without a prefix.
    """

    text: str
    start: int
    media_type: str | None = None

    @property
    def most_bytes(self) -> int:
        """How many bytes it can decode to at most."""
        return (len(self.text) - self.start) * 3 // 4


class Junk(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing that can be fetched, found or decoded."""

    trouble: MediaTrouble


class OwnLink(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a link as this service signs them, for the use case that opens links.

    The real service's links have the same form, so only the signature tells whose it is.
    """

    path: str
    expires: str
    key_id: str
    signature: str


MediaReference = RemoteUrl | UploadedObject | InlineMedia | Junk


def read_media_reference(text: str, kind: MediaKind) -> MediaReference:
    """Tell which of the forms a value has; any text is answered.

    Bare Base64 is told by its beginning alone, which must be that of a file of `kind`; what
    comes after it is judged when it is decoded.
    """
    text = text.strip()
    scheme = text[:8].lower()
    if scheme.startswith(("http:", "https:")):
        return _read_url(text)
    if scheme.startswith("oss://"):
        return _read_key(text[6:])
    if scheme.startswith("data:"):
        return _read_data_uri(text)
    if scheme.startswith("file:"):
        return _junk(
            "a file:// address is a file of the client's own machine, and must be uploaded"
        )
    if _is_bare_base64(text, kind):
        return InlineMedia(text=text, start=0)
    return _junk("it is no http://, https:// or oss:// address, no data: URI and no Base64")


def decode_inline(inline: InlineMedia) -> bytes | MediaTrouble:
    """Decode Base64 as a whole; see `decode_pieces` for what is taken and what it costs."""
    try:
        content = b"".join(decode_pieces(inline))
    except ValueError:
        return BROKEN_BASE64
    return content or BROKEN_BASE64


def decode_pieces(inline: InlineMedia) -> Iterator[bytes]:
    """Decode Base64 piece by piece; line breaks, lost padding and the URL-safe letters are taken.

    All of it takes some 10 ms a megabyte, so it belongs into a thread; no single piece holds the
    interpreter for longer than a few milliseconds.

    Raises:
        ValueError: it holds other characters, or is cut; pieces before that were given.
    """
    text = inline.text.rstrip(_ENDING)
    letters = b""
    for place in range(inline.start, len(text), _PIECE_CHARACTERS):
        written = text[place : place + _PIECE_CHARACTERS].encode("ascii")
        letters += written.translate(_STANDARD_LETTERS, _IGNORED)
        whole = len(letters) // 4 * 4
        yield binascii.a2b_base64(letters[:whole], strict_mode=True)
        letters = letters[whole:]
    yield binascii.a2b_base64(letters + b"=" * (-len(letters) % 4), strict_mode=True)


def placeholder_of(key: ObjectKey) -> str:
    """Write what stands in a recorded request where a medium was that is an object now."""
    return f"kaiga-object:{key}"


def find_own_link(url: str) -> OwnLink | None:
    """Read the parts of a result link, whatever its host; None for any other URL."""
    try:
        parts = urlsplit(url)
        members = dict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=3))
    except ValueError:
        return None
    if set(members) != {"Expires", "OSSAccessKeyId", "Signature"}:
        return None
    if find_result_address(parts.path) is None:
        return None
    return OwnLink(
        path=parts.path,
        expires=members["Expires"],
        key_id=members["OSSAccessKeyId"],
        signature=members["Signature"],
    )


_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9a-f:.]+\]|[^\W_](?:[\w.-]*[\w.])?)"
    r"(?::(?P<port>[0-9]{0,5}))?"
    r"(?P<rest>(?:[/?#].*)?)",
    re.IGNORECASE | re.DOTALL,
)
"""A host begins with a letter or digit of any script; users and passwords have no place here."""
_NEVER_IN_URLS = re.compile(r"[\s\\\x00-\x20\x7f]")
_KEPT_IN_URLS = "%/?#[]:@!$&'()*+,;=-._~|"
_HIGHEST_PORT = 65535


def _read_url(text: str) -> MediaReference:
    if len(text) > LONGEST_URL:
        return _junk(f"it has more than {LONGEST_URL} characters, the most allowed")
    if _NEVER_IN_URLS.search(text):
        return _junk("it holds white space, control characters or backslashes")
    written = _URL.fullmatch(text)
    if written is None:
        return _junk("its host is missing or malformed, or a user is named before it")
    port = written["port"]
    if port and not 0 < int(port) <= _HIGHEST_PORT:
        return _junk(f"port {port} does not exist")
    try:
        rest = quote(written["rest"], safe=_KEPT_IN_URLS)
    except UnicodeEncodeError:
        return _junk("it holds half a character")
    host = f"{written['host']}:{port}" if port else written["host"]
    url = f"{written['scheme'].lower()}://{host}{rest}"
    return RemoteUrl(url=url, has_raw_characters=not text.isascii())


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _read_key(key: str) -> MediaReference:
    if not key or len(key) > LONGEST_URL or _CONTROL.search(key):
        return _junk("its key is missing, too long, or holds control characters")
    return UploadedObject(key=key)


_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*", re.ASCII)


def _read_data_uri(text: str) -> MediaReference:
    end = text.find(",", 0, _LONGEST_DATA_HEADER)
    media_type, *attributes = text[5 : max(end, 5)].lower().split(";")
    if end < 0 or attributes[-1:] != ["base64"]:
        return _junk("a data URI must be written data:{MIME type};base64,{Base64}")
    if media_type and not _MEDIA_TYPE.fullmatch(media_type):
        return _junk("the data URI names no MIME type such as image/png")
    return InlineMedia(text=text, start=end + 1, media_type=media_type or None)


def _is_bare_base64(text: str, kind: MediaKind) -> bool:
    if len(text) < _SHORTEST_BARE_BASE64:
        return False
    letters = "".join(text[:_PROBE_CHARACTERS].split()).rstrip("=")
    probe = InlineMedia(text=letters[: len(letters) // 4 * 4], start=0)
    try:
        return has_signature_of(kind, b"".join(decode_pieces(probe)))
    except ValueError:
        return False


def _junk(detail: str) -> Junk:
    return Junk(trouble=MediaTrouble(problem=MediaProblem.URL_INVALID, detail=detail))
