"""Labels in pictures: read by others, true, and never at the cost of a pixel."""

import contextlib
import io
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from kaiga.domain.errors import MarkingFailed
from kaiga.domain.provenance import DigitalSource, Origin
from kaiga.provenance import FileLabel
from provenance.certificates import PRODUCER
from provenance.reading import (
    AIGC,
    CREATOR,
    DESCRIPTION,
    SOURCE,
    SYSTEM,
    TERMS,
    TOOL,
    read_label,
    read_packet,
    read_properties,
    see_pixels,
)

OF_AI = Origin(
    engine="diffusers",
    model="wan2.2-t2i-flash",
    source=DigitalSource.TRAINED,
    made_digest="0123456789abcdef" * 4,
)
OF_RULES = msgspec.structs.replace(OF_AI, engine="sketch", source=DigitalSource.ALGORITHMIC)
LABEL = FileLabel(producer=PRODUCER)
FOREIGN = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
    b"<xmp:CreatorTool>An engine</xmp:CreatorTool></rdf:Description></rdf:RDF></x:xmpmeta>"
)
KINDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "png": ("image/png", "PNG", {}),
    "jpeg": ("image/jpeg", "JPEG", {}),
    "webp": ("image/webp", "WEBP", {}),
    "lossless webp": ("image/webp", "WEBP", {"lossless": True}),
    "webp with alpha": ("image/webp", "WEBP", {"lossless": True, "mode": "RGBA"}),
    "png with alpha": ("image/png", "PNG", {"mode": "RGBA"}),
}


def make_file(kind: str, **further: Any) -> bytes:
    _, form, options = KINDS[kind]
    kept = {name: value for name, value in options.items() if name != "mode"}
    picture = Image.effect_noise((70, 41), 90).convert(options.get("mode", "RGB"))
    file = io.BytesIO()
    picture.save(file, form, **kept, **further)
    return file.getvalue()


BROKEN = {kind: make_file(kind) for kind in KINDS}


def label(kind: str, content: bytes, origin: Origin = OF_AI) -> bytes:
    return LABEL.mark(content, KINDS[kind][0], origin)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_says_how_it_came_about_and_keeps_its_pixels(kind: str):
    content = make_file(kind)

    labelled = label(kind, content)

    assert see_pixels(labelled) == see_pixels(content)
    said = read_properties(read_packet(labelled))
    assert said[SOURCE] == f"{TERMS}trainedAlgorithmicMedia"
    assert said[SYSTEM] == "wan2.2-t2i-flash"
    assert said[TOOL].startswith("Kaiga ")
    assert said[CREATOR] == PRODUCER


@pytest.mark.parametrize("kind", KINDS)
def test_the_label_of_the_chinese_measures_has_its_seven_members(kind: str):
    members = read_label(read_packet(label(kind, make_file(kind))))

    assert list(members) == [
        *("Label", "ContentProducer", "ProduceID", "ReservedCode1"),
        *("ContentPropagator", "PropagateID", "ReservedCode2"),
    ]
    assert members["Label"] == "1"
    assert members["ContentProducer"] == PRODUCER
    assert members["ProduceID"] == "0123456789abcdef" * 2


def test_what_rules_drew_is_never_called_the_work_of_an_ai():
    said = read_properties(read_packet(label("png", make_file("png"), OF_RULES)))

    assert said[SOURCE] == f"{TERMS}algorithmicMedia"
    assert "No AI model" in said[DESCRIPTION]
    assert AIGC not in said
    assert SYSTEM not in said


def test_without_a_producer_no_creator_is_claimed():
    labelled = FileLabel(producer="").mark(make_file("png"), "image/png", OF_AI)

    assert CREATOR not in read_properties(read_packet(labelled))
    assert read_label(read_packet(labelled))["ContentProducer"] == "Kaiga"


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_file_gets_the_same_label_and_only_once(kind: str):
    content = make_file(kind)

    labelled = label(kind, content)

    assert label(kind, content) == labelled
    assert label(kind, labelled, OF_RULES) == labelled


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_a_packet_that_a_file_came_with_is_completed(kind: str):
    content = make_file(kind, xmp=FOREIGN)

    said = read_properties(read_packet(label(kind, content)))

    assert said[TOOL] == "An engine"
    assert said[SOURCE] == f"{TERMS}trainedAlgorithmicMedia"


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_packet_of_a_png_is_completed_packed_or_not(is_packed: bool):
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", FOREIGN.decode(), zip=is_packed)
    content = make_file("png", pnginfo=texts)

    labelled = label("png", content)

    said = read_properties(read_packet(labelled))
    assert said[TOOL] == "An engine"
    assert AIGC in said
    assert see_pixels(labelled) == see_pixels(content)


def test_a_png_that_names_its_label_otherwise_keeps_that_one():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("AIGC", '{"Label":"1","ContentProducer":"another"}')
    content = make_file("png", pnginfo=texts)

    assert label("png", content) == content


def test_a_jpeg_keeps_its_exif_before_the_label():
    exif = Image.Exif()
    exif[0x0131] = "An engine"
    content = make_file("jpeg", exif=exif)

    labelled = label("jpeg", content)

    assert Image.open(io.BytesIO(labelled)).getexif()[0x0131] == "An engine"
    assert labelled.index(b"Exif\0\0") < labelled.index(b"http://ns.adobe.com/xap/1.0/\0")


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_file_that_is_cut_off_is_not_labelled(kind: str):
    content = make_file(kind)
    # A JPEG is read up to its first scan; a cut behind that is no matter of labels.
    cut = content.index(b"\xff\xda") if kind == "jpeg" else len(content) - 7

    with pytest.raises(MarkingFailed):
        label(kind, content[:cut])


@given(st.data())
def test_whatever_is_broken_in_a_file_only_costs_its_label(data: st.DataObject):
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    content = bytearray(BROKEN[kind])
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, 120))] = data.draw(st.integers(0, 255))

    with contextlib.suppress(MarkingFailed):
        label(kind, bytes(content))
