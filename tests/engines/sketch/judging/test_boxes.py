"""Frames around faces: their ratio, and that they stay in the picture."""

from hypothesis import given
from hypothesis import strategies as st

from kaiga.engines.sketch.judging.boxes import Box, frame_around

SIDES = st.integers(min_value=40, max_value=4000)


@given(
    width=SIDES,
    height=SIDES,
    across=st.floats(0, 1),
    down=st.floats(0, 1),
    size=st.floats(0.02, 1),
    ratio=st.sampled_from([(1, 1), (3, 4)]),
)
def test_a_frame_has_exactly_its_ratio_and_lies_in_the_picture(
    width: int, height: int, across: float, down: float, size: float, ratio: tuple[int, int]
) -> None:
    side = max(1, int(min(width, height) * size))
    left, top = int((width - side) * across), int((height - side) * down)

    frame = frame_around(Box(left, top, left + side, top + side), ratio, width, height)

    assert frame.width * ratio[1] == frame.height * ratio[0] > 0
    assert 0 <= frame.left < frame.right <= width
    assert 0 <= frame.top < frame.bottom <= height


def test_a_face_with_room_around_it_lies_whole_in_its_frame() -> None:
    face = Box(400, 300, 500, 400)

    for ratio in ((1, 1), (3, 4)):
        frame = frame_around(face, ratio, 1000, 1000)
        assert frame.shared_area(face) == face.area
        assert abs((frame.left + frame.right) - (face.left + face.right)) <= 1
        assert frame.width == 240 - 240 % ratio[0]


def test_boxes_of_the_same_place_are_alike_and_those_apart_are_not() -> None:
    box = Box(0, 0, 10, 10)

    assert box.likeness(box) == 1
    assert box.likeness(Box(5, 0, 15, 10)) == 1 / 3
    assert box.likeness(Box(10, 0, 20, 10)) == 0
