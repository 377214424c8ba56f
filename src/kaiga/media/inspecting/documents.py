"""Tells documents apart: by what is inside their containers, and by name where that is alike."""

import codecs
import mmap
import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.domain.media_formats import OLE_SIGNATURE, ZIP_SIGNATURE
from kaiga.domain.media_limits import InspectedMedia

_MOST_DIRECTORY_BYTES = 4 * 1024 * 1024
"""Of a zip file's list of contents; a document's has some kilobytes."""
_MOST_PROPERTY_BYTES = 256 * 1024
_TEXT_PROBE_BYTES = 1024 * 1024
_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22
_ZIP_LONGEST_COMMENT = 65535
_ZIP64_LOCATOR = b"PK\x06\x07"
_ZIP64_LOCATOR_BYTES = 20
"""Before the end of files above 4 GiB; what it points at would count in place of that end."""

_INSIDE_ZIP = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
}
_APPLE = ("key", "numbers", "pages")
_INSIDE_OLE = {
    "WordDocument": "doc",
    "PowerPoint Document": "ppt",
    "Workbook": "xls",
    "Book": "xls",
}
_PAGES_TOLD = re.compile(rb"<(?:Pages|Slides)>([0-9]{1,6})</(?:Pages|Slides)>")


def inspect_document(
    path: Path, head: bytes, size_bytes: int, name: str
) -> InspectedMedia | MediaTrouble:
    """Tell which kind of document a file is; `name` is what the client called it.

    Its pages are counted where the file tells them: PDF, Word and PowerPoint.
    """
    extension = _extension_of(name)
    if head.startswith(ZIP_SIGNATURE):
        return _inspect_zip(path, size_bytes, extension)
    if head.startswith(OLE_SIGNATURE):
        found = _find_ole(path)
        return _unknown() if found is None else _document(found, size_bytes)
    if head.startswith(b"%PDF-"):
        return _document("pdf", size_bytes, _count_pdf_pages(path))
    return _inspect_text(path, size_bytes, extension)


def _extension_of(name: str) -> str:
    try:
        return PurePosixPath(unquote(urlsplit(name).path)).suffix[1:].lower()
    except ValueError:
        return ""


def _document(name: str, size_bytes: int, pages: int = 0) -> InspectedMedia:
    return InspectedMedia(format=name, size_bytes=size_bytes, pages=pages)


def _unknown(detail: str = "its content is of no kind that is known") -> MediaTrouble:
    return MediaTrouble(problem=MediaProblem.FORMAT, detail=detail)


def _inspect_zip(path: Path, size_bytes: int, extension: str) -> InspectedMedia | MediaTrouble:
    if not _has_small_directory(path, size_bytes):
        return _unknown()
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            found = next((kind for part, kind in _INSIDE_ZIP.items() if part in names), None)
            if found is not None:
                return _document(found, size_bytes, _read_told_pages(archive))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, zlib.error):
        return _unknown("its content begins like a zip file, and can't be read as one")
    if "Index.zip" in names or any(part.startswith("Index/") for part in names):
        return _document(_tell_apple(names, extension), size_bytes)
    return _unknown("its content is a zip file that is no document")


def _has_small_directory(path: Path, size_bytes: int) -> bool:
    """Look at the zip's end first: a list of millions of entries would fill the memory."""
    with path.open("rb") as file:
        file.seek(max(0, size_bytes - _ZIP_END_BYTES - _ZIP_LONGEST_COMMENT))
        tail = file.read()
    place = tail.rfind(_ZIP_END)
    end = tail[place : place + _ZIP_END_BYTES]
    has_second_end = tail[max(0, place - _ZIP64_LOCATOR_BYTES) : place].startswith(_ZIP64_LOCATOR)
    if place < 0 or len(end) < _ZIP_END_BYTES or has_second_end:
        return False
    return int.from_bytes(end[12:16], "little") <= _MOST_DIRECTORY_BYTES


def _read_told_pages(archive: zipfile.ZipFile) -> int:
    try:
        with archive.open("docProps/app.xml") as file:
            told = _PAGES_TOLD.search(file.read(_MOST_PROPERTY_BYTES))
    except (KeyError, RuntimeError):  # there is none, or it is encrypted
        return 0
    return int(told[1]) if told else 0


def _tell_apple(names: set[str], extension: str) -> str:
    if extension in _APPLE:
        return extension
    if any(part.startswith("Index/Slide") for part in names):
        return "key"
    return "numbers" if "Index/CalculationEngine.iwa" in names else "pages"


def _find_ole(path: Path) -> str | None:
    """Look for the names of the streams that hold the text, as the directory writes them."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for stream, kind in _INSIDE_OLE.items():
            if content.find(f"{stream}\0".encode("utf-16-le")) >= 0:
                return kind
    return None


_PDF_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_PDF_OBJECTS = re.compile(rb"/Type\s*/ObjStm\b.{0,512}?stream\r?\n", re.DOTALL)
_MOST_UNPACKED_BYTES = 32 * 1024 * 1024
"""Of a PDF's object streams in all; what is past it is not counted."""
_MOST_PACKED_BYTES = 4 * 1024 * 1024


def _count_pdf_pages(path: Path) -> int:
    """Count the page objects, also those inside compressed object streams (ISO 32000, 7.5.7)."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        pages = sum(1 for _ in _PDF_PAGE.finditer(content))
        left = _MOST_UNPACKED_BYTES
        for found in _PDF_OBJECTS.finditer(content):
            objects = _unpack(content[found.end() : found.end() + _MOST_PACKED_BYTES], left)
            pages += len(_PDF_PAGE.findall(objects))
            left -= len(objects)
            if left <= 0:
                break
    return pages


def _unpack(packed: bytes, most_bytes: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, most_bytes)
    except zlib.error:
        return b""


_HTML = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)
_PLAYLISTS = (b"#EXTM3U", b"ffconcat")


def _inspect_text(path: Path, size_bytes: int, extension: str) -> InspectedMedia | MediaTrouble:
    with path.open("rb") as file:
        content = file.read(_TEXT_PROBE_BYTES)
    if _HTML.match(content):
        return _unknown("its content is an HTML page")
    if content.startswith(_PLAYLISTS):
        return _unknown("its content is a playlist, which is not followed")
    if not content or not _is_text(content):
        return _unknown()
    return _document("md" if extension in {"md", "markdown"} else "txt", size_bytes)


def _is_text(content: bytes) -> bool:
    """Tell whether bytes are text in UTF-8, in UTF-16 with its mark, or in Chinese GB 18030."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decodes(content, "utf-16")
    return b"\0" not in content and (_decodes(content, "utf-8") or _decodes(content, "gb18030"))


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(content)
    except UnicodeDecodeError:
        return False
    return True
