"""Posters and captions: the size, and text that is really there and can be read."""

from pathlib import Path

import numpy as np
import pytest

from engines.sketch.edits.edit_samples import decoded, difference, painted, saved
from engines.sketch.tools.tool_jobs import Pixels, job, made
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.tools.translation.lines import find_lines
from kaiga.engines.sketch.tools.translation.reading import (
    LATIN_LETTERS,
    make_alphabet,
    read_line,
)


def poster(**options: object) -> Pixels:
    asked = {"prompt": "the sea", "title": "Summer", "wh_ratios": "横版"} | options
    return decoded(made(job("poster", **asked)).files[0])


def texts_in(picture: Pixels, more: str = "") -> str:
    """Read what stands in a picture."""
    alphabet = make_alphabet(LATIN_LETTERS + more)
    return " ".join(read_line(line, alphabet).text for line in find_lines(picture))


@pytest.mark.parametrize(("shape", "upright"), [("竖版", True), ("横版", False)])
def test_a_poster_stands_or_lies(shape: str, upright: bool) -> None:
    height, width = poster(wh_ratios=shape).shape[:2]

    assert (height > width) == upright


def test_the_three_texts_of_a_poster_can_be_read() -> None:
    texts = texts_in(poster(title="Summer", sub_title="Music", body_text="Hotel", seed=2))

    assert "Summer" in texts
    assert "Music" in texts
    assert "Hotel" in texts


def test_a_chinese_title_can_be_read() -> None:
    assert "春天" in texts_in(poster(title="春天", seed=2), more="春天夏秋冬音乐会花店")


def test_other_words_give_another_poster() -> None:
    first, second = poster(title="Summer"), poster(title="Winter")

    assert difference(first, second) > 0.5


def test_the_scene_is_that_of_the_prompt() -> None:
    sea, desert = poster(prompt="the sea"), poster(prompt="a desert at sunset")

    assert difference(sea, desert) > 15


def test_a_look_that_is_named_is_applied() -> None:
    plain, ink = poster(), poster(lora_name="中国水墨")

    def saturation(picture: Pixels) -> float:
        return float((picture.max(axis=2).astype(int) - picture.min(axis=2)).mean())

    assert saturation(ink) < 0.5 * saturation(plain)


def test_a_poster_without_a_title_is_refused() -> None:
    with pytest.raises(Refused, match=r"input\.title"):
        poster(title="")


def test_a_title_of_the_greatest_length_fits() -> None:
    assert poster(title="W" * 30, sub_title="M" * 30, body_text="W" * 50).shape == (960, 1440, 3)


def test_a_caption_can_be_read_below_the_picture() -> None:
    picture = decoded(made(job("captioned-image", prompt="a cat", text="Good morning")).files[0])

    assert picture.shape == (1024, 1024, 3)
    assert "Good morning" in texts_in(picture[820:])


def test_a_given_picture_is_shown_above_its_caption(tmp_path: Path) -> None:
    given = painted("a dragon", width=512, height=420)

    shown = decoded(made(job("captioned-image", saved(tmp_path, given), text="Hello")).files[0])

    upper = shown[:840:2, ::2]
    assert difference(upper, given) < 6


def test_without_anything_said_a_caption_picture_is_still_made() -> None:
    picture = decoded(made(job("captioned-image")).files[0])

    assert picture.shape == (1024, 1024, 3)
    assert picture.astype(np.int16).std() > 5
