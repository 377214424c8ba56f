"""The rule rewriter: what it adds, what it leaves alone, and what it never says."""

import asyncio
import subprocess
import sys
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaiga.engines.sketch.reading import read_prompt
from kaiga.ports.prompt_rewriter import LONGEST_PROMPT, PromptRewriter
from kaiga.rewriters.rules import RuleRewriter
from kaiga.rewriters.rules.phrasebook import Language, load_phrasebook
from rewriters.prompt_rewriter_contract import (
    LARGEST_SEED,
    PromptRewriterContract,
)

MANY_SEEDS = range(60)
FLOWER_SHOP = "一间有着精致窗户的花店，漂亮的木质门，摆放着花朵"
prompts = st.text(max_size=400) | st.text(
    alphabet=st.sampled_from(list("a cat,.\"'「」夜の猫花，。 \t\nneonéк")), max_size=200
)
seeds = st.integers(min_value=0, max_value=LARGEST_SEED)
laws = settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def rules() -> RuleRewriter:
    return RuleRewriter()


async def added(rules: RuleRewriter, prompt: str, seed: int = 1) -> str:
    rewritten = await rules.rewrite(prompt, seed)
    assert rewritten.startswith(prompt.rstrip())
    return rewritten[len(prompt.rstrip()) :]


async def added_by_any_seed(rules: RuleRewriter, prompt: str) -> str:
    return " ".join([await added(rules, prompt, seed) for seed in MANY_SEEDS])


class TestContract(PromptRewriterContract):
    @pytest.fixture
    def rewriter(self) -> PromptRewriter:
        return RuleRewriter()

    @laws
    @given(prompt=prompts, seed=seeds)
    async def test_the_same_prompt_and_seed_always_give_the_same_text(
        self, rewriter: PromptRewriter, prompt: str, seed: int
    ):
        first = await rewriter.rewrite(prompt, seed)

        assert await rewriter.rewrite(prompt, seed) == first

    @laws
    @given(prompt=prompts, seed=seeds)
    async def test_a_rewritten_prompt_fits_where_the_prompt_did(
        self, rewriter: PromptRewriter, prompt: str, seed: int
    ):
        rewritten = await rewriter.rewrite(prompt, seed)

        assert len(rewritten) <= max(len(prompt), LONGEST_PROMPT)


@laws
@given(prompt=prompts, seed=seeds)
async def test_the_prompt_stays_at_the_start(prompt: str, seed: int, rules: RuleRewriter):
    rewritten = await rules.rewrite(prompt, seed)

    assert rewritten == prompt or rewritten.startswith(prompt.rstrip())


@laws
@given(prompt=st.text(alphabet=st.characters(codec="utf-8"), max_size=300), seed=seeds)
async def test_a_clean_prompt_stays_clean(prompt: str, seed: int, rules: RuleRewriter):
    rewritten = await rules.rewrite(prompt, seed)

    added_text = rewritten[len(prompt.rstrip()) :] if rewritten != prompt else ""
    assert not any(unicodedata.category(character).startswith("C") for character in added_text)


@pytest.mark.parametrize(
    ("prompt", "start"),
    [
        ("a cat", "a cat. "),
        ("a cat.", "a cat. "),
        ("a cat...", "a cat... "),
        ("a cat!", "a cat! "),
        ("a cat  \n", "a cat. "),
        ("  a cat", "  a cat. "),
        ("a cat,", "a cat, "),
        ("a cat:", "a cat: "),
        ('a cat under a sign, "Open."', 'a cat under a sign, "Open." '),
        ('a cat named "Tom"', 'a cat named "Tom". '),
        ("一只猫", "一只猫。"),
        ("一只猫。", "一只猫。"),
        ("一只猫，", "一只猫，"),
        ("猫がいる", "猫がいる。"),
        ("猫がいる！", "猫がいる！"),
    ],
)
async def test_the_addition_follows_the_prompts_own_punctuation(
    prompt: str, start: str, rules: RuleRewriter
):
    rewritten = await rules.rewrite(prompt, 1)

    rest = rewritten.removeprefix(start)
    assert rewritten.startswith(start)
    assert rest[0] not in " .,。，、"
    assert rest.endswith((".", "。"))


async def test_an_english_sentence_begins_with_a_capital_letter(rules: RuleRewriter):
    assert (await added(rules, "a cat")).removeprefix(". ")[0].isupper()


async def test_a_list_of_phrases_goes_on_in_small_letters(rules: RuleRewriter):
    assert (await added(rules, "a cat,")).removeprefix(" ")[0].islower()


async def test_seeds_vary_the_words(rules: RuleRewriter):
    rewritten = {await rules.rewrite("a cat", seed) for seed in MANY_SEEDS}

    assert len(rewritten) > 10


