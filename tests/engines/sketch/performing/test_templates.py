"""Motion templates: what an id carries, what it does not forgive, and what is measured."""

from math import pi, sin
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clip_samples import make
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.performing.templates import (
    PARTS,
    PREFIX,
    MotionTemplate,
    make_motion_template,
    read_template,
    write_template,
)
from people_samples import clip_of_block, order

BYTE = st.integers(0, 255)
COLOUR = st.tuples(BYTE, BYTE, BYTE)
GRADES = st.lists(st.integers(0, 15), min_size=PARTS, max_size=PARTS).map(tuple)
TEMPLATES = st.builds(
    MotionTemplate,
    seconds=st.integers(1, 6000).map(lambda tenths: tenths / 10),
    beats_per_minute=st.integers(40, 220),
    energy=BYTE.map(lambda part: part / 255),
    aspect=st.integers(-60, 60).map(lambda step: 2 ** (step / 32)),
    above=COLOUR,
    below=COLOUR,
    aside=GRADES,
    lift=GRADES,
)


@given(TEMPLATES)
def test_an_id_carries_its_whole_template(template: MotionTemplate) -> None:
    name = write_template(template)

    assert name.startswith("AACT.")
    assert read_template(name) == template


@given(TEMPLATES, st.data())
def test_an_id_with_one_changed_sign_is_refused(
    template: MotionTemplate, data: st.DataObject
) -> None:
    name = write_template(template)
    # The very last sign has two bits that carry nothing.
    place = data.draw(st.integers(len(PREFIX), len(name) - 2))
    sign = data.draw(st.sampled_from("abcXYZ019-_").filter(lambda other: other != name[place]))

    with pytest.raises(Refused):
        read_template(name[:place] + sign + name[place + 1 :])


@given(st.text(max_size=80))
def test_any_other_text_is_refused_with_the_contracts_code(text: str) -> None:
    for foreign in (text, PREFIX + text):
        with pytest.raises(Refused) as refusal:
            read_template(foreign)
        assert refusal.value.code == "InvalidFile.Template.Content"


def measured(clip: Path) -> MotionTemplate:
    made, _ = make(make_motion_template(order("motion-template", "", ("video", clip))))
    assert not made.files
    return read_template(str(made.findings["template_id"]))


def bouncing(share: float) -> tuple[float, float]:
    """Eight times up and down."""
    return 0.5, 0.65 - 0.12 * abs(sin(8 * pi * share))


def test_length_ratio_and_rhythm_of_a_clip_are_measured(tmp_path: Path) -> None:
    clip = clip_of_block(tmp_path / "bouncing.mp4", seconds=4.0, rate=30, way=bouncing)

    template = measured(clip)

    assert template.seconds == pytest.approx(4.0)
    assert template.aspect == pytest.approx(192 / 112, rel=0.03)
    assert template.beats_per_minute == pytest.approx(120, rel=0.06)


def test_who_leaps_and_who_walks_are_told_apart(tmp_path: Path) -> None:
    leaping = measured(clip_of_block(tmp_path / "a.mp4", seconds=2.0, rate=24, way=bouncing))
    walking = measured(clip_of_block(tmp_path / "b.mp4", seconds=2.0, rate=24))

    assert sum(leaping.lift) > 2 * sum(walking.lift)
    assert sum(walking.aside) > 2 * sum(leaping.aside)


def test_a_clip_in_which_nothing_moves_has_a_template_of_no_energy(tmp_path: Path) -> None:
    still = clip_of_block(tmp_path / "still.mp4", seconds=1.0, way=lambda _share: (0.5, 0.6))

    assert measured(still).energy < 0.15


def test_a_file_that_is_no_clip_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(bytes(2000))

    with pytest.raises(Refused, match="video"):
        make(make_motion_template(order("motion-template", "", ("video", broken))))
