"""Turns plans written in TOML into checked faults."""

from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from kaiga.domain.emulation.fault_kinds import complete_fault
from kaiga.domain.emulation.faults import FaultPlan
from kaiga.domain.errors import FieldInvalid, StartRefused

_ENDING = ".toml"


def read_ready_plans() -> Mapping[str, FaultPlan]:
    """Read the plans of this package, by name, in the order of their names."""
    files = sorted(resources.files(__package__).iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(_ENDING): _read(file, may_last=False)
        for file in files
        if file.name.endswith(_ENDING)
    }


def read_plan_file(file: Path) -> FaultPlan:
    """Read a plan for the start, whose faults last unless they say otherwise.

    It is JSON where its name ends in `.json`, TOML otherwise.

    Raises:
        StartRefused: it can't be read, or is no plan; the message names file and member.
    """
    return _read(file, may_last=True)


def _read(file: Traversable, *, may_last: bool) -> FaultPlan:
    decode = msgspec.json.decode if file.name.endswith(".json") else msgspec.toml.decode
    try:
        plan = decode(file.read_bytes(), type=FaultPlan)
        faults = tuple(complete_fault(fault, may_last=may_last) for fault in plan.faults)
    except (
        OSError,
        UnicodeDecodeError,
        RecursionError,
        msgspec.DecodeError,
        FieldInvalid,
    ) as error:
        raise StartRefused(f"The plan of faults {file} can't be used: {error}") from error
    return msgspec.structs.replace(plan, faults=faults)