def test_another_process_writes_the_same_words(rules: RuleRewriter):
    script = (
        "import asyncio; from kaiga.rewriters.rules import RuleRewriter;"
        f"print(ascii(asyncio.run(RuleRewriter().rewrite({FLOWER_SHOP!a}, {LARGEST_SEED}))))"
    )

    elsewhere = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONHASHSEED": "12345"},
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )

    here = asyncio.run(rules.rewrite(FLOWER_SHOP, LARGEST_SEED))
    assert elsewhere.stdout.strip() == ascii(here)


@pytest.mark.parametrize(
    "prompt",
    [
        "고양이 한 마리",
        "고양이와 a cat",
        "кошка на окне",
        "قطة على النافذة",
        "חתול על החלון",
        "γάτα στο παράθυρο",
        "แมวบนหน้าต่าง",
        "खिड़की पर बिल्ली",
        "un chat noir sur une chaise",
        "gatto nero",
        "el gato en la ventana",
        "eine Katze am Fenster",
        "Kätzchen",
        "een kat op het dak",
        "một con mèo trên mái nhà",
        "seekor kucing di atas atap",
        "bir kedi ve köpek",
        "🐈🌙",
        "12345",
        "...",
    ],
)
async def test_other_languages_come_back_as_they_are(prompt: str, rules: RuleRewriter):
    assert await rules.rewrite(prompt, 1) == prompt


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("a cat", "english"),
        ("cat, night, rain", "english"),
        ("A café in the rain", "english"),
        ("a sign that says 花店 over a door", "english"),
        ('a shop with the sign "夜のカフェ"', "english"),
        ("ＡＣＴＩＯＮ ａ ｃａｔ", "english"),
        ("一只猫", "chinese"),
        ("给 Kaiga 设计一个标志", "chinese"),
        ("写着“ラーメン”的招牌，一条小巷", "chinese"),
        ("猫がいる", "japanese"),
        ("パンダ", "japanese"),
        ("ﾊﾟﾝﾀﾞ", "japanese"),
        ("桜と富士山", "japanese"),
        ("図書館", "japanese"),
    ],
)
async def test_a_prompt_is_answered_in_its_own_language(
    prompt: str, language: Language, rules: RuleRewriter
):
    phrases = phrases_of(language)

    addition = await added(rules, prompt)

    assert any(phrase in addition.lower() for phrase in phrases)


def phrases_of(language: Language) -> list[str]:
    facets = load_phrasebook(language).facets
    return [text for facet in facets for group in facet.groups for text in group.texts]


async def test_a_traditional_prompt_is_answered_in_traditional_characters(rules: RuleRewriter):
    addition = await added_by_any_seed(rules, "一間有著精緻窗戶的花店，漂亮的木質門，擺放著花朵")

    assert {"構", "圖", "細", "質"} <= set(addition)
    assert not set("构图细质线觉层画现处专业") & set(addition)


async def test_a_simplified_prompt_is_answered_in_simplified_characters(rules: RuleRewriter):
    addition = await added_by_any_seed(rules, FLOWER_SHOP)

    assert not set("構圖細質線覺層畫現處專業") & set(addition)


@pytest.mark.parametrize(
    ("prompt", "forbidden"),
    [
        ("a harbour at night", ["bright", "slanting", "crisp light"]),
        ("a harbour at dawn", ["bright", "deep and quiet", "fading"]),
        ("a harbour at sunset", ["bright", "early", "fresh"]),
        ("a sunny harbour", ["low light", "deep tones", "even diffused"]),
        ("a foggy harbour", ["crisp light", "bright", "defined shadows"]),
        ("a stormy harbour", ["soft", "crisp light", "bright"]),
        ("夜晚的港口", ["明朗", "斜射", "通透"]),
        ("清晨的港口", ["明朗", "幽静", "渐弱"]),
        ("黄昏的港口", ["明朗", "清新", "幽静"]),
        ("夜の港", ["明快", "清らか", "しだいに"]),
        ("夕暮れの港", ["明快", "清らか", "静かな"]),
    ],
)
async def test_the_light_never_contradicts_the_hour_or_the_weather(
    prompt: str, forbidden: list[str], rules: RuleRewriter
):
    addition = (await added_by_any_seed(rules, prompt)).lower()

    assert [word for word in forbidden if word in addition] == []


@pytest.mark.parametrize(
    "prompt",
    [
        "a cat, backlit",
        "a cat in the glow of a lantern",
        "a street with neon lights",
        "from day to night, a street",
        "a dark corridor",
    ],
)
async def test_no_light_is_added_where_the_prompt_has_its_own(prompt: str, rules: RuleRewriter):
    addition = (await added_by_any_seed(rules, prompt)).lower()

    assert " light " not in addition


