"""Labels in clips: every frame and every sound stays where players find it."""

import contextlib
import json
import random
import struct
import subprocess
from pathlib import Path

import pytest

from kaiga.domain.errors import MarkingFailed
from kaiga.domain.provenance import DigitalSource, Origin
from kaiga.media.inspecting import find_ffmpeg
from kaiga.provenance import FileLabel
from provenance.reading import (
    AIGC,
    SOURCE,
    TERMS,
    read_clip_packet,
    read_label,
    read_properties,
    see_clip,
)

ORIGIN = Origin(
    engine="diffusers",
    model="wan2.2-i2v",
    source=DigitalSource.COMPOSITE_WITH_TRAINED,
    made_digest="0a" * 32,
)
LABEL = FileLabel(producer="绘画工作室")
FORMS = {
    "index at its end": (),
    "index first": ("-movflags", "+faststart"),
    "index first, nothing else said": ("-movflags", "+faststart", "-fflags", "+bitexact"),
    "keys of its own": ("-movflags", "+use_metadata_tags", "-metadata", "mood=blue"),
}
FRAGMENTS = ("-movflags", "+frag_keyframe+empty_moov")


def make_clip(folder: Path, *options: str) -> bytes:
    file = folder / "made.mp4"
    made = ["-f", "lavfi", "-i", "testsrc=d=0.6:s=96x64:r=10", "-f", "lavfi", "-i", "sine=d=0.6"]
    coded = ["-c:v", "libx264", "-c:a", "aac", *options, str(file)]
    subprocess.run([find_ffmpeg(None), "-v", "error", "-y", *made, *coded], check=True)
    return file.read_bytes()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("clip"), *FORMS["index first"])


@pytest.mark.parametrize("form", FORMS)
def test_a_clip_shows_and_sounds_the_same_with_both_labels(tmp_path: Path, form: str):
    content = make_clip(tmp_path, *FORMS[form])

    labelled = LABEL.mark(content, "video/mp4", ORIGIN)

    before, _ = see_clip(content, tmp_path / "before.mp4")
    after, keys = see_clip(labelled, tmp_path / "after.mp4")
    assert len(before) > 6
    assert after == before
    assert json.loads(keys["AIGC"])["ContentProducer"] == "绘画工作室"
    said = read_properties(read_clip_packet(labelled))
    assert said[SOURCE] == f"{TERMS}compositeWithTrainedAlgorithmicMedia"
    assert AIGC not in said, "a file has one such label"


@pytest.mark.parametrize("form", ["index first", "keys of its own"])
def test_the_keys_that_a_clip_came_with_stay(tmp_path: Path, form: str):
    content = make_clip(tmp_path, *FORMS[form], "-metadata", "comment=by hand")

    _, keys = see_clip(LABEL.mark(content, "video/mp4", ORIGIN), tmp_path / "after.mp4")

    assert keys["comment"] == "by hand"
    assert "AIGC" in keys


def test_a_clip_in_fragments_has_all_of_its_label_in_xmp(tmp_path: Path):
    content = make_clip(tmp_path, *FRAGMENTS)

    labelled = LABEL.mark(content, "video/mp4", ORIGIN)

    assert labelled.startswith(content)
    assert see_clip(labelled, tmp_path / "after.mp4")[0] == see_clip(content, tmp_path / "b.mp4")[0]
    assert read_label(read_clip_packet(labelled))["Label"] == "1"


def test_offsets_of_64_bits_are_moved_too(tmp_path: Path):
    content = _widen_offsets(make_clip(tmp_path, *FORMS["index first"]))

    labelled = LABEL.mark(content, "video/mp4", ORIGIN)

    assert see_clip(labelled, tmp_path / "after.mp4")[0] == see_clip(content, tmp_path / "b.mp4")[0]


def test_a_clip_is_labelled_once(tmp_path: Path):
    labelled = LABEL.mark(make_clip(tmp_path), "video/mp4", ORIGIN)

    assert LABEL.mark(labelled, "video/mp4", ORIGIN) == labelled


@pytest.mark.parametrize("cut", [-1, 40])
def test_a_clip_that_is_cut_off_is_not_labelled(tmp_path: Path, cut: int):
    content = make_clip(tmp_path)

    with pytest.raises(MarkingFailed):
        LABEL.mark(content[:cut], "video/mp4", ORIGIN)


def test_whatever_is_broken_in_a_clip_only_costs_its_label(clip: bytes):
    index = clip.index(b"moov")
    rng = random.Random(7)

    for _ in range(400):
        broken = bytearray(clip)
        broken[rng.randrange(index, min(index + 900, len(clip)))] = rng.randrange(256)
        with contextlib.suppress(MarkingFailed):
            LABEL.mark(bytes(broken), "video/mp4", ORIGIN)


def _widen_offsets(content: bytes) -> bytes:
    """Rewrite the tables of offsets with 64 bits; boxes around them grow, and so do offsets."""
    index = content.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", content, index)
    growth = content.count(b"stco", index, index + size) and _count_offsets(content) * 4
    moov = _widen(content[index : index + size], growth)
    return content[:index] + moov + content[index + size :]


def _count_offsets(content: bytes) -> int:
    count, at = 0, content.find(b"stco")
    while at >= 0:
        count += struct.unpack_from(">I", content, at + 8)[0]
        at = content.find(b"stco", at + 4)
    return count


def _widen(box: bytes, growth: int) -> bytes:
    kind, body = box[4:8], box[8:]
    if kind == b"stco":
        (count,) = struct.unpack_from(">I", body, 4)
        offsets = struct.unpack_from(f">{count}I", body, 8)
        wide = struct.pack(f">{count}Q", *(offset + growth for offset in offsets))
        return struct.pack(">I4s", 16 + len(wide), b"co64") + body[:8] + wide
    if kind not in {b"moov", b"trak", b"mdia", b"minf", b"stbl"}:
        return box
    inner, at = b"", 0
    while at < len(body):
        (size,) = struct.unpack_from(">I", body, at)
        inner += _widen(body[at : at + size], growth)
        at += size
    return struct.pack(">I4s", 8 + len(inner), kind) + inner
