"""Which region and workspace a host's name stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.places import REGIONS, Place, find_place, is_region

HERE = "cn-beijing"
ELSEWHERE = "my-region"


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("dashscope.aliyuncs.com", "cn-beijing"),
        ("dashscope-intl.aliyuncs.com", "ap-southeast-1"),
        ("dashscope-us.aliyuncs.com", "us-east-1"),
        ("cn-hongkong.dashscope.aliyuncs.com", "cn-hongkong"),
        ("dashscope-intl.kaiga.example.com", "ap-southeast-1"),
        ("eu-central-1.dashscope.localhost", "eu-central-1"),
    ],
)
def test_a_shared_host_stands_for_its_region_and_for_no_workspace(host: str, region: str):
    assert find_place(host, ELSEWHERE) == Place(region=region)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("domain", ["maas.aliyuncs.com", "localhost", "kaiga.example.com"])
def test_a_workspaces_own_host_stands_for_both(region: str, domain: str):
    place = find_place(f"llm-0123456789abcdef.{region}.{domain}", ELSEWHERE)

    assert place == Place(region=region, workspace="llm-0123456789abcdef")


def test_the_trial_host_belongs_to_no_workspace():
    assert find_place("trial.eu-central-1.maas.aliyuncs.com", HERE) == Place(region="eu-central-1")


def test_the_plan_host_belongs_to_no_workspace_and_takes_no_asynchronous_calls():
    place = find_place("token-plan.us-east-1.maas.aliyuncs.com", HERE)

    assert place == Place(region="us-east-1", is_sync_only=True)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "localhost:8600",
        "127.0.0.1:8600",
        "10.1.2.3",
        "[::1]",
        "[::1]:8600",
        "[2001:db8::1]:443",
        "kaiga.example.com",
        "cn-beijing.localhost",
        "cn-beijing",
        "dashscope.example.com",
        "dashscope-intl",
        "...",
        ".cn-beijing.maas.aliyuncs.com",
        "-ws.cn-beijing.maas.aliyuncs.com",
        "\u00e4.cn-beijing.maas.aliyuncs.com",
        "::::",
    ],
)
def test_a_host_that_says_nothing_stands_for_the_default_region(host: str):
    assert find_place(host, ELSEWHERE) == Place(region=ELSEWHERE)


@pytest.mark.parametrize(
    "written",
    [
        "WS-1.AP-Southeast-1.MaaS.Aliyuncs.COM",
        "ws-1.ap-southeast-1.maas.aliyuncs.com:443",
        "ws-1.ap-southeast-1.maas.aliyuncs.com.",
        "ws-1.ap-southeast-1.localhost:8600",
    ],
)
def test_ports_letter_case_and_a_last_dot_make_no_difference(written: str):
    assert find_place(written, HERE) == Place(region="ap-southeast-1", workspace="ws-1")


@given(host=st.text(), region=st.sampled_from([*REGIONS, ELSEWHERE]))
def test_any_host_stands_for_a_region(host: str, region: str):
    assert find_place(host, region).region in {*REGIONS, region}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((region, True) for region in REGIONS),
        ("r", True),
        ("", False),
        ("CN-Beijing", False),
        ("cn beijing", False),
        ("-a", False),
        ("a-", False),
        ("a.b", False),
        ("x" * 65, False),
        ("地", False),
    ],
)
def test_a_region_is_a_host_label(text: str, expected: bool):
    assert is_region(text) is expected
