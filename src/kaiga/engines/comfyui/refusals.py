"""Why ComfyUI does not take a workflow, for the people who run it.

Source: docs.comfy.org, "Routes" (`error` and `node_errors`); ComfyUI's execution.py.
"""

import msgspec

from kaiga.engines.remote.complaints import clean, read_complaint


class _Fault(msgspec.Struct, frozen=True):
    message: str = ""
    details: str = ""


class _Node(msgspec.Struct, frozen=True):
    errors: list[_Fault] = []
    class_type: str = ""


class _Refusal(msgspec.Struct, frozen=True):
    node_errors: dict[str, _Node] = {}


def explain_refusal(answer: bytes) -> str:
    """Say which node is wrong, and how; the first one, where there are several."""
    try:
        nodes = msgspec.json.decode(answer, type=_Refusal).node_errors
    except (msgspec.DecodeError, UnicodeDecodeError):
        nodes = {}
    for name, node in nodes.items():
        for fault in node.errors:
            said = clean(f"{fault.message} ({fault.details})" if fault.details else fault.message)
            return f"ComfyUI does not take node {name} ({node.class_type}): {said}."
    return f"ComfyUI does not take the workflow: {read_complaint(answer)}."
