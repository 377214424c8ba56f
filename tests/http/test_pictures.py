"""What is painted, as a client can tell without looking: sizes, seeds, counts and marks."""

from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image, ImageChops

from running import RunningKaiga


def paint(server: RunningKaiga, client: httpx.Client, **parameters: Any) -> list[bytes]:
    """Have pictures painted; gives the bytes of each."""
    answer = server.wait_for_end(client, server.submit(client, "a house by a lake", **parameters))
    assert answer["output"]["task_status"] == "SUCCEEDED"
    return [httpx.get(result["url"]).content for result in answer["output"]["results"]]


@pytest.fixture(scope="module")
def four(server, painter) -> list[bytes]:
    return paint(server, painter, n=4, seed=7)


def test_four_ordered_pictures_are_four_results_and_all_differ(server, painter):
    answer = server.wait_for_end(painter, server.submit(painter, n=4))

    output = answer["output"]
    assert len(output["results"]) == 4
    assert output["task_metrics"] == {"TOTAL": 4, "SUCCEEDED": 4, "FAILED": 0}
    assert answer["usage"] == {"image_count": 4}
    assert len({result["url"] for result in output["results"]}) == 4
    assert len({httpx.get(result["url"]).content for result in output["results"]}) == 4


def test_without_a_count_four_pictures_are_painted(server, painter):
    answer = server.wait_for_end(painter, server.submit(painter, n=None))

    assert answer["usage"] == {"image_count": 4}


def test_the_same_seed_and_prompt_give_the_same_bytes(server, painter, four):
    assert paint(server, painter, n=4, seed=7) == four


def test_a_picture_has_the_next_seed_after_the_one_before_it(server, painter, four):
    assert paint(server, painter, n=1, seed=9) == [four[2]]


def test_another_seed_gives_another_picture(server, painter, four):
    assert paint(server, painter, n=1, seed=1_000_007)[0] not in four


def test_without_a_seed_pictures_differ_from_task_to_task(server, painter):
    assert paint(server, painter) != paint(server, painter)


def test_a_watermark_changes_the_lower_right_and_nothing_else(server, painter, four):
    (marked,) = paint(server, painter, n=1, seed=7, watermark=True)

    with Image.open(BytesIO(four[0])) as plain, Image.open(BytesIO(marked)) as with_mark:
        box = ImageChops.difference(plain.convert("RGB"), with_mark.convert("RGB")).getbbox()
    assert box is not None
    left, top, _, _ = box
    assert left > 768 / 2
    assert top > 768 / 2


@pytest.mark.parametrize("size", ["768*2700", "2700*768", "385*1535"])
def test_odd_sizes_come_out_exactly(server, painter, size):
    (picture,) = paint(server, painter, size=size)

    with Image.open(BytesIO(picture)) as opened:
        opened.load()
        assert "*".join(map(str, opened.size)) == size


def test_without_a_size_a_picture_is_1280_by_1280(server, painter):
    (picture,) = paint(server, painter, size=None)

    with Image.open(BytesIO(picture)) as opened:
        assert opened.size == (1280, 1280)
