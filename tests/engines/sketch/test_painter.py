"""The finished pictures: their size, bytes, metadata, and what can be seen in them."""

import hashlib
import io
import subprocess
import sys
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageStat

from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.composition import compose
from kaiga.engines.sketch.lighting import make_light
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.table import MOTIFS
from kaiga.engines.sketch.painter import PictureOrder, paint, rasterise
from kaiga.engines.sketch.planning import BACKDROPS
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.scene import Scene
from kaiga.engines.sketch.stage import Stage
from kaiga.engines.sketch.styles import STYLES

FLOWER_SHOP = (
    "A flower shop with exquisite windows, a beautiful wooden door, and flowers on display"
)


def order(
    prompt: str,
    *,
    seed: int = 1,
    width: int = 256,
    height: int = 256,
    negative: str = "",
    watermark: str = "",
) -> PictureOrder:
    return PictureOrder(
        prompt=prompt,
        negative_prompt=negative,
        width_pixels=width,
        height_pixels=height,
        seed=seed,
        watermark=watermark,
    )


def picture(asked: PictureOrder) -> Image.Image:
    image = Image.open(io.BytesIO(paint(asked)))
    image.load()
    return image


def brightness(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L")).mean[0]


def difference(first: Image.Image, second: Image.Image) -> float:
    return ImageStat.Stat(
        ImageChops.difference(first.convert("RGB"), second.convert("RGB")).convert("L")
    ).mean[0]


@pytest.mark.parametrize("prompt", [FLOWER_SHOP, "three cats at night", "孤独", "a car, 8-bit"])
def test_the_same_order_gives_the_same_bytes(prompt: str) -> None:
    assert paint(order(prompt)) == paint(order(prompt))


def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    program = (
        "import hashlib, sys\n"
        "from kaiga.engines.sketch.painter import PictureOrder, paint\n"
        "o = PictureOrder(prompt=sys.argv[1], negative_prompt='people', width_pixels=256,"
        " height_pixels=192, seed=7, watermark='AI Generated')\n"
        "print(hashlib.sha256(paint(o)).hexdigest())\n"
    )
    here = paint(
        order(FLOWER_SHOP, negative="people", height=192, seed=7, watermark="AI Generated")
    )

    digests = {
        subprocess.run(
            [sys.executable, "-c", program, FLOWER_SHOP],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert digests == {hashlib.sha256(here).hexdigest()}


@pytest.mark.parametrize(
    "prompt", [FLOWER_SHOP, "a cat", "a dragon and a castle", "calm", "qwertz", "two ships"]
)
def test_another_seed_gives_a_visibly_different_picture(prompt: str) -> None:
    first, second = picture(order(prompt, seed=1)), picture(order(prompt, seed=2))

    assert difference(first, second) > 3


@pytest.mark.parametrize(
    ("width", "height"),
    [
        (512, 512), (768, 2700), (2700, 768), (1440, 1440), (1280, 720), (511, 769), (16, 16),
        (4096, 512),
    ],
)  # fmt: skip
def test_the_size_is_exact_and_every_pixel_opaque(width: int, height: int) -> None:
    image = picture(order("a sailing boat on a lake", width=width, height=height))

    assert image.size == (width, height)
    assert image.convert("RGBA").getchannel("A").getextrema() == (255, 255)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_style_covers_the_whole_picture(style: str) -> None:
    words = {"watercolour": "watercolor", "line": "line art", "papercut": "paper cut"}
    image = picture(order(f"a house and a tree, {words.get(style, style)}", width=200, height=150))

    assert image.size == (200, 150)
    assert image.convert("RGBA").getchannel("A").getextrema() == (255, 255)


@pytest.mark.parametrize("name", sorted(BACKDROPS))
def test_every_backdrop_is_painted(name: str) -> None:
    light = make_light("", ())
    canvas = Canvas(width=120, height=90, tone=light.tone)
    stage = Stage(canvas=canvas, rng=make_random(name), light=light, scene=Scene())

    setting = BACKDROPS[name](stage)

    image = _render(canvas, 120, 90)
    assert image.getchannel("A").getextrema() == (255, 255)
    assert len(image.getcolors(120 * 90) or ()) > 20
    assert 0 < setting.back <= setting.front <= 90


@pytest.mark.parametrize("name", sorted(MOTIFS))
def test_every_motif_stays_about_inside_its_measures_and_shows_something(name: str) -> None:
    motif = MOTIFS[name]
    scale = 120 / max(motif.width, motif.height)
    canvas = Canvas(width=240, height=240)
    with canvas.at(120, 180, scale):
        motif.draw(canvas, Look(rng=make_random(name), season="autumn", lit=False))

    box = _drawn_box(canvas)

    assert box is not None
    left, top, right, bottom = box
    assert right - left > 12
    assert bottom - top > 20
    assert 180 - 26 <= bottom <= 180 + 34
    assert left >= 120 - motif.width * scale / 2 - 26
    assert right <= 120 + motif.width * scale / 2 + 26
    assert top >= 180 - motif.height * scale - 26


def _drawn_box(canvas: Canvas) -> tuple[int, int, int, int] | None:
    return _render(canvas, 240, 240).getchannel("A").point(_solid).getbbox()


def _render(canvas: Canvas, width: int, height: int) -> Image.Image:
    document = canvas.write(pixel_width=width, pixel_height=height)
    png = rasterise(document)
    return Image.open(io.BytesIO(png)).convert("RGBA")


def _solid(alpha: int) -> int:
    return 255 if alpha > 60 else 0


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        " ",
        "\0",
        "a cat\0dog",
        "\ud800 lone \udfff",
        "</svg><image href='file:///etc/passwd'/>",
        '"><script>alert(1)</script>&lt;&amp;%s{}',
        "url(#d0) clip-path",
        "🐱🌸🏰",
        "قطة تحت شجرة",
        "חתול",
        "١٢٣",
        "cat " * 5000,
        "花" * 20000,
        "九九九九九只猫 999999999999999999999 cats",
        "-0 cats 1e9 dogs ½ ² ⑦",
        "no no without not",
    ],
)
def test_hostile_prompts_are_painted(prompt: str) -> None:
    image = picture(
        order(prompt, negative=prompt[:200], width=96, height=96, watermark="AI Generated")
    )

    assert image.size == (96, 96)


def test_no_text_of_the_prompt_enters_the_drawing() -> None:
    prompt = "a cat </svg><image href='file:///etc/passwd'/> secretword"
    asked = order(prompt)

    document = compose(read_prompt(prompt), asked).write(pixel_width=256, pixel_height=256)

    assert "secretword" not in document
    assert "passwd" not in document
    assert "<text" not in document
    assert "<image" not in document


@pytest.mark.parametrize("prompt", ["a white room", "a night sky", "noir city", "calm"])
def test_a_watermark_changes_only_the_lower_right_and_is_legible(prompt: str) -> None:
    plain = picture(order(prompt, width=512, height=512))
    marked = picture(order(prompt, width=512, height=512, watermark="AI Generated"))

    changed = ImageChops.difference(plain.convert("RGB"), marked.convert("RGB"))
    box = changed.getbbox()

    assert box is not None
    assert box[0] > 256
    assert box[1] > 440
    low, high = marked.crop(box).convert("L").getextrema()
    assert high - low > 90


def test_night_is_darker_than_day() -> None:
    day, night = picture(order("a village")), picture(order("a village at night"))

    assert brightness(night) < brightness(day) * 0.6


def test_snow_is_whiter_than_summer() -> None:
    summer, winter = picture(order("a meadow in summer")), picture(order("a snowy meadow, winter"))

    assert brightness(winter) > brightness(summer)


@pytest.mark.parametrize("prompt", ["a red car", "红色的汽车", "赤い車"])
def test_a_red_car_is_red_and_a_blue_one_is_not(prompt: str) -> None:
    red = _share(picture(order(prompt)), _is_red)
    blue = _share(picture(order("a blue car")), _is_red)

    assert red > 0.02
    assert blue < red / 3


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "prompt", [FLOWER_SHOP, "一间有着精致窗户的花店，漂亮的木质门，摆放着花朵"]
)
def test_the_flower_shop_has_a_brown_door_lit_windows_and_colourful_flowers(
    prompt: str, seed: int
) -> None:
    image = picture(order(prompt, seed=seed)).convert("RGB")
    door = image.crop((160, 170, 186, 216))
    window = image.crop((26, 100, 136, 150))
    flowers = image.crop((18, 160, 130, 205))

    assert _share(door, lambda r, g, b: 90 < r < 200 and r > g * 1.25 and g > b * 1.1) > 0.6
    assert _share(window, lambda r, g, b: r > 200 and g > 150 and b < 215) > 0.25
    assert len(set(flowers.resize((40, 20)).quantize(24).convert("RGB").get_flattened_data())) > 12


def test_a_negative_prompt_takes_the_thing_out_of_the_picture() -> None:
    with_car = picture(order("a red car in a meadow"))
    without_car = picture(order("a red car in a meadow", negative="cars"))

    assert _share(without_car, _is_red) < _share(with_car, _is_red) / 3


def test_words_without_things_give_a_picture_of_their_own() -> None:
    first, second = picture(order("lorem ipsum")), picture(order("dolor sit amet"))

    assert difference(first, second) > 3


def test_angry_words_look_darker_and_redder_than_calm_ones() -> None:
    calm, angry = picture(order("calm")).convert("RGB"), picture(order("rage")).convert("RGB")

    red, _, blue = ImageStat.Stat(angry).mean
    assert brightness(angry) < brightness(calm)
    assert red > blue * 1.3


def _share(image: Image.Image, holds: Callable[[int, int, int], bool]) -> float:
    pixels = list(image.convert("RGB").get_flattened_data())
    return sum(1 for pixel in pixels if holds(*pixel)) / len(pixels)


def _is_red(red: int, green: int, blue: int) -> bool:
    return red > 150 and green < 90 and blue < 100
