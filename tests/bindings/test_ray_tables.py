"""What kaiga.toml may say of actors on a Ray cluster."""

from collections.abc import Mapping

import pytest

from kaiga.compose.engines.ray_cluster import build_ray_bridge
from kaiga.compose.engines.ray_pool import read_needs, read_ray_table
from kaiga.domain.engines import DIFFUSERS, SKETCH, EngineSpec
from kaiga.domain.errors import SettingInvalid, StartRefused
from kaiga.settings import read_settings
from kaiga.worker.ray_actors.messages import ActorNeeds


def needs(kind: str, ray: Mapping[str, object]) -> ActorNeeds:
    spec = EngineSpec(name="gpu", kind=kind, ray=ray)
    return read_needs(spec, read_ray_table(spec))


def test_an_actor_takes_a_gpu_unless_it_only_draws():
    assert needs(DIFFUSERS, {}).num_gpus == 1
    assert needs(SKETCH, {}).num_gpus == 0
    assert needs(DIFFUSERS, {"num_gpus": 0.25}).num_gpus == 0.25


@pytest.mark.parametrize(
    ("ray", "told"),
    [
        ({"num_gpus": -1}, "num_gpus"),
        ({"num_gpus": 1.5}, "num_gpus is a whole number, or less than 1"),
        ({"max": 0}, "max"),
        ({"min": 3, "max": 2}, "min is at most max"),
        ({"gpus": 1}, "gpus"),
        ({"placement": [{}]}, "each bundle of placement has some resource"),
        ({"placement": [{"GPU": 1}]}, "the first bundle needs at least CPU = 1 and GPU = 1"),
        ({"placement": [{"CPU": 1}, {"GPU": 1}]}, "the first bundle needs at least"),
    ],
)
def test_what_can_not_be_used_is_told_with_its_place(ray: Mapping[str, object], told: str):
    with pytest.raises(SettingInvalid, match=r"\[engines\.gpu\] in kaiga\.toml") as refused:
        needs(DIFFUSERS, ray)

    assert told in str(refused.value)


@pytest.mark.parametrize("address", ["auto", "ray://head:10001", "head"])
def test_an_address_is_a_host_and_a_port(address: str):
    with pytest.raises(SettingInvalid, match="host and port of a Ray cluster's head"):
        read_settings({"KAIGA_RAY_ADDRESS": address})


def test_an_emulator_uses_no_cluster():
    with pytest.raises(SettingInvalid, match="leave KAIGA_RAY_ADDRESS unset"):
        read_settings({"KAIGA_RAY_ADDRESS": "head:6379", "KAIGA_EMULATOR": "true"})


def test_a_missing_ray_is_told():
    with pytest.raises(StartRefused, match=r"install 'kaiga\[ray\]'"):
        build_ray_bridge(read_settings({"KAIGA_RAY_ADDRESS": "head:6379"}))
