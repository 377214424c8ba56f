"""Word art: letters that can be seen, filled as asked, on nothing if asked, and as an SVG."""

import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.sketch.edits.edit_samples import decoded, difference, painted, saved
from engines.sketch.tools.tool_jobs import Pixels, job, made, shirt
from kaiga.engines.sketch.lettering.fonts import Typecase
from kaiga.engines.sketch.lettering.typefaces import find_typeface
from kaiga.engines.sketch.lettering.typesetting import Setting, fit_text
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.painter import rasterise
from kaiga.engines.sketch.tools.word_texture import TEXTURES
from kaiga.ports.engine import JobMedia


def texture(
    text: str = "Hi", *media: JobMedia, style: str = "material", **options: object
) -> Pixels:
    asked = job(
        "word-art-texture",
        *media,
        prompt="flowers in a garden",
        text={"text_content": text, "output_image_ratio": options.pop("ratio", "1:1")},
        texture_style=style,
        image_short_size=512,
        **options,
    )
    return decoded(made(asked).files[0])


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


@pytest.mark.parametrize(
    ("ratio", "size"), [("1:1", (512, 512)), ("16:9", (512, 910)), ("9:16", (910, 512))]
)
def test_the_short_side_and_the_ratio_are_as_asked(ratio: str, size: tuple[int, int]) -> None:
    assert texture(ratio=ratio).shape[:2] == size


@pytest.mark.parametrize("text", ["Hi", "福"])
def test_the_letters_are_where_the_text_would_be_set(text: str) -> None:
    layer = texture(text, alpha_channel=True)

    setting = Setting(typecase=Typecase(), typeface=find_typeface(None))
    wanted = fit_text(text, 440, 440, setting, largest=512).coverage
    assert layer.shape == (512, 512, 4)
    assert correlation(layer[36:476, 36:476, 3], wanted) > 0.99


def test_letters_stand_out_from_their_ground() -> None:
    ink = texture(alpha_channel=True)[..., 3] > 200

    picture = texture().astype(int)

    inside, outside = picture[ink].mean(axis=0), picture[:60].reshape(-1, 3).mean(axis=0)
    assert np.abs(inside - outside).max() > 25


@pytest.mark.parametrize("style", sorted(TEXTURES))
def test_every_style_fills_the_letters_in_its_own_way(style: str) -> None:
    ink = texture(alpha_channel=True)[..., 3] > 200

    styled = texture(style=style).astype(int)

    other = texture(style="lego" if style != "lego" else "marble").astype(int)
    assert np.abs(styled[ink] - other[ink]).mean() > 12
    assert styled[ink].std(axis=0).max() > 4


def test_the_letters_of_a_given_picture_are_kept(tmp_path: Path) -> None:
    letters = np.full((300, 400, 3), 255, dtype=np.uint8)
    letters[60:240, 80:140] = 0
    letters[60:240, 260:320] = 0

    asked = job(
        "word-art-texture",
        saved(tmp_path, letters),
        prompt="a forest",
        image_short_size=576,
        alpha_channel=True,
    )
    layer = decoded(made(asked).files[0])

    wanted = np.array(Image.fromarray(letters[..., 0]).resize((768, 576))) < 128
    assert layer.shape == (576, 768, 4)
    assert ((layer[..., 3] > 127) == wanted).mean() > 0.985


def test_a_reference_gives_its_colours(tmp_path: Path) -> None:
    blue = np.zeros((200, 200, 3), dtype=np.uint8)
    blue[..., 2] = np.random.default_rng(1).integers(150, 255, (200, 200))

    layer = texture("Hi", saved(tmp_path, blue, "reference"), alpha_channel=True)

    inside = layer[layer[..., 3] > 200].astype(int)
    assert inside[:, 2].mean() > inside[:, 0].mean() + 60


