"""Profiles of batches are files that people can read, and no bad one keeps a server down."""

import json
from pathlib import Path

import pytest

from kaiga.domain.batch_profiles import BatchProfile, WorkShape
from kaiga.domain.errors import StartRefused
from kaiga.worker.profile_files import ProfileFiles

DEVICE = "NVIDIA H200"


def make_profile(pair_seconds: float = 1.2, width: int = 512) -> BatchProfile:
    shape = WorkShape(model="m", width_pixels=width, height_pixels=512, steps=20)
    return BatchProfile(engine="local", shape=shape, seconds={1: 1.0, 2: pair_seconds})


def test_what_was_kept_is_read_again_for_that_device_alone(tmp_path: Path):
    files = ProfileFiles(tmp_path / "profiles")

    files.keep(DEVICE, make_profile())
    files.keep(DEVICE, make_profile(width=1024))

    assert list(files.read(DEVICE)) == [make_profile(), make_profile(width=1024)]
    assert list(files.read("cpu")) == []


def test_what_is_measured_again_takes_the_place_of_the_old(tmp_path: Path):
    files = ProfileFiles(tmp_path)

    files.keep(DEVICE, make_profile(1.2))
    files.keep(DEVICE, make_profile(1.9))

    assert list(files.read(DEVICE)) == [make_profile(1.9)]


def test_a_file_is_named_after_its_device_and_says_what_was_measured(tmp_path: Path):
    ProfileFiles(tmp_path).keep(DEVICE, make_profile())

    content = json.loads((tmp_path / "NVIDIA-H200.json").read_text("utf-8"))

    assert content["device"] == DEVICE
    assert content["profiles"][0]["seconds"] == {"1": 1.0, "2": 1.2}
    assert [path.name for path in tmp_path.iterdir()] == ["NVIDIA-H200.json"]


@pytest.mark.parametrize("device", ["../../etc/passwd", "..", "/", "名"])
def test_no_name_of_a_device_leads_out_of_the_folder(tmp_path: Path, device: str):
    assert ProfileFiles(tmp_path).path_of(device).resolve().parent == tmp_path.resolve()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff", b'{"device": "d", "profiles": [{"engine": "e"}]}'],
)
def test_a_file_that_can_not_be_read_counts_as_none(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "cpu.json").write_bytes(content)

    assert list(ProfileFiles(tmp_path).read("cpu")) == []
    assert "batch profiles can't be read" in capsys.readouterr().out


def test_what_can_not_be_written_is_refused_with_its_place(tmp_path: Path):
    (tmp_path / "profiles").write_text("a file")

    with pytest.raises(StartRefused, match=r"cpu\.json can't be written"):
        ProfileFiles(tmp_path / "profiles").keep("cpu", make_profile())
