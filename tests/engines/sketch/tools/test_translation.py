"""Translated pictures: what was read, what stands there afterwards, and what stays as it was."""

from pathlib import Path

import numpy as np
import pytest

from engines.sketch.edits.edit_samples import decoded, difference, painted, saved
from engines.sketch.tools.tool_jobs import Pixels, job, made
from kaiga.engines.sketch.lettering.fonts import Typecase
from kaiga.engines.sketch.lettering.typefaces import BOLD, REGULAR, Typeface
from kaiga.engines.sketch.lettering.typesetting import Setting, fit_text
from kaiga.engines.sketch.lettering.writing import written
from kaiga.engines.sketch.tools.translation.lines import find_lines
from kaiga.engines.sketch.tools.translation.phrasebook import code_of, folded, open_phrasebook
from kaiga.engines.sketch.tools.translation.reading import (
    LATIN_LETTERS,
    make_alphabet,
    read_line,
)
from kaiga.engines.sketch.tools.translation.strokes import boxes_of

CREAM, NAVY = (240.0, 235.0, 220.0), (30.0, 40.0, 110.0)
NO_TEXT = {"message": "No text detected for translation"}


def sign(
    *lines: str, ground: object = CREAM, ink: object = NAVY, face: Typeface = BOLD, size: int = 70
) -> Pixels:
    picture = np.empty((110 * len(lines), 640, 3), dtype=np.uint8)
    picture[:] = ground
    coverage = np.zeros(picture.shape[:2], dtype=np.uint8)
    setting = Setting(typecase=Typecase(), typeface=face)
    for index, line in enumerate(lines):
        block = fit_text(line, 560, 110, setting, largest=size)
        coverage[index * 110 : index * 110 + 110, 40:600] = block.coverage
    return written(picture, coverage, ink)


def read(picture: Pixels, more: str = "") -> set[str]:
    alphabet = make_alphabet(LATIN_LETTERS + more)
    return {read_line(line, alphabet).text for line in find_lines(picture)}


def shows(picture: Pixels, text: str, more: str = "") -> bool:
    """Tell whether a text was read in a picture, with at most one letter in eight misread."""
    wanted = folded(text)
    return any(
        len(each) == len(wanted)
        and sum(a != b for a, b in zip(each, wanted, strict=True)) <= len(wanted) // 8
        for each in map(folded, read(picture, more))
    )


def translated(folder: Path, picture: Pixels, source: str, target: str, **ext: object) -> Pixels:
    asked = job(
        "image-translation",
        saved(folder, picture),
        source_lang=source,
        target_lang=target,
        ext=ext,
    )
    result = made(asked)
    assert result.findings == {}
    return decoded(result.files[0])


@pytest.mark.parametrize(
    ("text", "source", "target", "wanted"),
    [
        ("Entrance", "en", "zh", "入口"),
        ("新年快乐", "zh", "en", "Happy New Year"),
        ("営業中", "ja", "en", "Open"),
        ("Music", "English", "Chinese", "音乐"),
        ("出口", "auto", "en", "Exit"),
        ("Sunday", "auto", "fr", "Dimanche"),
    ],
)
def test_a_known_phrase_stands_there_in_the_other_language(
    tmp_path: Path, text: str, source: str, target: str, wanted: str
) -> None:
    result = translated(tmp_path, sign(text), source, target)

    assert shows(result, wanted, more=wanted + text)
    assert not shows(result, text, more=wanted + text)


def test_the_translation_has_the_colours_and_the_place_of_the_text(tmp_path: Path) -> None:
    before = sign("Danger", ground=(150, 20, 30), ink=(250.0, 220.0, 110.0))

    after = translated(tmp_path, before, "en", "zh")

    ink = np.abs(after.astype(int) - (250, 220, 110)).max(axis=2) < 40
    ground = np.abs(after.astype(int) - (150, 20, 30)).max(axis=2) < 24
    assert ink.sum() > 500
    assert (ink | ground).mean() > 0.93
    assert abs(np.nonzero(ink)[1].mean() - 320) < 30


def test_all_around_the_text_stays(tmp_path: Path) -> None:
    scene = painted("a garden", width=640, height=480)
    scene[40:150] = sign("Welcome")

    after = translated(tmp_path, scene, "en", "zh")

    assert after.shape == scene.shape
    assert difference(after[170:], scene[170:]) < 3
    assert "欢迎" in read(after[20:170], more="欢迎")


def test_unknown_words_of_a_line_stay_as_they_are(tmp_path: Path) -> None:
    before = sign("Coffee 500 Zyx")

    after = translated(tmp_path, before, "en", "zh")

    assert difference(after[:, 330:], before[:, 330:]) < 3
    assert difference(after[:, :300], before[:, :300]) > 8


def test_the_clients_terms_come_first(tmp_path: Path) -> None:
    terms = [{"src": "Menu", "tgt": "菜谱"}]

    after = translated(tmp_path, sign("Menu"), "en", "zh", terminologies=terms)

    assert "菜谱" in read(after, more="菜谱单")


