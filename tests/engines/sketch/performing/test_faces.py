"""Faces and their features are found where they are, with cascades and without."""

import numpy as np
import pytest

from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.footage.regions import Region
from kaiga.engines.sketch.performing.faces import find_face, find_features, guess_face

PEOPLE = ["portrait of a woman", "portrait of a man", "portrait of an old man"]


def lips(pixels: np.ndarray, region: Region) -> float:
    """How much a region differs from the skin around it."""
    left, top, right, bottom = region.inside(pixels.shape[1], pixels.shape[0])
    return float(pixels[top:bottom, left:right].std())


@pytest.mark.parametrize("prompt", PEOPLE)
def test_a_painted_face_is_guessed_without_any_cascade(prompt: str) -> None:
    pixels = paint_scene(prompt, width=320, height=320, seed=1)

    face = find_features(pixels, guess_face(pixels))

    assert 130 < face.mouth.middle[0] < 200
    assert face.left_eye.middle[0] < face.mouth.middle[0] < face.right_eye.middle[0]
    assert face.left_eye.bottom < face.mouth.top
    assert lips(pixels, face.mouth) > 15


def test_a_box_that_was_told_is_drawn_to_the_face_in_it() -> None:
    pixels = paint_scene("portrait of a woman", width=320, height=320, seed=1)

    told = find_face(pixels, Region(left=80, top=80, right=250, bottom=250))

    guessed = guess_face(pixels)
    assert told.box.middle == pytest.approx(guessed.middle, abs=14)


def test_a_picture_without_a_face_has_one_where_faces_usually_are() -> None:
    plain = np.full((200, 160, 3), 128, np.uint8)

    face = find_face(plain)

    assert face.box.middle == pytest.approx((80, 84))
    assert face.box.inside(160, 200) == tuple(map(round, (48, 52, 112, 116)))
