"""What the engine understands of prompts in three languages."""

from collections.abc import Iterable

import pytest

from kaiga.engines.sketch.motifs.table import MOTIFS
from kaiga.engines.sketch.planning import BACKDROPS
from kaiga.engines.sketch.reading import MOST_OF_A_KIND, read_prompt, without
from kaiga.engines.sketch.styles import STYLES
from kaiga.engines.sketch.words import Concept, list_concepts, load_dictionary

RED, BLUE, WHITE, ORANGE = "#d8353f", "#3b78c9", "#faf7f0", "#f08a2c"


def counts(prompt: str) -> dict[str, int]:
    return {mention.motif: mention.count for mention in read_prompt(prompt).mentions}


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a cat", {"cat": 1}),
        ("three cats", {"cat": 3}),
        ("3 cats", {"cat": 3}),
        ("a few sheep", {"sheep": 3}),
        ("many butterflies", {"butterfly": 8}),
        ("a pair of wolves", {"dog": 2}),
        ("a hundred and 999 balloons", {"balloon": MOST_OF_A_KIND}),
        ("a hot-air balloon", {"hot_air_balloon": 1}),
        ("five sailing boats", {"sailboat": 5}),
        ("an orange", {"orange_fruit": 1}),
        ("an orange cat", {"cat": 1}),
        ("cherry blossoms and a pagoda", {"sakura": 3, "pagoda": 1}),
        ("a panda eating bamboo", {"panda": 1, "bamboo": 1}),
        ("三只猫", {"cat": 3}),
        ("三隻貓", {"cat": 3}),
        ("两个机器人", {"robot": 2}),
        ("一群羊", {"sheep": 6}),
        ("大熊猫和竹子", {"panda": 1, "bamboo": 1}),
        ("猫头鹰", {"owl": 1}),
        ("热气球", {"hot_air_balloon": 1}),
        ("一束花", {"bouquet": 1}),
        ("火车穿过石桥", {"train": 1, "bridge": 1}),
        ("十二只羊", {"sheep": 12}),
        ("猫が3匹", {"cat": 3}),
        ("3匹の猫", {"cat": 3}),
        ("犬が二匹いる", {"dog": 2}),
        ("雪だるま", {"snowman": 1}),
        ("花火", {"fireworks": 1}),
        ("二人の子供", {"child": 2}),
        ("桜の木の下の三毛猫", {"sakura": 1, "cat": 1}),
    ],
)
def test_things_and_their_numbers_are_understood(prompt: str, expected: dict[str, int]) -> None:
    found = counts(prompt)

    assert found == expected


@pytest.mark.parametrize(
    ("prompt", "motif", "colours"),
    [
        ("a red car", "car", (RED,)),
        ("the car is red", "car", (RED,)),
        ("a red, rusty house and a blue car", "car", (BLUE,)),
        ("a blue wooden door", "door", (BLUE,)),
        ("a white cat with blue eyes on a red sofa", "cat", (WHITE,)),
        ("a white cat with blue eyes on a red sofa", "chair", (RED,)),
        ("a woman in a red dress", "woman", (RED,)),
        ("an orange cat", "cat", (ORANGE,)),
        ("a red and white lighthouse", "lighthouse", (RED, WHITE)),
        ("赤い車と青い自転車", "car", (RED,)),
        ("赤い車と青い自転車", "bicycle", (BLUE,)),
        ("红色的汽车", "car", (RED,)),
        ("穿红裙子的小女孩和一只白色的小狗", "girl", (RED,)),
        ("穿红裙子的小女孩和一只白色的小狗", "dog", (WHITE,)),
        ("橘猫", "cat", (ORANGE,)),
    ],
)
def test_colours_go_to_the_thing_they_describe(
    prompt: str, motif: str, colours: tuple[str, ...]
) -> None:
    mention = read_prompt(prompt).find(motif)

    assert mention is not None
    assert mention.colours == colours


def test_a_material_is_kept_beside_the_colour() -> None:
    door = read_prompt("a blue wooden door").find("door")

    assert door is not None
    assert door.material == "#9a6236"


