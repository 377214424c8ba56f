"""kaiga.toml's tables of engines and models, and what is told of slips in them."""

from pathlib import Path

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.compose.engines.engine_plan import read_plan
from kaiga.domain.engines import EnginePlan
from kaiga.domain.errors import SettingInvalid
from kaiga.settings import read_settings


def read(folder: Path, text: str) -> EnginePlan:
    file = folder / "kaiga.toml"
    file.write_text(text, "utf-8")
    return read_plan(read_settings({}, file), read_catalogue(None))


def test_a_model_is_bound_to_engines_in_their_order(tmp_path: Path):
    plan = read(
        tmp_path,
        """
        port = 8700
        [engines.drawing]
        kind = "sketch"
        [models."wan2.5-t2i-preview"]
        engines = ["drawing", "sketch"]
        """,
    )

    assert plan.engines_of("wan2.5-t2i-preview") == ("drawing", "sketch")
    assert plan.engines_of("wan2.6-t2i") == ()


def test_what_an_engine_is_to_know_of_a_model_stands_with_the_model(tmp_path: Path):
    plan = read(
        tmp_path,
        """
        [engines.drawing]
        kind = "sketch"
        colour = "blue"
        [models."wan2.5-t2i-preview"]
        engines = ["drawing"]
        [models."wan2.5-t2i-preview".drawing]
        steps = 9
        """,
    )

    (binding,) = plan.bindings_of("drawing")
    assert binding.options == {"drawing": {"steps": 9}}
    assert plan.specs[0].options == {"colour": "blue"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[engines.a]\nkind = "magic"', r"kind of \[engines.a\].*Allowed: sketch"),
        ("[engines.a]", r"kind of \[engines.a\]"),
        ("engines = 3", r"tables such as \[engines"),
        ('[models."no-such"]\nengines = ["sketch"]', "names no model of the catalogue"),
        ('[models."wan2.6-t2i"]', "needs engines"),
        ('[models."wan2.6-t2i"]\nengines = []', "needs engines"),
        ('[models."wan2.6-t2i"]\nengines = ["sketch", "sketch"]', "each once"),
        ('[models."wan2.6-t2i"]\nengines = ["gpu"]', "not: gpu. There are: sketch"),
        ('[models."wan2.6-t2i"]\nengines = ["sketch"]\nsteps = 9', "none of its engines reads"),
        ('[models."wan2.6-t2i"]\nengines = ["sketch"]\nsketch = 9', "tables such as"),
    ],
)
def test_a_slip_is_told_with_its_place(tmp_path: Path, text: str, told: str):
    with pytest.raises(SettingInvalid, match=told):
        read(tmp_path, text)


def test_an_emulator_takes_no_engines(tmp_path: Path):
    with pytest.raises(SettingInvalid, match="An emulator has no engines"):
        read(tmp_path, 'emulator = true\n[models."wan2.6-t2i"]\nengines = ["sketch"]')
