"""What is understood of an instruction, in three languages."""

import pytest

from kaiga.engines.sketch.edits.instructions import Action, Wish, read_wishes
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.scene import Scene

BLUE = "#3b78c9"


def only(instruction: str) -> Wish:
    (wish,) = read_wishes(instruction, Scene())
    return wish


def motifs(scene: Scene) -> list[str]:
    return [mention.motif for mention in scene.mentions]


@pytest.mark.parametrize(
    "instruction", ["Change the red car to blue", "把红色的汽车变成蓝色", "赤い車を青に変えて"]
)
def test_a_thing_and_its_new_colour_are_told_apart(instruction: str) -> None:
    wish = only(instruction)

    assert wish.action is Action.CHANGE
    assert motifs(wish.about) == ["car"]
    assert wish.wanted.colours == (BLUE,)
    assert not wish.wanted.mentions


@pytest.mark.parametrize("instruction", ["make the car blue", "paint the car blue"])
def test_a_colour_without_a_to_is_the_new_one(instruction: str) -> None:
    wish = only(instruction)

    assert wish.about.mentions[0].colours == ()
    assert wish.wanted.colours == (BLUE,)


def test_a_word_for_a_fruit_and_a_colour_is_the_colour_when_things_change() -> None:
    wish = only("make the tree orange")

    assert motifs(wish.about) == ["tree"]
    assert not wish.wanted.mentions
    assert wish.wanted.colours == ("#f08a2c",)


@pytest.mark.parametrize(
    "instruction", ["remove the car", "去掉汽车", "车を削除", "車を消して", "get rid of the car"]
)
def test_what_shall_go_is_understood(instruction: str) -> None:
    wish = only(instruction)

    assert wish.action is Action.REMOVE
    assert motifs(wish.about) == ["car"]


@pytest.mark.parametrize("instruction", ["remove the watermark", "去除水印", "透かしを消して"])
def test_writing_is_known_as_writing(instruction: str) -> None:
    wish = only(instruction)

    assert wish.action is Action.REMOVE
    assert wish.writing


@pytest.mark.parametrize(
    "instruction", ["add a cat on the left", "在左边加一只猫", "左に猫を追加して"]
)
def test_what_is_added_has_its_side(instruction: str) -> None:
    wish = only(instruction)

    assert wish.action is Action.ADD
    assert motifs(wish.wanted) == ["cat"]
    assert wish.side == "left"


@pytest.mark.parametrize(
    "instruction",
    ["Put an apple on the table", "在桌子上放一个苹果", "テーブルの上にりんごを置いて"],
)
def test_what_is_put_somewhere_is_told_from_where(instruction: str) -> None:
    wish = only(instruction)

    assert motifs(wish.wanted) == ["apple"]
    assert motifs(wish.about) == ["table"]
    assert wish.upon


@pytest.mark.parametrize(
    "instruction", ["replace the dog with a cat", "把狗换成猫", "犬を猫に置き換えて"]
)
def test_one_thing_takes_the_place_of_another(instruction: str) -> None:
    wish = only(instruction)

    assert wish.action is Action.CHANGE
    assert motifs(wish.about) == ["dog"]
    assert motifs(wish.wanted) == ["cat"]


@pytest.mark.parametrize(
    "instruction", ["Change the background to a beach", "把背景换成海滩", "背景をビーチに変えて"]
)
def test_a_new_background_is_a_place(instruction: str) -> None:
    wish = only(instruction)

    assert wish.background
    assert wish.wanted.places == ("beach",)


@pytest.mark.parametrize(
    ("instruction", "images", "scene"),
    [
        ("put the cup of image 1 on the table of image 2", (1, 2), 2),
        ("Put the cat from image 2 into image 1", (2, 1), 1),
        ("put the first picture's cat into the second picture", (1, 2), 2),
        ("把图1的猫放到图2的桌子上", (1, 2), 2),
        ("将图2中的猫放在图1中", (2, 1), 1),
        ("画像1の猫を画像2のテーブルに置いて", (1, 2), 2),
        ("让图1的女孩穿上图2的裙子", (1, 2), 1),
        ("第一张图的狗放进第二张图", (1, 2), 2),
        ("1枚目の犬を2枚目に入れて", (1, 2), 2),
    ],
)
def test_pictures_are_known_by_their_numbers(
    instruction: str, images: tuple[int, ...], scene: int
) -> None:
    wish = only(instruction)

    assert wish.images == images
    assert wish.scene_image == scene


def test_the_picture_whose_style_is_wanted_is_known() -> None:
    assert only("use the style of image 2 for image 1").style_image == 2


@pytest.mark.parametrize("instruction", ["make it night", "变成夜晚", "夜にして"])
def test_an_hour_is_wanted(instruction: str) -> None:
    assert only(instruction).wanted.time == "night"


def test_several_wishes_are_read_one_by_one() -> None:
    wishes = read_wishes(
        "Change the red car to blue and add a cat and a dog on the right, at night", Scene()
    )

    assert [wish.action for wish in wishes] == [
        Action.CHANGE, Action.ADD, Action.ADD, Action.SHOW,
    ]  # fmt: skip
    assert motifs(wishes[2].wanted) == ["dog"]
    assert wishes[2].side == "right"


def test_nothing_unwanted_is_ever_wanted() -> None:
    (wish,) = read_wishes("add a dog", read_prompt("dogs"))

    assert not wish.wanted.mentions


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "\ud800", ",,,", "and and", "を", "image 1 image 2"]
)
def test_any_text_is_read(text: str) -> None:
    read_wishes(text, Scene())
