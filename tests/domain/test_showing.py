"""How results are shown: shapes before files are loaded, and names that any disk takes."""

from datetime import UTC

import msgspec
import pytest

from domain.samples import after, make_generation, make_result, make_task
from kaiga.domain.showing import find_sides, make_file_name
from kaiga.domain.tasks import Task


def ended(**changes: object) -> Task:
    return msgspec.structs.replace(make_task(), ended_at=after(0), **changes)


@pytest.mark.parametrize(
    ("order", "usage", "sides"),
    [
        ((1280, 720), {"size": "1*1"}, (1280, 720)),
        ((0, 0), {"width": 640, "height": 480}, (640, 480)),
        ((0, 0), {"output_width": 640, "output_height": 480}, (640, 480)),
        ((0, 0), {"video_ratio": "832*480", "video_duration": 5}, (832, 480)),
        ((0, 0), {"video_ratio": "3:4"}, (3, 4)),
        ((0, 0), {"video_ratio": "standard", "size": "0*480"}, None),
        ((0, 0), None, None),
    ],
)
def test_the_shape_is_the_order_s_or_what_usage_tells(
    order: tuple[int, int], usage: dict[str, object] | None, sides: tuple[int, int] | None
):
    generation = make_generation(width_pixels=order[0], height_pixels=order[1])

    assert find_sides(ended(generation=generation, usage=usage)) == sides


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("A fox in snow", "A-fox-in-snow"),
        ("../../etc/passwd\0", "etc-passwd"),
        ("雪の中の狐。", "雪の中の狐"),
        ("x" * 99, "x" * 40),
        ("!?", "image-synthesis"),
    ],
)
def test_a_file_is_named_by_its_prompt_in_letters_and_digits(prompt: str, words: str):
    task = ended(generation=make_generation(prompt=prompt))

    name = make_file_name(task, 1, make_result(task), UTC)

    assert name == f"20260502-100000-{words}-{task.id[-6:]}-2.png"
