"""Whatever was given, its own maker films it; documents are read as far as they can be."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from clip_samples import difference, give, make, save_picture, tone
from kaiga.engines.sketch.makers import MAKERS
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.retouching.anything import film_anything
from kaiga.engines.sketch.retouching.documents import MOST_CHARACTERS, read_document
from people_samples import BLUE, block, clip_of_block, filmed, heard_like, near, order, save_sound

SMALL: dict[str, object] = {
    "width_pixels": 128,
    "height_pixels": 80,
    "frames_per_second": 10.0,
    "duration_seconds": 0.5,
}


def content(prompt: str, *files: tuple[str, Path], maker: str = "any-to-video") -> bytes:
    return make(MAKERS[maker](order(maker, prompt, *files, **SMALL)))[0].files[0].content


def test_the_engine_makes_what_the_catalogue_calls_any_to_video() -> None:
    assert MAKERS["any-to-video"] is film_anything


def test_words_alone_are_filmed_as_text() -> None:
    assert content("a cat") == content("a cat", maker="text-to-video")


def test_frames_are_filmed_as_pictures(tmp_path: Path) -> None:
    first = ("first_frame", save_picture(tmp_path / "cat.png", "a cat", width=128, height=80))

    seen = filmed(film_anything, order("any-to-video", "", first, **SMALL), tmp_path)

    assert difference(seen.frames[0], np.asarray(Image.open(first[1]).convert("RGB"))) < 5


def test_references_appear_and_their_audio_is_heard(tmp_path: Path) -> None:
    files = (
        ("reference_image", block(tmp_path / "b.png")),
        ("reference_audio", save_sound(tmp_path / "a.wav", tone(0.3))),
    )

    job = order("any-to-video", "a beach", *files, sound=True, **SMALL)
    seen = filmed(film_anything, job, tmp_path)

    assert near(seen.frames[2], BLUE).mean() > 0.02
    assert heard_like(seen, np.concatenate([tone(0.3), np.zeros((8820, 2), np.int16)])) > 0.9


def test_a_clip_is_edited_as_the_prompt_says(tmp_path: Path) -> None:
    video = clip_of_block(tmp_path / "clip.mp4", width=128, height=80, seconds=0.5)

    job = order("any-to-video", "make it night", ("video", video), **SMALL)
    seen = filmed(film_anything, job, tmp_path)

    assert seen.frames[0].mean() < 100


def test_a_document_says_what_is_filmed(tmp_path: Path) -> None:
    story = tmp_path / "story.md"
    story.write_text("# A story\n\nOnce there was a cat.", encoding="utf-8")

    told = content("film this", ("document", story))

    assert told == content("film this\n# A story Once there was a cat.", maker="text-to-video")


def test_a_document_that_cannot_be_read_leaves_the_prompt(tmp_path: Path) -> None:
    unreadable = tmp_path / "paper.pdf"
    unreadable.write_bytes(b"%PDF-1.7 \x00\x01\x02")

    assert content("a dog", ("document", unreadable)) == content("a dog", maker="text-to-video")


@pytest.mark.parametrize(
    ("name", "raw", "text"),
    [
        ("a.txt", "两只猫".encode(), "两只猫"),
        ("b.txt", "两只猫".encode("gb18030"), "两只猫"),
        ("c.txt", "two cats".encode("utf-16"), "two cats"),
        ("d.html", b"<html><script>no()</script><p>two &amp; more</p></html>", "two & more"),
        ("e.bin", b"\x00\x01\x02\x03", ""),
    ],
)
def test_text_is_read_in_the_usual_encodings(
    tmp_path: Path, name: str, raw: bytes, text: str
) -> None:
    path = tmp_path / name
    path.write_bytes(raw)

    assert read_document(give("document", path)) == text


def test_office_documents_give_their_words_slide_by_slide(tmp_path: Path) -> None:
    path = tmp_path / "talk.pptx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in (10, 2, 1):
            archive.writestr(f"ppt/slides/slide{number}.xml", f"<p><t>slide {number}</t></p>")
        archive.writestr("ppt/media/image1.png", b"\x89PNG")

    assert read_document(give("document", path)) == "slide 1 slide 2 slide 10"


def test_no_more_than_a_part_of_a_huge_document_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"a " * 30_000_000)

    assert len(read_document(give("document", path))) == MOST_CHARACTERS


@given(st.binary(max_size=400))
def test_no_bytes_make_reading_fail(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.docx"
    path.write_bytes(raw)

    read_document(give("document", path))


def test_a_document_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="document"):
        read_document(give("document", tmp_path / "gone.txt"))