def test_a_line_that_is_sensitive_stays(tmp_path: Path) -> None:
    before = sign("Entrance", "Exit")

    after = translated(tmp_path, before, "en", "zh", sensitives=["Entrance"])

    texts = read(after, more="入出口")
    assert "Entrance" in texts
    assert "出口" in texts


def test_text_that_the_phrasebook_lacks_stays_and_is_text_all_the_same(tmp_path: Path) -> None:
    before = sign("Quantum walrus")

    after = translated(tmp_path, before, "en", "zh")

    assert difference(after, before) < 2


@pytest.mark.parametrize(
    "prompt", ["a garden", "a city at night", "a flower shop", "mountains", "a table with fruit"]
)
def test_a_picture_without_text_says_so_and_stays(tmp_path: Path, prompt: str) -> None:
    before = painted(prompt, width=480, height=360)

    result = made(
        job("image-translation", saved(tmp_path, before), source_lang="en", target_lang="zh")
    )

    assert result.findings == NO_TEXT
    assert difference(decoded(result.files[0]), before) < 4


def test_the_result_is_a_jpeg_of_the_same_size(tmp_path: Path) -> None:
    before = sign("Hello")
    asked = job("image-translation", saved(tmp_path, before), source_lang="en", target_lang="ja")

    file = made(asked).files[0]

    assert file.content.startswith(b"\xff\xd8")
    assert (file.height_pixels, file.width_pixels) == before.shape[:2]


@pytest.mark.parametrize("face", [REGULAR, BOLD, Typeface(slant=0.1), Typeface(weight=0.01)])
@pytest.mark.parametrize("text", ["Grand Opening", "Buy 2 get 1 free", "Jazz & Blues"])
def test_clean_print_is_read(text: str, face: Typeface) -> None:
    assert shows(sign(text, face=face), text)


@pytest.mark.parametrize("size", [18, 30, 60])
def test_small_and_large_print_is_read(size: int) -> None:
    assert "Restaurant" in read(sign("Restaurant", size=size))


def test_light_print_on_dark_is_read() -> None:
    assert "Station" in read(sign("Station", ground=(20, 30, 40), ink=(240.0, 240.0, 240.0)))


@pytest.mark.parametrize(("name", "code"), [
    ("English", "en"), ("CHINESE", "zh"), ("ja", "ja"), ("Korean", "ko"), ("auto", "auto"),
    ("th", "th"),
])  # fmt: skip
def test_languages_go_by_name_or_code(name: str, code: str) -> None:
    assert code_of(name) == code


def phrases(text: str, source: str, target: str) -> list[str]:
    book = open_phrasebook(source, target)
    characters = [each for each in text if each != " "]
    begins = [
        index > 0 and text[index - 1] == " " for index, each in enumerate(text) if each != " "
    ]
    return [match.translation for match in book.find(characters, begins)]


def test_the_longest_phrase_counts() -> None:
    assert phrases("Happy New Year", "en", "zh") == ["新年快乐"]


def test_phrases_beside_each_other_are_joined_as_the_language_does() -> None:
    assert phrases("Summer Sale", "en", "zh") == ["夏天打折"]
    assert phrases("夏天打折", "zh", "en") == ["Summer Sale"]


def test_a_word_inside_another_is_not_translated() -> None:
    assert phrases("Tear", "en", "zh") == []


def test_one_misread_letter_in_five_does_no_harm() -> None:
    assert phrases("Wdlcome", "en", "zh") == ["欢迎"]
    assert phrases("Exif", "en", "zh") == []


def test_a_language_without_phrases_translates_nothing() -> None:
    assert phrases("Welcome", "en", "th") == []


@pytest.mark.parametrize("target", ["zh", "ja", "ko", "es", "fr", "de", "ru", "en"])
def test_every_phrase_has_its_word_in_every_language(target: str) -> None:
    source = "zh" if target == "en" else "en"

    book = open_phrasebook(source, target)

    assert len(book.known) >= 45
    assert all(book.translations.values())


def test_strokes_that_touch_are_one_and_others_are_apart() -> None:
    marks = np.array(
        [list("##..#"), list("..#.#"), list("....."), list("#...."), list("##..#")]
    ) == "#"  # fmt: skip

    boxes = sorted(box.as_list() for box in boxes_of(marks, least=1, most=9))

    assert boxes == [[0, 0, 3, 2], [0, 3, 2, 5], [4, 0, 5, 2], [4, 4, 5, 5]]


def test_a_long_winding_stroke_is_one() -> None:
    marks = np.zeros((41, 41), dtype=np.bool_)
    marks[::2] = True
    marks[1::4, -1] = True
    marks[3::4, 0] = True

    assert [box.as_list() for box in boxes_of(marks, least=1, most=9)] == [[0, 0, 41, 41]]
