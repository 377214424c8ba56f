"""What kaiga.toml tells of a model at a ComfyUI."""

from collections.abc import Mapping

import msgspec


class ComfyuiModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[models."NAME".ENGINE]`.

    `workflow` is a file in ComfyUI's API format. `slots` tell where in it the order's values go:
    one place such as `6.inputs.text`, or several. `output` is the node whose file is the result;
    without it, the first one that saves a file. `frames_per_second` is asked of clips in place of
    the catalogue's number.
    """

    workflow: str
    slots: Mapping[str, str | tuple[str, ...]]
    output: str = ""
    frames_per_second: float = 0.0