def test_a_picture_of_one_colour_holds_no_letters(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no letters"):
        texture("", saved(tmp_path, np.full((300, 300, 3), 90, dtype=np.uint8)))


@pytest.mark.parametrize(
    ("task", "options", "field"),
    [
        ("word-art-texture", {}, "text.text_content"),
        ("word-art-semantic", {"text": "  "}, "input.text"),
    ],
)
def test_no_text_is_refused(task: str, options: dict[str, object], field: str) -> None:
    with pytest.raises(Refused, match=re.escape(field)):
        made(job(task, prompt="x", **options))


def test_a_script_without_a_font_is_refused() -> None:
    with pytest.raises(Refused, match="Khmer"):
        made(job("word-art-semantic", prompt="x", text="សួស្តី"))


@pytest.mark.parametrize(
    ("ratio", "size"),
    [("1280x720", (720, 1280)), ("720x1280", (1280, 720)), ("1024x1024", (1024, 1024))],
)
def test_a_drawn_word_has_the_size_of_its_ratio(ratio: str, size: tuple[int, int]) -> None:
    result = made(job("word-art-semantic", prompt="cats", text="Hi", output_image_ratio=ratio))

    assert [file.part for file in result.files] == ["", "svg"]
    assert decoded(result.files[0]).shape[:2] == size


@pytest.mark.parametrize("text", ["Cats", "春天"])
def test_the_svg_is_the_same_drawing_as_the_png(text: str) -> None:
    result = made(job("word-art-semantic", prompt="cats and flowers", text=text))

    svg = result.files[1].content.decode()

    again = np.array(Image.open(io.BytesIO(rasterise(svg))).convert("RGB"))
    assert difference(again, decoded(result.files[0])[..., :3]) < 0.5


def test_the_svg_is_well_formed_and_holds_nothing_foreign() -> None:
    nasty = "cats</svg><script>alert(1)</script>"
    svg = made(job("word-art-semantic", prompt=nasty, text="Hi<&")).files[1].content.decode()

    root = ET.fromstring(svg)  # noqa: S314 - made by the line above

    tags = {element.tag.partition("}")[2] for element in root.iter()}
    assert root.tag.endswith("svg")
    assert tags <= {
        "svg", "desc", "defs", "g", "path", "rect", "ellipse", "clipPath", "linearGradient", "stop",
    }  # fmt: skip
    assert "alert" not in svg


def test_a_drawn_word_shows_the_colours_of_its_prompt() -> None:
    sea, fire = (
        decoded(made(job("word-art-semantic", prompt=prompt, text="O")).files[0]).astype(int)
        for prompt in ("the blue sea", "a red sunset in the desert")
    )

    away = np.abs(sea - fire).max(axis=2) > 60
    assert sea[away][:, 2].mean() > fire[away][:, 2].mean() + 30


@pytest.mark.parametrize("prompt", ["the sea with boats", "a city at night", "a flower shop"])
def test_the_scene_stays_inside_the_letters(prompt: str) -> None:
    picture = decoded(made(job("word-art-semantic", prompt=prompt, text="O")).files[0])

    # Beside the word there is nothing but a quiet ground, of which all is about equally light.
    strip = picture[:, :100].astype(int)
    assert strip.max(axis=(0, 1)).max() - strip.min(axis=(0, 1)).min() < 90
    assert strip.reshape(-1, 3).std(axis=0).max() < 12


def test_a_clients_font_draws_its_own_letters() -> None:
    path = Typecase(folders=()).runs("字")[0].font.path
    own = JobMedia(role="font", path=path, media_type="font/ttf")

    with_own = texture("Hi", own, alpha_channel=True)

    assert not np.array_equal(with_own[..., 3], texture("Hi", alpha_channel=True)[..., 3])


def test_letters_of_a_cut_out_picture_are_its_opaque_places(tmp_path: Path) -> None:
    layer = np.dstack([shirt(), (shirt() < 250).any(axis=2) * np.uint8(255)])

    result = texture("", saved(tmp_path, layer), alpha_channel=True)

    wanted = np.array(Image.fromarray(layer[..., 3]).resize((512, 614))) > 127
    assert result.shape[:2] == (614, 512)
    assert ((result[..., 3] > 127) == wanted).mean() > 0.99


def test_a_busy_picture_has_letters_where_something_stands_out(tmp_path: Path) -> None:
    result = texture("", saved(tmp_path, painted("a cat")), alpha_channel=True)

    assert 0.02 < (result[..., 3] > 127).mean() < 0.8