@pytest.mark.parametrize(
    ("prompt", "place", "time", "weather", "season", "style"),
    [
        ("a cabin in the forest at night, rain", "forest", "night", ("rain",), "", ""),
        ("the beach at golden hour", "beach", "sunset", (), "", ""),
        ("snowy street in winter, watercolor", "street", "", ("snow",), "winter", "watercolour"),
        ("foggy lake at dawn, ink wash", "lake", "dawn", ("fog",), "", "ink"),
        ("cyberpunk city", "city", "", (), "", "neon"),
        ("8-bit castle in space", "space", "", (), "", "pixel"),
        ("海底世界", "underwater", "", (), "", ""),
        ("秋天的森林，油画", "forest", "", (), "autumn", "oil"),
        ("雨中的城市夜景", "city", "night", ("rain",), "", ""),
        ("夕焼けの海、浮世絵", "sea", "sunset", (), "", "woodblock"),
        ("雪の夜の村", "village", "night", ("snow",), "", ""),
        ("春の公園、切り絵", "garden", "", (), "spring", "papercut"),
    ],
)
def test_place_hour_weather_season_and_style_are_understood(
    prompt: str, place: str, time: str, weather: tuple[str, ...], season: str, style: str
) -> None:
    scene = read_prompt(prompt)

    assert (scene.places[0], scene.time, scene.weather) == (place, time, weather)
    assert (scene.season, scene.style) == (season, style)


@pytest.mark.parametrize(
    ("prompt", "mood"),
    [("calm", "calm"), ("怒り", "angry"), ("寂しい", "sad"), ("宁静", "calm"), ("joy!", "joyful")],
)
def test_moods_are_understood(prompt: str, mood: str) -> None:
    assert read_prompt(prompt).moods == (mood,)


@pytest.mark.parametrize(
    "prompt",
    [
        "A flower shop with exquisite windows, a beautiful wooden door, and flowers on display",
        "一间有着精致窗户的花店，漂亮的木质门，摆放着花朵",
        "素敵な窓と木のドアのある花屋、花が並んでいる",
    ],
)
def test_the_reference_prompt_is_a_flower_shop_with_its_parts(prompt: str) -> None:
    assert set(counts(prompt)) == {"flower_shop", "window", "door", "flowers"}


@pytest.mark.parametrize(
    ("prompt", "gone"),
    [
        ("a street without cars", "car"),
        ("a park with no people", "people"),
        ("没有汽车的街道", "car"),
        ("車のない街", "car"),
    ],
)
def test_denied_things_are_left_out(prompt: str, gone: str) -> None:
    scene = read_prompt(prompt)

    assert gone in scene.excluded
    assert scene.find(gone) is None


def test_a_negative_prompt_removes_things_places_and_weather() -> None:
    scene = read_prompt("a man, a cat and a red car on the beach in the rain")

    left = without(scene, read_prompt("people, cars, rain, beach"))

    assert {mention.motif for mention in left.mentions} == {"cat"}
    assert left.weather == ()
    assert left.places == ()


def test_every_motif_of_the_lexicon_can_be_drawn_and_every_drawing_can_be_asked_for() -> None:
    named = {concept.name for concept in list_concepts() if concept.kind == "motif"}

    assert named == set(MOTIFS)


def test_every_style_and_place_of_the_lexicon_exists() -> None:
    concepts = list_concepts()

    assert {c.name for c in concepts if c.kind == "style"} == set(STYLES) - {""}
    assert {c.name for c in concepts if c.kind == "place"} <= set(BACKDROPS)


def test_every_motif_has_words_in_english_and_in_chinese_or_japanese() -> None:
    dictionary = load_dictionary()
    english = _names(dictionary.phrases.values())
    eastern = _names(dictionary.characters.values())

    assert set(MOTIFS) <= english
    assert set(MOTIFS) <= eastern


def test_there_are_enough_motifs_to_be_useful() -> None:
    assert len(MOTIFS) >= 50


def _names(groups: Iterable[tuple[Concept, ...]]) -> set[str]:
    return {concept.name for group in groups for concept in group}
