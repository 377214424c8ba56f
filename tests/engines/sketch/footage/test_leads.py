"""What moves in a clip is followed, told from its ground, taken out, and found again by masks."""

from pathlib import Path

import numpy as np
import pytest

from clip_samples import difference, give, see_clip
from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.film.frames import ClipForm
from kaiga.engines.sketch.footage.leads import Lead, follow_lead
from kaiga.engines.sketch.footage.removal import Remover
from kaiga.engines.sketch.footage.tracking import follow_picture, follow_place, read_greys
from people_samples import MAGENTA, RATE, across, clip_of_block, near, panning_clip

FORM = ClipForm(width_pixels=192, height_pixels=112, frames_per_second=RATE, duration_seconds=1.0)


def followed(path: Path) -> Lead:
    return follow_lead(
        give("video", path), width=192, height=112, looks_per_second=RATE, seconds=1.0
    )


def test_the_lead_is_where_the_block_is_at_each_look(tmp_path: Path) -> None:
    lead = followed(clip_of_block(tmp_path / "clip.mp4"))

    assert lead.is_apart
    for look, region in enumerate(lead.regions[1:-1], start=1):
        expected = across(look / (len(lead.regions) - 1))
        assert region.middle == pytest.approx(expected, abs=0.04)


def test_a_camera_that_moves_leaves_no_ground_to_tell_a_lead_from(tmp_path: Path) -> None:
    assert not followed(panning_clip(tmp_path / "pan.mp4")).is_apart


def test_without_the_lead_its_ground_is_seen(tmp_path: Path) -> None:
    path = clip_of_block(tmp_path / "clip.mp4")
    lead = followed(path)
    street = paint_scene("a street in a city", width=192, height=112, seed=5)
    frames = see_clip(path.read_bytes(), tmp_path / "seen.mp4").frames

    remover = Remover(give("video", path), FORM, lead, "seed")
    cleared = [remover.remove(frame, look) for look, frame in enumerate(frames)]

    for frame in cleared:
        assert near(frame, MAGENTA).mean() < 0.001
        assert difference(frame, street) < 5


def test_removal_changes_nothing_away_from_the_lead(tmp_path: Path) -> None:
    path = clip_of_block(tmp_path / "clip.mp4")
    frame = see_clip(path.read_bytes(), tmp_path / "seen.mp4").frames[0]

    remover = Remover(give("video", path), FORM, followed(path), "seed")

    assert np.array_equal(remover.remove(frame, 0)[:, 100:], frame[:, 100:])


def test_a_marked_place_is_followed_forwards_and_backwards(tmp_path: Path) -> None:
    path = clip_of_block(tmp_path / "clip.mp4", way=lambda share: (0.4 + 0.2 * share, 0.6))
    greys = read_greys(give("video", path), FORM)
    mask = np.zeros(greys.shape[1:], np.bool_)
    # The block, as it stands in the middle of the clip.
    mask[round(0.38 * mask.shape[0]) : round(0.82 * mask.shape[0]), :] = True
    mask[:, : round(0.455 * mask.shape[1])] = False
    mask[:, round(0.545 * mask.shape[1]) :] = False

    shifts = follow_place(greys, mask, 6)

    assert shifts[6] == pytest.approx((0, 0))
    assert shifts[0][0] == pytest.approx(-0.11, abs=0.03)
    assert shifts[-1][0] == pytest.approx(0.09, abs=0.03)


def test_the_whole_picture_is_followed_as_the_camera_moves(tmp_path: Path) -> None:
    path = clip_of_block(tmp_path / "still.mp4", way=lambda _share: (0.5, 0.6))

    shifts = follow_picture(read_greys(give("video", path), FORM))

    assert np.abs(shifts).max() == pytest.approx(0, abs=0.01)
