"""Which pools join runs: those whose engine was measured on this device, and is quicker so."""

from pathlib import Path

import pytest

from kaiga.compose.engines.batching import join_runs
from kaiga.compose.engines.devices import find_device
from kaiga.domain.batch_profiles import BatchProfile, WorkShape
from kaiga.domain.engines import SKETCH, Binding, EnginePlan, EngineSpec
from kaiga.ports.engine import Capabilities
from kaiga.worker.profile_files import ProfileFiles
from kaiga.worker.slots import Slots

SPEC = EngineSpec(name=SKETCH, kind=SKETCH)
MODEL = "m"


def count_turns(folder: Path, seconds: dict[int, float], largest: int, engine: str = SKETCH) -> int:
    """Give how many runs one process may have at once, after that was measured on this CPU."""
    profiles = ProfileFiles(folder)
    shape = WorkShape(model=MODEL, width_pixels=8, height_pixels=8)
    profiles.keep("cpu", BatchProfile(engine=engine, shape=shape, seconds=seconds))
    slots = Slots([object()], Capabilities(largest_batch=largest))  # type: ignore[list-item]
    plan = EnginePlan([MODEL], [SPEC], [Binding(model=MODEL, engines=(SKETCH,))])
    return join_runs(slots, SPEC, plan, profiles).count_most_turns()


RISING = {1: 1.0, 2: 1.1, 4: 1.2}


@pytest.mark.parametrize(
    ("seconds", "largest", "engine", "turns"),
    [
        (RISING, 16, SKETCH, 4),
        (RISING, 2, SKETCH, 2),
        (RISING, 1, SKETCH, 1),
        (RISING, 16, "another", 1),
        ({1: 1.0, 2: 2.0}, 16, SKETCH, 1),
    ],
)
def test_runs_are_joined_as_far_as_measured_and_able(
    tmp_path: Path, seconds: dict[int, float], largest: int, engine: str, turns: int
):
    assert count_turns(tmp_path, seconds, largest, engine) == turns


@pytest.mark.parametrize(
    ("kind", "options", "device"),
    [
        (SKETCH, {}, "cpu"),
        ("diffusers", {"devices": ["cpu"]}, "cpu"),
        ("diffusers", {"devices": ["mps", "cpu"]}, "mps"),
    ],
)
def test_a_device_is_what_the_engine_is_told_to_compute_on(
    kind: str, options: dict[str, object], device: str
):
    assert find_device(EngineSpec(name="e", kind=kind, options=options)) == device


def test_a_gpu_has_the_name_that_its_driver_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    driver = tmp_path / "nvidia-smi"
    driver.write_text('#!/bin/sh\necho "NVIDIA card $4"\n')
    driver.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    spec = EngineSpec(name="e", kind="diffusers", options={"devices": ["cuda:1", "cuda:0"]})

    assert find_device(spec) == "NVIDIA card 1"


def test_without_a_driver_an_engine_computes_on_the_cpu(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")

    assert find_device(EngineSpec(name="e", kind="diffusers")) == "cpu"
