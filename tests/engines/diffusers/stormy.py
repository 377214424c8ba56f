"""Bad weather in a child of a real server, by torch's own hooks.

`Weather` writes this module to a folder as a device back end, which torch finds and calls when it
is imported; the child then does as the folder's `weather.json` says.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

_SOURCE = Path(__file__)


class Weather:
    """The folder, which goes on `PYTHONPATH` of the server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._told = folder / "weather.json"
        found = folder / "stormy-1.dist-info"
        found.mkdir(parents=True)
        (found / "METADATA").write_text("Metadata-Version: 2.1\nName: stormy\nVersion: 1\n")
        (found / "entry_points.txt").write_text("[torch.backends]\nstormy = stormy:begin\n")
        (folder / "stormy.py").write_text(_SOURCE.read_text("utf-8"), "utf-8")
        self.turn()

    def turn(
        self,
        *,
        most_together: int | None = None,
        most_when_offloaded: int | None = None,
        load: str = "",
    ) -> None:
        """Change the weather; without arguments it is fair.

        Transformers find too little memory for more pictures than the two numbers: while their
        weights lie on the device, and while they do not. `load` has the child die as its first
        load begins ("deadly"); or, at the first weights of a transformer, wait for better weather
        ("held"), or find too little memory ("short").
        """
        new = self._told.with_suffix(".new")
        new.write_text(json.dumps([most_together, most_when_offloaded, load]))
        new.replace(self._told)


def begin() -> None:
    """Hook into torch, whose import is the first thing that a load does."""
    import torch  # noqa: PLC0415  it is what calls this
    from torch.nn.modules import module  # noqa: PLC0415

    if _ask()[2] == "deadly":
        os._exit(1)

    def compute(layer: Any, given: tuple[Any, ...]) -> None:
        if type(layer).__name__.endswith("Transformer2DModel"):
            most_together, most_when_offloaded, _ = _ask()
            most = most_when_offloaded if hasattr(layer, "_diffusers_hook") else most_together
            if most is not None and len(given[0]) > most:
                raise torch.OutOfMemoryError("CUDA out of memory.")

    def hold(layer: Any, _name: str, _weights: Any) -> None:
        if ".transformers." in type(layer).__module__:
            while _ask()[2] == "held":
                time.sleep(0.02)
            if _ask()[2] == "short":
                raise torch.OutOfMemoryError("CUDA out of memory.")

    module.register_module_forward_pre_hook(compute)
    module.register_module_parameter_registration_hook(hold)


def _ask() -> tuple[int | None, int | None, str]:
    return tuple(json.loads(Path(__file__).with_name("weather.json").read_text()))
