"""People who dance to a template: its length, its beat, its stage or their own ground."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clip_samples import SeenClip, difference, make
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.performing.dancing import make_dance_video
from kaiga.engines.sketch.performing.templates import PARTS, MotionTemplate, write_template
from kaiga.ports.engine import JsonValue
from people_samples import BLUE, block, figure, filmed, near, order


def template(**changes: object) -> str:
    known: dict[str, object] = {
        "seconds": 2.0,
        "beats_per_minute": 120,
        "energy": 0.8,
        "aspect": 0.75,
        "above": (200, 60, 60),
        "below": (40, 60, 160),
        "aside": (2,) * PARTS,
        "lift": (2,) * PARTS,
    }
    return write_template(MotionTemplate(**(known | changes)))  # type: ignore[arg-type]


def danced(
    folder: Path, picture: Path, options: dict[str, JsonValue], **wishes: object
) -> SeenClip:
    job = order("dance-video", "", ("image", picture), options=options, **wishes)
    return filmed(make_dance_video, job, folder)


SMALL: dict[str, object] = {"width_pixels": 120, "height_pixels": 160, "frames_per_second": 12.0}


def test_a_dance_is_as_long_as_its_template(tmp_path: Path) -> None:
    picture = block(tmp_path / "block.png")

    seen = danced(tmp_path, picture, {"template_id": template(seconds=1.5)}, **SMALL)

    assert len(seen.frames) == 18
    assert seen.samples is None


def test_a_dancer_moves_all_the_time_and_stays_in_sight(tmp_path: Path) -> None:
    seen = danced(tmp_path, block(tmp_path / "block.png"), {"template_id": template()}, **SMALL)

    seen_share = [near(frame, BLUE).mean() for frame in seen.frames]
    assert min(seen_share) > 0.5 * max(seen_share)
    still = sum(difference(a, b) < 0.2 for a, b in zip(seen.frames, seen.frames[1:], strict=False))
    assert still <= 2


@pytest.mark.parametrize(("energy", "calmer"), [(1.0, 0.1)])
def test_more_energy_moves_the_dancer_further(tmp_path: Path, energy: float, calmer: float) -> None:
    picture = block(tmp_path / "block.png")

    def reach(amount: float) -> float:
        # The same moves in both: they are chosen by the grades and by the id's own chance.
        frames = danced(
            tmp_path, picture, {"template_id": template(energy=amount, lift=(15,) * PARTS)}, **SMALL
        ).frames
        tops = [np.flatnonzero(near(frame, BLUE).any(axis=1))[0] for frame in frames]
        return float(np.ptp(tops))

    assert reach(energy) > reach(calmer) + 2


def test_a_stage_has_the_templates_ratio_and_colours(tmp_path: Path) -> None:
    reds = template(above=(220, 40, 40), seconds=0.3)
    blues = template(above=(40, 40, 220), seconds=0.3)
    picture = block(tmp_path / "block.png")

    red, blue = (danced(tmp_path, picture, {"template_id": name}) for name in (reds, blues))

    assert red.size[0] / red.size[1] == pytest.approx(0.75, abs=0.03)
    corner = red.frames[0][:60, :60].mean(axis=(0, 1)) - blue.frames[0][:60, :60].mean(axis=(0, 1))
    assert corner[0] > 40
    assert corner[2] < -40


@pytest.mark.parametrize(("ratio", "size"), [("9:16", (720, 1280)), ("3:4", (832, 1104))])
def test_on_its_own_ground_a_dance_has_the_ratio_that_was_asked_for(
    tmp_path: Path, ratio: str, size: tuple[int, int]
) -> None:
    options: dict[str, JsonValue] = {
        "template_id": template(seconds=0.2),
        "use_ref_img_bg": True,
        "video_ratio": ratio,
    }

    assert danced(tmp_path, figure(tmp_path / "girl.png"), options).size == size


def test_on_its_own_ground_the_ground_stays(tmp_path: Path) -> None:
    picture = figure(tmp_path / "girl.png", width=120, height=160, ground="#40a060")
    options: dict[str, JsonValue] = {"template_id": template(), "use_ref_img_bg": True}

    seen = danced(tmp_path, picture, options, **SMALL)

    whole = np.asarray(Image.open(picture).convert("RGB"))
    for frame in seen.frames:
        assert difference(frame[:14], whole[:14]) < 3


@pytest.mark.parametrize("name", ["", "AACT.xxx.foreign", "mengwa_kaixin"])
def test_a_foreign_template_is_refused(tmp_path: Path, name: str) -> None:
    job = order(
        "dance-video", "", ("image", block(tmp_path / "b.png")), options={"template_id": name}
    )

    with pytest.raises(Refused) as refusal:
        make(make_dance_video(job))
    assert refusal.value.code == "InvalidFile.Template.Content"


def test_another_ratio_is_refused_in_the_contracts_words(tmp_path: Path) -> None:
    options: dict[str, JsonValue] = {"template_id": template(), "video_ratio": "1:1"}
    job = order("dance-video", "", ("image", block(tmp_path / "b.png")), options=options)

    with pytest.raises(Refused, match=r"^parameters\.video_ratio must be 9:16 or 3:4\.$"):
        make(make_dance_video(job))
