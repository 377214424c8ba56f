"""What is told of slips in the tables of an engine of open models, without its libraries."""

from pathlib import Path

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.compose.engines.diffusers_pool import read_tables
from kaiga.compose.engines.engine_plan import read_plan
from kaiga.domain.errors import SettingInvalid
from kaiga.engines.diffusers.options import DiffusersOptions
from kaiga.settings import read_settings

MODEL = "wan2.5-t2i-preview"


def read(folder: Path, engine: str, model: str) -> list[DiffusersOptions]:
    file = folder / "kaiga.toml"
    file.write_text(
        f"""
        [engines.gpu]
        kind = "diffusers"
        {engine}
        [models."{MODEL}"]
        engines = ["gpu"]
        [models."{MODEL}".gpu]
        {model}
        """,
        "utf-8",
    )
    plan = read_plan(read_settings({}, file), read_catalogue(None))
    (spec,) = plan.specs
    return read_tables(spec, plan.bindings_of("gpu"))


def test_an_adapter_may_not_be_called_what_a_header_would_read_otherwise(tmp_path: Path):
    with pytest.raises(SettingInvalid, match="ids of lora are letters"):
        read(tmp_path, "", 'weights = "a/b"\nlora = { "ink:2" = "x.safetensors" }')


def test_each_device_has_a_child_with_all_models(tmp_path: Path):
    children = read(tmp_path, 'devices = ["cuda:0", "cuda:1"]', 'weights = "a/b"\nsteps = 9')

    assert [child.device for child in children] == ["cuda:0", "cuda:1"]
    assert all(child.models[MODEL].steps == 9 for child in children)


@pytest.mark.parametrize(
    ("engine", "model", "told"),
    [
        ("", "steps = 9", r'\[models."wan2.5-t2i-preview".gpu\].*weights'),
        ("", 'weights = ""', "weights names a folder or a hub id"),
        ("", 'weights = "a/b"\npipeline = "Mine"', "pipeline is one of Flux"),
        ("", 'weights = "a/b"\nstep = 9', "unknown field `step`"),
        ("", 'weights = "a/b"\nsteps = 0', "steps"),
        ("", 'weights = "a/b"\ndtype = "int4"', "dtype"),
        ("devices = []", 'weights = "a/b"', r"\[engines.gpu\].*devices"),
        ("device = 1", 'weights = "a/b"', r"\[engines.gpu\].*unknown field `device`"),
    ],
)
def test_a_slip_is_told_with_its_table(tmp_path: Path, engine: str, model: str, told: str):
    with pytest.raises(SettingInvalid, match=told):
        read(tmp_path, engine, model)
