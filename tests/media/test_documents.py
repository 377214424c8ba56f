"""Documents are told by what is inside them, and by name only where that is alike."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.domain.media_rules import InspectedMedia
from kaiga.media.inspecting.documents import inspect_document
from media.looking import measure, refuse


def zip_of(parts: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def write(folder: Path, content: bytes) -> Path:
    path = folder / "input"
    path.write_bytes(content)
    return path


WORD = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"}
SHEET = {"xl/workbook.xml": "<workbook/>"}
SLIDES = {"ppt/presentation.xml": "<p:presentation/>"}
APPLE = {"Index/Document.iwa": "", "Metadata/Properties.plist": ""}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def ole_of(stream: str) -> bytes:
    return OLE + f"Root Entry\0{stream}\0".encode("utf-16-le") + bytes(100)


@pytest.mark.parametrize(
    ("content", "name", "format_"),
    [
        (zip_of(WORD), "", "docx"),
        (zip_of(WORD), "https://example.com/plan.xlsx", "docx"),
        (zip_of(SHEET), "", "xlsx"),
        (zip_of(SLIDES), "", "pptx"),
        (zip_of(APPLE), "https://example.com/a/plan.numbers?x=1.key", "numbers"),
        (zip_of(APPLE), "plan.KEY", "key"),
        (zip_of(APPLE), "", "pages"),
        (zip_of({**APPLE, "Index/Slide-1.iwa": ""}), "", "key"),
        (zip_of({**APPLE, "Index/CalculationEngine.iwa": ""}), "", "numbers"),
        (ole_of("WordDocument"), "a.xls", "doc"),
        (ole_of("Workbook"), "", "xls"),
        (ole_of("PowerPoint Document"), "", "ppt"),
        (b"%PDF-1.7\n", "a.txt", "pdf"),
        ("Grüße, 你好".encode(), "", "txt"),
        ("Grüße, 你好".encode(), "oss://folder/notes.md", "md"),
        ("你好，世界".encode("gb18030"), "a.txt", "txt"),
        ("你好".encode("utf-16"), "a.txt", "txt"),
    ],
)
async def test_a_document_is_told_by_what_is_inside(
    tmp_path: Path, content: bytes, name: str, format_: str
):
    found = await measure(write(tmp_path, content), name)

    assert found.format == format_
    assert found.size_bytes == len(content)


@pytest.mark.parametrize("length", [1_048_574, 1_048_575, 1_048_576, 1_048_577])
async def test_a_long_text_is_text_wherever_its_beginning_is_cut(tmp_path: Path, length: int):
    found = await measure(write(tmp_path, b"x" * (length - 3) + "你".encode() * 20))

    assert found.format == "txt"


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "its content is of no kind that is known"),
        (b"\0\x01\x02\x03" * 50, "its content is of no kind that is known"),
        (b"\xff\xff\xfe\xfe\x80\x80", "its content is of no kind that is known"),
        (b"\n <!DOCTYPE html><title>404</title>", "its content is an HTML page"),
        (b"<HTML>", "its content is an HTML page"),
        (b"#EXTM3U\n", "its content is a playlist, which is not followed"),
        (OLE, "its content is of no kind that is known"),
        (zip_of({"a.txt": "x"}), "its content is a zip file that is no document"),
        (zip_of(WORD)[:-30], "its content is of no kind that is known"),
        (b"PK\x03\x04", "its content is of no kind that is known"),
    ],
)
async def test_what_is_no_document_is_told_as_what_it_is(
    tmp_path: Path, content: bytes, detail: str
):
    trouble = await refuse(write(tmp_path, content), "plan.docx")

    assert trouble == MediaTrouble(problem=MediaProblem.FORMAT, detail=detail)


NOT_OPENED = MediaTrouble(
    problem=MediaProblem.FORMAT, detail="its content is of no kind that is known"
)
"""What is said of a zip file that was opened and is broken is something else."""


async def test_a_zip_with_an_endless_list_of_contents_is_not_opened(tmp_path: Path):
    entry = zip_of(WORD)
    end = entry.rindex(b"PK\x05\x06")
    listed = entry[:end] + bytes(5_000_000)
    lying = entry[end : end + 12] + struct.pack("<II", 5_000_200, 0) + b"\0\0"

    assert await refuse(write(tmp_path, listed + lying)) == NOT_OPENED


async def test_a_zip_with_a_second_end_is_not_opened(tmp_path: Path):
    entry = zip_of(WORD)
    end = entry.rindex(b"PK\x05\x06")
    content = entry[:end] + b"PK\x06\x07" + bytes(16) + entry[end:]

    assert await refuse(write(tmp_path, content)) == NOT_OPENED


async def test_a_property_that_unpacks_without_end_is_read_in_part(tmp_path: Path):
    properties = "<Pages>7</Pages>" + "x" * 50_000_000
    content = zip_of({**WORD, "docProps/app.xml": properties})

    assert (await measure(write(tmp_path, content))).pages == 7


PAGE = b"<< /Type /Page /Parent 1 0 R >>\n"
PLAIN = b"%PDF-1.4\n<< /Type /Pages /Count 3 >>\n" + PAGE * 2 + b"<</Type/Page>>\n"
PACKED = zlib.compress(PAGE * 5)
OBJECTS = b"<< /Type /ObjStm /DecodeParms << /Predictor 1 >> /N 5 >>\nstream\r\n" + PACKED


@pytest.mark.parametrize(
    ("content", "pages"),
    [
        (PLAIN, 3),
        (b"%PDF-1.7\n" + OBJECTS + b"\nendstream\n", 5),
        (PLAIN + OBJECTS + b"\nendstream\n" + OBJECTS, 13),
        (b"%PDF-1.7\n/Type /ObjStm stream\nno zlib at all", 0),
        (zip_of({**WORD, "docProps/app.xml": "<Properties><Pages>12</Pages></Properties>"}), 12),
        (zip_of({**SLIDES, "docProps/app.xml": "<Slides>9</Slides>"}), 9),
        (zip_of(WORD), 0),
    ],
)
async def test_pages_are_counted_where_the_file_tells_them(
    tmp_path: Path, content: bytes, pages: int
):
    assert (await measure(write(tmp_path, content))).pages == pages


BEGINNINGS = [b"", b"PK\x03\x04", OLE[:8], b"%PDF-1.5\n", zip_of(WORD)[:60], b"\xff\xfe"]


@given(
    beginning=st.sampled_from(BEGINNINGS),
    rest=st.binary(max_size=300),
    ending=st.sampled_from([b"", zip_of(WORD)[-22:], zip_of(WORD)]),
    name=st.text(max_size=20),
)
def test_any_bytes_are_some_document_or_none(
    tmp_path_factory: pytest.TempPathFactory,
    beginning: bytes,
    rest: bytes,
    ending: bytes,
    name: str,
):
    path = tmp_path_factory.getbasetemp() / "document"
    content = beginning + rest + ending
    path.write_bytes(content)

    found = inspect_document(path, content[:512], len(content), name)

    assert isinstance(found, InspectedMedia | MediaTrouble)
