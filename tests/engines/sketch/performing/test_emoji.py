"""Faces that pull expressions: each another one, from rest to rest."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clip_samples import difference, make
from kaiga.engines.sketch.film.frames import Frame
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.performing.emoji import make_emoji_video
from kaiga.engines.sketch.performing.expressions import REST
from kaiga.engines.sketch.performing.scripts import SCRIPTS
from people_samples import filmed, order, portrait


@pytest.fixture(scope="module")
def woman(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return portrait(tmp_path_factory.mktemp("people") / "woman.png", side=160)


def test_there_are_the_contracts_twenty_expressions() -> None:
    """Source: contract/video-models.md, 12.1."""
    children = "kaixin dengyan gandong renzhen_1 jidong kun_1 jiaoxie"
    workers = "kaixin yangwang kunhuo zhuakuang wunai weixiao ganji"
    classics = "tiaopi deyi_1 qidai landuo_1 xianqi lei"

    expected = {
        f"{family}_{name}"
        for family, names in (("mengwa", children), ("dagong", workers), ("jingdian", classics))
        for name in names.split()
    }

    assert set(SCRIPTS) == expected


def test_each_expression_is_another_one(tmp_path: Path, woman: Path) -> None:
    def played(name: str) -> list[Frame]:
        job = order(
            "emoji-video", "", ("image", woman),
            options={"driven_id": name, "face_bbox": [50, 54, 112, 116]},
            duration_seconds=0.6, frames_per_second=10.0,
        )  # fmt: skip
        return filmed(make_emoji_video, job, tmp_path).frames

    clips = {name: played(name) for name in SCRIPTS}

    for first, second in combinations(SCRIPTS, 2):
        apart = max(map(difference, clips[first], clips[second]))
        assert apart > 0.8, (first, second)


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_expression_begins_and_ends_at_rest(name: str) -> None:
    assert SCRIPTS[name].at(0.0, 0.0) == REST
    assert SCRIPTS[name].at(1.0, 0.0) == REST
    assert SCRIPTS[name].at(0.5, 1.1) != REST


def test_a_clip_takes_a_few_seconds_and_has_the_size_of_ext_bbox(
    tmp_path: Path, woman: Path
) -> None:
    job = order(
        "emoji-video", "", ("image", woman),
        options={"driven_id": "jingdian_lei", "ext_bbox": [10, 10, 150, 150],
                 "face_bbox": [50, 55, 110, 115]},
    )  # fmt: skip

    seen = filmed(make_emoji_video, job, tmp_path)

    part = np.asarray(Image.open(woman).convert("RGB"))[10:150, 10:150]
    assert seen.size == (140, 140)
    assert 2 <= seen.seconds <= 5
    assert seen.samples is None
    assert difference(seen.frames[0], part) < 3


def test_an_unknown_expression_is_refused_in_the_contracts_words(woman: Path) -> None:
    job = order("emoji-video", "", ("image", woman), options={"driven_id": "mengwa_yawning"})

    with pytest.raises(Refused) as refusal:
        make(make_emoji_video(job))
    assert (refusal.value.code, refusal.value.message) == (
        "InvalidParameter",
        "Driven not exist: driven_id.",
    )