@pytest.mark.parametrize(
    "prompt",
    [
        "a watercolour of a cat",
        "a cat, watercolor",
        "a cat, oil painting",
        "anime cat",
        "cat in cyberpunk style",
        "photo of a cat",
        "pixel art cat",
        "水彩画的猫",
        "水墨风格，一只猫",
        "赛博朋克的猫",
        "猫のアニメ",
        "猫、浮世絵風",
        "猫の写真",
    ],
)
async def test_no_style_is_added_where_the_prompt_names_one(prompt: str, rules: RuleRewriter):
    addition = (await added_by_any_seed(rules, prompt)).lower()

    endings = ["realistic", "true-to-life", "authentic", "逼真", "氛围真切", "自然真实"]
    endings += ["忠実", "高精細", "実感"]
    assert [word for word in endings if word in addition] == []


@pytest.mark.parametrize(
    "prompt",
    [
        "close-up of a rose",
        "aerial view of a river",
        "玫瑰特写",
        "俯瞰河流",
        "バラの接写",
        "川の空撮",
    ],
)
async def test_no_composition_is_added_where_the_prompt_has_its_own(
    prompt: str, rules: RuleRewriter
):
    addition = (await added_by_any_seed(rules, prompt)).lower()

    words = ["composition", "framing", "view", "构图", "视角", "構図", "眺め"]
    assert [word for word in words if word in addition] == []


@pytest.mark.parametrize(
    ("prompt", "fits", "never"),
    [
        ("an old fisherman", ["skin"], ["fur", "plumage", "appetising"]),
        ("a fox", ["fur"], ["skin", "plumage"]),
        ("an owl", ["plumage"], ["fur", "skin"]),
        ("a bowl of ramen", ["fresh", "rich"], ["fur", "skin"]),
        ("a ramen shop", ["material", "crafted"], ["appetising", "skin"]),
        ("a perfume bottle", ["materials", "finish"], ["fur", "skin"]),
        ("a mountain lake", ["texture", "surfaces"], ["fur", "skin"]),
        ("a logo of a fox", ["edges", "contours"], ["fur"]),
        ("一位老渔夫", ["肌肤"], ["毛发纹理", "羽毛"]),
        ("一只狐狸", ["毛发"], ["肌肤", "羽毛"]),
        ("拉面店", ["材质"], ["可口", "肌肤"]),
        ("一碗拉面", ["新鲜"], ["毛发", "肌肤"]),
        ("年老いた漁師", ["肌"], ["毛並み", "羽毛"]),
        ("フクロウ", ["羽毛"], ["毛並み", "肌"]),
        ("ラーメン屋", ["素材", "作り"], ["食欲", "肌"]),
        ("ジャパン", ["質感", "表面"], ["食欲"]),
    ],
)
async def test_textures_fit_the_subject(
    prompt: str, fits: list[str], never: list[str], rules: RuleRewriter
):
    addition = (await added_by_any_seed(rules, prompt)).lower()

    assert any(word in addition for word in fits)
    assert [word for word in never if word in addition] == []


@pytest.mark.parametrize(
    "prompt", ["a cat without fur", "no night, a street", "没有毛的猫", "毛のない猫"]
)
async def test_what_is_denied_is_never_described(prompt: str, rules: RuleRewriter):
    addition = (await added_by_any_seed(rules, prompt)).lower()

    words = ["fur", "deep tones", "quiet", "毛", "幽静"]
    assert [word for word in words if word in addition] == []


async def test_the_words_on_a_sign_say_nothing_about_the_scene(rules: RuleRewriter):
    with_sign = await added_by_any_seed(rules, 'a shop with the sign "Good night, watercolour cat"')

    assert "washes" not in with_sign
    assert "fur" not in with_sign
    assert "realistic" in with_sign


async def test_a_prompt_that_says_everything_comes_back_as_it_is(rules: RuleRewriter):
    prompt = "backlit close-up origami"

    assert await rules.rewrite(prompt, 1) == prompt


@pytest.mark.parametrize(
    ("character", "limit"), [("猫", 120), ("ね", 120), ("a ", 150)], ids=["Han", "kana", "letters"]
)
async def test_a_prompt_is_full_from_one_character_past_the_limit(
    character: str, limit: int, rules: RuleRewriter
):
    longest = character * limit

    assert await rules.rewrite(longest, 1) != longest
    assert await rules.rewrite(longest + character, 1) == longest + character


@pytest.mark.parametrize(
    "prompt",
    [
        "A flower shop with exquisite windows, a beautiful wooden door, and flowers on display",
        "two cats on a red sofa at night",
        "three sailboats on the sea at sunset, watercolor",
        "rainy street in tokyo, neon lights",
        FLOWER_SHOP,
        "夜晚的海边，一只猫在看月亮",
        "雪山下的小木屋，水墨画",
        "夕暮れの駅と桜の木、アニメ風",
        "窓辺で眠る二匹の黒猫",
    ],
)
async def test_a_rewritten_prompt_shows_the_same_things(prompt: str, rules: RuleRewriter):
    scene = replace(read_prompt(prompt), moods=())

    for seed in MANY_SEEDS:
        rewritten = await rules.rewrite(prompt, seed)
        assert replace(read_prompt(rewritten), moods=()) == scene, rewritten
