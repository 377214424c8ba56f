"""Which region and workspace the name of a host stands for (contract/core.md, 9.4)."""

import re
from collections.abc import Mapping

import msgspec

from kaiga.domain.ids import is_workspace

REGIONS = (
    "cn-beijing",
    "ap-southeast-1",
    "cn-hongkong",
    "us-east-1",
    "eu-central-1",
    "ap-northeast-1",
)
"""The regions in which the real service has hosts; a setting may name another for this one."""

_REGION = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)
_SHARED: Mapping[str, str] = {"dashscope-intl": "ap-southeast-1", "dashscope-us": "us-east-1"}
_SHARED_BEIJING = "dashscope.aliyuncs.com"
_PLAN_HOST = "token-plan"
_NO_WORKSPACE = frozenset({"trial", _PLAN_HOST, "dashscope"})
_FEWEST_LABELS = 3


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What a host's name says: its region, and its workspace where it is one's own host.

    The workspace is in lower case, as names of hosts are. `is_sync_only` tells that the host takes
    no asynchronous calls.
    """

    region: str
    workspace: str | None = None
    is_sync_only: bool = False


def find_shared_host(region: str) -> str | None:
    """Give the real service's host in a region that every workspace may call, if there is one."""
    named = {_SHARED[name]: f"{name}.aliyuncs.com" for name in _SHARED}
    known = {
        "cn-beijing": _SHARED_BEIJING,
        "cn-hongkong": "cn-hongkong.dashscope.aliyuncs.com",
        **named,
    }
    return known.get(region)


def is_region(text: str) -> bool:
    """Tell whether `text` can name a region: it becomes a host label."""
    return _REGION.fullmatch(text) is not None


def find_place(host: str, default_region: str) -> Place:
    """Read a host's name, with or without a port; one that says nothing is in the default region.

    The shapes are those of the real hosts, whatever the domain: `{workspace}.{region}.*`,
    `{region}.dashscope.*`, `dashscope-intl.*`.
    """
    name = host.partition(":")[0].lower().rstrip(".")
    labels = name.split(".")
    if name == _SHARED_BEIJING:
        return Place(region="cn-beijing")
    if len(labels) < _FEWEST_LABELS:
        return Place(region=default_region)
    first, second = labels[0], labels[1]
    if second in REGIONS and is_workspace(first):
        return Place(
            region=second,
            workspace=None if first in _NO_WORKSPACE else first,
            is_sync_only=first == _PLAN_HOST,
        )
    if first in REGIONS and second == "dashscope":
        return Place(region=first)
    return Place(region=_SHARED.get(first, default_region))
