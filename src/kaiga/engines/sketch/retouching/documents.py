"""Reads the text of a given document, as far as that needs no program of its own.

Plain text, Markdown, web pages and the zipped XML of office programs are read; others give nothing.
Files come from strangers: no more than a bounded part of any is unpacked, and nothing in it is run.
"""

import re
import zipfile
from html import unescape

from kaiga.engines.sketch.making import Refused
from kaiga.ports.engine import JobMedia

MOST_CHARACTERS = 4000
_MOST_BYTES = 2 * 1024 * 1024
_MOST_PARTS = 50
_PARTS = re.compile(
    r"word/document\.xml|ppt/slides/slide\d+\.xml|xl/sharedStrings\.xml|content\.xml"
)
"""The text of docx, pptx, xlsx and open documents."""
_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def read_document(media: JobMedia) -> str:
    """Give the beginning of a document's text; empty where none can be read.

    Raises:
        Refused: the file can't be opened.
    """
    try:
        with open(media.path, "rb") as file:  # noqa: PTH123  the path is a text in the job
            content = file.read(_MOST_BYTES)
    except OSError as error:
        raise Refused("InvalidParameter", f"The {media.role} can't be read.") from error
    if content.startswith(b"PK\x03\x04"):
        return _tidied(_read_zipped(media.path))
    text = _decode(content)
    return _tidied(_without_tags(text) if "<html" in text[:2000].lower() else text)


def _read_zipped(path: str) -> str:
    texts: list[str] = []
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if _PARTS.fullmatch(name)]
            for name in sorted(names, key=_in_order)[:_MOST_PARTS]:
                with archive.open(name) as part:
                    texts.append(_without_tags(part.read(_MOST_BYTES).decode("utf-8", "ignore")))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError):
        return ""
    return " ".join(texts)


def _in_order(name: str) -> tuple[int, str]:
    """Put slides in the order of their numbers."""
    number = re.search(r"\d+", name)
    return int(number[0]) if number else 0, name


def _without_tags(text: str) -> str:
    return unescape(_TAG.sub(" ", text))


def _decode(content: bytes) -> str:
    """Decode text; what holds zero bytes is none, unless it says that it is UTF-16."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "ignore")
    if b"\x00" in content[:4096] or content.startswith(b"%PDF"):
        return ""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "ignore")


def _tidied(text: str) -> str:
    return _SPACE.sub(" ", text).strip()[:MOST_CHARACTERS]
