"""The checks' answers: the contract's members for people, and its codes where there are none."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.sketch.edits.edit_samples import made_by, saved, stored
from kaiga.engines.sketch.judging.judgements import (
    judge_body,
    judge_emo,
    judge_emoji,
    judge_humanoid,
    judge_portrait,
)
from kaiga.engines.sketch.makers import MAKERS
from kaiga.engines.sketch.making import Making, Refused
from kaiga.ports.engine import GenerationJob, JobMedia, JsonValue
from samples.pictures_of_people import picture

ALL = (judge_body, judge_emo, judge_emoji, judge_humanoid, judge_portrait)


def job(media: JobMedia, *, ratio: str = "1:1") -> GenerationJob:
    return GenerationJob(
        model="m", task="check", prompt="", media=(media,), options={"ratio": ratio}
    )


def painted(folder: Path, name: str) -> JobMedia:
    path = folder / f"{name}.png"
    path.write_bytes(picture(name))
    return stored(path)


def blank(folder: Path) -> JobMedia:
    return saved(folder, np.full((480, 640, 3), 200, dtype=np.uint8))


def judged(task: str, asked: GenerationJob) -> Mapping[str, JsonValue]:
    made = made_by(MAKERS[task], asked)
    assert made.files == ()
    return made.findings


def box_of(findings: Mapping[str, JsonValue], name: str) -> tuple[int, int, int, int]:
    value = findings[name]
    assert isinstance(value, list)
    assert len(value) == 4
    assert all(type(edge) is int for edge in value)
    return tuple(value)


def test_a_person_passes_for_wan_s2v(tmp_path: Path) -> None:
    findings = judged("humanoid-check", job(painted(tmp_path, "dark-portrait")))

    assert findings == {"check_pass": True, "humanoid": True}


@pytest.mark.parametrize(("ratio", "sides"), [("1:1", (1, 1)), ("3:4", (3, 4))])
def test_emo_gets_a_face_and_a_frame_of_the_wished_ratio(
    tmp_path: Path, ratio: str, sides: tuple[int, int]
) -> None:
    findings = judged("emo-check", job(painted(tmp_path, "light-portrait"), ratio=ratio))

    assert findings.keys() == {"check_pass", "humanoid", "face_bbox", "ext_bbox"}
    assert findings["check_pass"] is findings["humanoid"] is True
    face, frame = box_of(findings, "face_bbox"), box_of(findings, "ext_bbox")
    assert (frame[2] - frame[0]) * sides[1] == (frame[3] - frame[1]) * sides[0]
    assert 0 <= frame[0] <= face[0] < face[2] <= frame[2] <= 640
    assert 0 <= frame[1] <= face[1] < face[3] <= frame[3] <= 640


def test_emoji_names_its_boxes_the_other_way_round(tmp_path: Path) -> None:
    findings = judged("emoji-check", job(painted(tmp_path, "light-portrait")))

    assert findings.keys() == {"bbox_face", "ext_bbox_face"}
    frame = box_of(findings, "ext_bbox_face")
    assert frame[2] - frame[0] == frame[3] - frame[1]


def test_liveportrait_says_pass(tmp_path: Path) -> None:
    findings = judged("portrait-check", job(painted(tmp_path, "man-portrait")))

    assert findings == {"pass": True, "message": "success"}


@pytest.mark.parametrize(
    ("name", "style"), [("standing-woman", "full"), ("light-portrait", "half")]
)
def test_a_body_is_told_whole_or_half(tmp_path: Path, name: str, style: str) -> None:
    findings = judged("body-check", job(painted(tmp_path, name)))

    assert findings == {"check_pass": True, "bodystyle": style}


@pytest.mark.parametrize("task", ["emo-check", "humanoid-check", "body-check"])
def test_a_blank_picture_fails_with_the_contracts_code(tmp_path: Path, task: str) -> None:
    findings = judged(task, job(blank(tmp_path)))

    assert findings == {
        "check_pass": False,
        "code": "InvalidFile.NoHuman",
        "message": "No human face detected.",
    }


def test_a_blank_picture_has_no_boxes_for_emoji(tmp_path: Path) -> None:
    findings = judged("emoji-check", job(blank(tmp_path)))

    assert findings == {"code": "InvalidFile.NoHuman", "message": "No human face detected."}


def test_a_blank_picture_does_not_pass_for_liveportrait(tmp_path: Path) -> None:
    findings = judged("portrait-check", job(blank(tmp_path)))

    assert findings == {"pass": False, "message": "No human face detected."}


def test_two_people_are_one_too_many(tmp_path: Path) -> None:
    findings = judged("emo-check", job(painted(tmp_path, "couple")))

    assert findings["check_pass"] is False
    assert findings["code"] == "InvalidFile.MultiHuman"


@pytest.mark.parametrize("judge", ALL)
def test_where_nothing_can_look_every_picture_passes(
    tmp_path: Path, judge: Callable[..., Making]
) -> None:
    def blind(pixels: object) -> None:
        del pixels

    findings = made_by(lambda asked: judge(asked, blind), job(blank(tmp_path))).findings

    assert findings.get("check_pass", findings.get("pass", True)) is True
    assert "code" not in findings


def test_a_face_that_nothing_could_look_for_is_taken_to_be_in_the_middle(tmp_path: Path) -> None:
    made = made_by(lambda asked: judge_emo(asked, lambda _: None), job(blank(tmp_path)))

    left, _, right, bottom = box_of(made.findings, "face_bbox")
    assert (left + right) // 2 == 320
    assert bottom < 400


@pytest.mark.parametrize("judge", ALL)
def test_a_broken_file_is_refused(tmp_path: Path, judge: Callable[..., Making]) -> None:
    whole = picture("mountains")
    path = tmp_path / "broken.png"
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(Refused) as refusal:
        made_by(judge, job(stored(path)))

    assert refusal.value.code == "InvalidParameter"


def test_a_picture_on_its_side_is_judged_upright(tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = Image.open(io.BytesIO(picture("light-portrait"))).convert("RGB")
    upright.rotate(90, expand=True).save(path, exif=exif, quality=95)

    assert judged("humanoid-check", job(stored(path)))["check_pass"] is True
