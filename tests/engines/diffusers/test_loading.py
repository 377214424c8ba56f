"""Which weights are loaded, which are not, and what is told of those."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from engines.diffusers.conftest import Weights
from engines.diffusers.jobs import MODEL, build_engine, files_of, make, order
from engines.diffusers.tiny.adapters import save_adapter
from kaiga.domain.adapters import read_adapters
from kaiga.domain.errors import EngineUnfit
from kaiga.engines.diffusers.engine import DiffusersEngine
from kaiga.engines.diffusers.options import DiffusersOptions, ModelOptions
from kaiga.ports.engine import JobFailed


@pytest.fixture
def copy(weights: Weights, tmp_path: Path) -> Path:
    """Give a Z-Image that a test may break."""
    return Path(shutil.copytree(weights("z_image"), tmp_path / "copy"))


def test_loading_tells_how_far_it_is_up_to_the_whole(weights: Weights):
    parts = [event.part for event in build_engine(weights("z_image")).load(MODEL)]

    assert parts == sorted(parts)
    assert len(parts) >= 4
    assert parts[-1] == 1.0


def test_a_corrupt_checkpoint_is_told_with_its_folder(copy: Path):
    for file in (copy / "transformer").glob("*.safetensors"):
        file.write_bytes(file.read_bytes()[:100])

    with pytest.raises(EngineUnfit, match="copy can't be loaded"):
        list(build_engine(str(copy)).load(MODEL))


def test_pickled_weights_are_refused_unless_they_are_allowed(copy: Path):
    pickle(copy / "transformer", "diffusion_pytorch_model")

    with pytest.raises(EngineUnfit, match="can't be loaded"):
        list(build_engine(str(copy)).load(MODEL))

    engine = build_engine(str(copy), allow_pickle=True)
    assert len(files_of(make(engine, [order()]))) == 1


def test_a_class_that_is_not_listed_is_refused(copy: Path):
    index = copy / "model_index.json"
    index.write_text(json.dumps({**json.loads(index.read_text()), "_class_name": "MyPipeline"}))

    with pytest.raises(EngineUnfit, match="is a MyPipeline, which is not run here"):
        list(build_engine(str(copy)).load(MODEL))


def test_a_device_that_is_not_there_is_told(weights: Weights):
    engine = DiffusersEngine(
        DiffusersOptions(device="cuda:7", models={MODEL: ModelOptions(weights=weights("z_image"))})
    )

    with pytest.raises(EngineUnfit, match="this machine has no device cuda:7"):
        list(engine.load(MODEL))


def test_weights_of_the_hub_that_are_not_here_are_not_fetched_unasked():
    with pytest.raises(EngineUnfit, match="nobody/nothing at main is not on this machine; hub"):
        list(build_engine("nobody/nothing").load(MODEL))


def test_the_model_used_longest_ago_makes_room(weights: Weights):
    names = ("one", "two", "three")
    options = ModelOptions(weights=weights("z_image"), steps=1)
    size = sum(file.stat().st_size for file in Path(options.weights).rglob("*.safetensors"))
    engine = DiffusersEngine(
        DiffusersOptions(
            device="cpu", memory_gib=2.5 * size / 1024**3, models=dict.fromkeys(names, options)
        )
    )

    for name in ("one", "two", "one", "three"):
        list(engine.load(name))

    assert engine.list_loaded() == ("one", "three")


def test_an_adapter_is_chosen_by_its_id_and_nothing_else(weights: Weights, tmp_path: Path):
    adapter = save_adapter(weights("flux"), tmp_path)
    engine = build_engine(weights("flux"), lora={"ink": str(adapter)})

    plain, inked, faint, again = (
        files_of(make(engine, [order(adapters=read_adapters(text) if text else ())]))[0].content
        for text in ("", "ink", "ink:0.5", "")
    )
    refused = make(engine, [order(adapters=read_adapters(str(adapter)))])

    assert plain == again
    assert len({plain, inked, faint}) == 3
    assert [event.message for event in refused if isinstance(event, JobFailed)] == [
        "X-Kaiga-Lora names an adapter that a-model does not have on this server. Allowed: ink."
    ]


@pytest.mark.parametrize("offload", ["group"])
def test_offloaded_weights_give_a_picture_as_well(weights: Weights, offload: str):
    assert len(files_of(make(build_engine(weights("z_image"), offload=offload), [order()]))) == 1


def test_the_cache_of_the_first_block_gives_a_picture(weights: Weights):
    engine = build_engine(weights("flux"), cache="first-block", steps=4)

    assert len(files_of(make(engine, [order()]))) == 1


def pickle(folder: Path, name: str) -> None:
    """Write a part's weights anew as a pickle."""
    from safetensors.torch import load_file  # noqa: PLC0415  torch is needed first

    (file,) = folder.glob("*.safetensors")
    torch.save(load_file(str(file)), folder / f"{name}.bin")
    file.unlink()
