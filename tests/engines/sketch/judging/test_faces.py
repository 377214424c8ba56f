"""Finding faces: of light and dark people, drawn ones, one or two, and none where there is none."""

import io
from functools import cache

import numpy as np
import pytest
from PIL import Image

from kaiga.engines.sketch.edits.pictures import Pixels
from kaiga.engines.sketch.judging.boxes import Box
from kaiga.engines.sketch.judging.faces import find_faces
from samples.pictures_of_people import picture

PORTRAIT_FACE = Box(230, 200, 410, 455)
"""Where the painter's portraits of 640 by 640 have eyes, nose and mouth."""


@cache
def pixels_of(name: str, *, grey: bool = False) -> Pixels:
    image = Image.open(io.BytesIO(picture(name)))
    return np.array(image.convert("L").convert("RGB") if grey else image.convert("RGB"))


def faces_in(pixels: Pixels) -> tuple[Box, ...]:
    found = find_faces(pixels)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "name", ["light-portrait", "dark-portrait", "man-portrait", "oil-portrait"]
)
def test_a_portrait_has_one_face_where_its_eyes_and_mouth_are(name: str) -> None:
    faces = faces_in(pixels_of(name))

    assert len(faces) == 1
    assert faces[0].shared_area(PORTRAIT_FACE) > 0.85 * PORTRAIT_FACE.area
    assert faces[0].area < 2.5 * PORTRAIT_FACE.area


@pytest.mark.parametrize("name", ["light-portrait", "dark-portrait"])
def test_a_portrait_without_colours_has_its_face_all_the_same(name: str) -> None:
    assert len(faces_in(pixels_of(name, grey=True))) == 1


@pytest.mark.parametrize("name", ["child", "standing-woman"])
def test_a_small_drawn_face_is_found(name: str) -> None:
    assert len(faces_in(pixels_of(name))) == 1


@pytest.mark.parametrize("name", ["couple", "two-men"])
def test_two_people_have_two_faces_side_by_side(name: str) -> None:
    faces = faces_in(pixels_of(name))

    assert len(faces) == 2
    assert faces[0].shared_area(faces[1]) == 0
    assert abs(faces[0].top - faces[1].top) < faces[0].height


@pytest.mark.parametrize("name", ["mountains", "fruit", "panda"])
def test_a_picture_without_people_has_no_face(name: str) -> None:
    assert faces_in(pixels_of(name)) == ()


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_blank_picture_has_no_face(shade: int) -> None:
    assert faces_in(np.full((480, 640, 3), shade, dtype=np.uint8)) == ()


def test_a_larger_copy_has_the_same_face_in_its_own_pixels() -> None:
    small = pixels_of("light-portrait")
    large = np.array(Image.fromarray(small).resize((1600, 1600), Image.Resampling.LANCZOS))

    face, grown = faces_in(small)[0], faces_in(large)[0]

    assert grown.likeness(face.scaled(2.5)) > 0.9


def test_a_picture_of_one_pixel_has_no_face() -> None:
    assert faces_in(np.zeros((1, 1, 3), dtype=np.uint8)) == ()
