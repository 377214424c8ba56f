"""A workflow file with named slots, checked at the start and filled for each job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec

from kaiga.domain.errors import SettingInvalid
from kaiga.engines.comfyui.options import ComfyuiModel
from kaiga.engines.remote.complaints import JobRefused
from kaiga.ports.engine import GenerationJob, JsonValue

_VALUES = (
    "prompt",
    "negative_prompt",
    "seed",
    "width",
    "height",
    "seconds",
    "frames",
    "frames_per_second",
)
"""Slots for values; every place of one gets the same."""
_ROLES = (
    "image",
    "mask",
    "reference",
    "first_frame",
    "last_frame",
    "reference_image",
    "video",
    "first_clip",
    "last_clip",
    "reference_video",
    "mask_video",
    "audio",
)
"""Slots for input files, by their role; the files of one role go to its places in their order."""
_PLACE_PARTS = 3
Nodes = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class _Place:
    node: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A workflow; `content` is its JSON."""

    content: bytes
    slots: Mapping[str, Sequence[_Place]]
    output: str
    frames_per_second: float

    def fill(self, job: GenerationJob, names: Mapping[str, Sequence[str]]) -> Nodes:
        """Give the nodes with a job's values; `names` are its input files at ComfyUI, by role.

        What the job leaves open stays as the workflow has it.

        Raises:
            JobRefused: there is no place for one of its files.
        """
        nodes = msgspec.json.decode(self.content, type=dict[str, JsonValue])
        for slot, value in _list_values(job, self.frames_per_second).items():
            for place in self.slots.get(slot, ()):
                _put(nodes, place, value)
        for role, files in names.items():
            places = self.slots.get(role, ())
            if len(files) > len(places):
                raise JobRefused("InvalidParameter", _refuse(role, len(places)))
            for place, name in zip(places, files, strict=False):
                _put(nodes, place, name)
        return nodes


def read_workflow(table: str, model: ComfyuiModel) -> Workflow:
    """Read a model's workflow, and check that every slot has its place.

    Raises:
        SettingInvalid: the file is not there, is no workflow, or has no such place.
    """
    nodes, content = _read_nodes(table, Path(model.workflow))
    unknown = sorted(set(model.slots) - {*_VALUES, *_ROLES})
    if unknown:
        raise SettingInvalid(
            f"slots of {table} in kaiga.toml has {', '.join(unknown)}. "
            f"Allowed: {', '.join((*_VALUES, *_ROLES))}."
        )
    slots = {
        slot: [
            _read_place(f"{slot} of {table} in kaiga.toml", place, nodes)
            for place in ((places,) if isinstance(places, str) else places)
        ]
        for slot, places in model.slots.items()
    }
    if model.output and model.output not in nodes:
        raise SettingInvalid(
            f"output of {table} in kaiga.toml names no node of {model.workflow}. "
            f"Its nodes: {', '.join(nodes)}."
        )
    return Workflow(
        content=content,
        slots=slots,
        output=model.output,
        frames_per_second=model.frames_per_second,
    )


def _refuse(role: str, places: int) -> str:
    if not places:
        return f"This model takes no {role} here: its workflow has no place for it."
    return f"This model takes {places} {role} here: its workflow has no place for more."


def _read_nodes(table: str, path: Path) -> tuple[Nodes, bytes]:
    try:
        content = path.read_bytes()
    except OSError:
        raise SettingInvalid(f"workflow of {table} in kaiga.toml can't be read: {path}.") from None
    try:
        nodes = msgspec.json.decode(content, type=dict[str, JsonValue])
    except (msgspec.DecodeError, UnicodeDecodeError):
        nodes = {}
    if not nodes or not all(_find_inputs(node) is not None for node in nodes.values()):
        raise SettingInvalid(
            f"workflow of {table} in kaiga.toml is not in ComfyUI's API format: {path}. "
            "Save it there with Export (API)."
        )
    return nodes, content


def _read_place(slot: str, text: str, nodes: Nodes) -> _Place:
    parts = text.split(".")
    if len(parts) != _PLACE_PARTS or parts[1] != "inputs":
        raise SettingInvalid(f"{slot} is not allowed. Allowed: NODE.inputs.NAME.")
    node, _, member = parts
    inputs = _find_inputs(nodes.get(node))
    if inputs is None or member not in inputs:
        there = [
            f"{name}.inputs.{each}" for name in nodes for each in _find_inputs(nodes[name]) or ()
        ]
        raise SettingInvalid(
            f"{slot} is no place of its workflow: {text}. There are: {', '.join(there)}."
        )
    return _Place(node, member)


def _find_inputs(node: JsonValue) -> dict[str, JsonValue] | None:
    if not isinstance(node, dict):
        return None
    inputs = cast("dict[str, JsonValue]", node).get("inputs")
    return cast("dict[str, JsonValue]", inputs) if isinstance(inputs, dict) else None


def _put(nodes: Nodes, place: _Place, value: JsonValue) -> None:
    inputs = _find_inputs(nodes[place.node])
    if inputs is not None:
        inputs[place.member] = value


def _list_values(job: GenerationJob, frames_per_second: float) -> Mapping[str, JsonValue]:
    """Give a job's values by their slots; these models make a frame more than the time has."""
    rate = frames_per_second or job.frames_per_second
    values: dict[str, JsonValue] = {
        "prompt": job.prompt,
        "negative_prompt": job.negative_prompt,
        "width": job.width_pixels,
        "height": job.height_pixels,
        "seconds": job.duration_seconds,
        "frames": round(job.duration_seconds * rate) + 1 if job.duration_seconds and rate else 0,
        "frames_per_second": round(rate),
    }
    told = {slot: value for slot, value in values.items() if value or slot == "prompt"}
    return {**told, "seed": job.seed}
