"""Where the camera looks and how things move: laws that hold for every prompt."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.engines.sketch.canvas import Canvas, Piece
from kaiga.engines.sketch.film.affine import STILL, about, applied, chained, inverted
from kaiga.engines.sketch.film.camera import (
    WORDS,
    View,
    choose_move,
    find_move,
    make_camera,
    see,
)
from kaiga.engines.sketch.film.moving import find_motion
from kaiga.engines.sketch.film.sprites import paint_sprite
from kaiga.engines.sketch.motifs.table import MOTIFS
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.reading import read_prompt

shares = st.floats(0, 1)
places = st.floats(-500, 500)


@given(x=places, y=places, turn=st.floats(-90, 90), lean=st.floats(-0.5, 0.5), size=shares)
def test_going_there_and_back_moves_nothing(
    x: float, y: float, turn: float, lean: float, size: float
) -> None:
    there = about(x, y, move=(3, 4), turn=turn, lean=lean, scale=(0.5 + size, 1.5 - size))

    back = chained(inverted(there), there)

    assert back == pytest.approx(STILL, abs=1e-6)


@given(x=places, y=places, turn=st.floats(-180, 180), lean=st.floats(-1, 1))
def test_a_thing_turns_about_its_foot(x: float, y: float, turn: float, lean: float) -> None:
    where = about(x, y, turn=turn, lean=lean, scale=(1.1, 0.9))

    assert applied(where, x, y) == pytest.approx((x, y), abs=1e-6)


@given(x=shares, y=shares, zoom=st.floats(1, 4), depth=shares)
def test_a_camera_never_sees_past_the_edges_of_the_picture(
    x: float, y: float, zoom: float, depth: float
) -> None:
    forward = see(View(x=x, y=y, zoom=zoom), depth, (800, 600), (400, 300))

    left, top = applied(inverted(forward), 0, 0)
    right, bottom = applied(inverted(forward), 400, 300)
    assert left >= -1e-6
    assert top >= -1e-6
    assert right <= 800 + 1e-6
    assert bottom <= 600 + 1e-6


def test_near_layers_pass_faster_than_far_ones() -> None:
    size, frame = (800, 600), (400, 300)

    def passed(depth: float) -> float:
        left = applied(see(View(x=0.45, y=0.5, zoom=1.4), depth, size, frame), 400, 300)[0]
        right = applied(see(View(x=0.55, y=0.5, zoom=1.4), depth, size, frame), 400, 300)[0]
        return left - right

    assert passed(1.0) > 1.5 * passed(0.3) > 1.5 * passed(0.0) > 0


@pytest.mark.parametrize("move", [*WORDS, ""])
@pytest.mark.parametrize("seconds", [0.5, 5.0, 15.0])
def test_a_camera_moves_slowly_and_without_jumps(move: str, seconds: float) -> None:
    camera = make_camera(move, seconds=seconds, focus=(0.6, 0.7))
    views = [camera.look(number / (30 * seconds)) for number in range(round(30 * seconds) + 1)]

    for first, second in pairwise(views):
        assert abs(first.x - second.x) < 0.004
        assert abs(first.y - second.y) < 0.004
        assert abs(first.zoom - second.zoom) < 0.006


def test_the_move_that_is_named_first_counts() -> None:
    assert find_move("a cat, zoom out and then pan left") == "pull"
    assert find_move("镜头左移，然后推进") == "left"
    assert find_move("カメラは固定") == "still"
    assert find_move("a pan and a pot") == ""


def test_a_move_is_chosen_where_none_was_named() -> None:
    chosen = {choose_move(make_random(seed), alone=True) for seed in range(20)}

    assert chosen <= {"push", "pull", "orbit"}
    assert len(chosen) == 3


@pytest.mark.parametrize("prompt", ["", "walking", "flying over the sea, wind"])
def test_every_thing_moves_without_jumps_and_stays_in_sight(prompt: str) -> None:
    for name in MOTIFS:
        piece = Piece(kind="thing", name=name, box=(400, 300, 560, 460), foot=440)
        motion = find_motion(
            piece, read_prompt(prompt), make_random(name), seconds=5.0, width=1280.0
        )

        spots = [applied(motion(number / 30).where, 480, 380) for number in range(151)]

        assert max(abs(a - c) + abs(b - d) for (a, b), (c, d) in pairwise(spots)) < 20, name
        assert all(0 < x < 1280 and 100 < y < 700 for x, y in spots), name


def test_the_runs_of_a_drawing_make_up_the_whole() -> None:
    canvas = Canvas(width=64, height=64)
    canvas.rect(0, 0, 64, 64, "#204060")
    with canvas.piece("thing", (8, 8, 40, 40), name="cat", foot=40, flipped=True):
        canvas.circle(24, 24, 12, "#e04020")
    canvas.rect(0, 48, 64, 16, "#308040")
    (piece,) = canvas.pieces

    runs = [(0, piece.first), (piece.first, piece.last), (piece.last, canvas.shape_count)]

    assert (piece.name, piece.foot, piece.flipped) == ("cat", 40, True)
    assert canvas.write(pixel_width=64, pixel_height=64, runs=runs) == canvas.write(
        pixel_width=64, pixel_height=64
    )


def test_a_piece_inside_a_group_stays_a_part_of_it() -> None:
    canvas = Canvas(width=64, height=64)

    with canvas.at(10, 10), canvas.piece("cloud", (0, 0, 8, 8)):
        canvas.circle(4, 4, 4, "#ffffff")

    assert canvas.pieces == []
    assert canvas.list_breaks(0, canvas.shape_count) == [0, 3]


def test_a_sprite_is_no_larger_than_what_is_seen_of_it() -> None:
    canvas = Canvas(width=200, height=100)
    canvas.circle(50, 50, 10, "#e04020")

    sprite = paint_sprite(canvas, (0, 0, 200, 100), scale=1.0, fineness=2.0)

    assert sprite is not None
    assert sprite.box == pytest.approx((40, 40, 60, 60), abs=2)
    assert paint_sprite(canvas, (100, 0, 200, 100), scale=1.0, fineness=2.0) is None
