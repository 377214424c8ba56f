"""Builds the bridge to a Ray cluster, and sees that the cluster answers."""

import sys
from importlib.util import find_spec

from kaiga.domain.errors import EngineAway, StartRefused
from kaiga.settings import Settings
from kaiga.worker.ray_actors.bridge import RayBridge

_PROGRAM = "kaiga.compose.engines.ray_bridge"


def build_ray_bridge(settings: Settings) -> RayBridge | None:
    """Build the bridge to the cluster that is set, None where none is.

    Raises:
        StartRefused: Ray is not installed.
    """
    if settings.ray_address is None:
        return None
    if find_spec("ray") is None:
        raise StartRefused("KAIGA_RAY_ADDRESS needs Ray: install 'kaiga[ray]'.")
    return RayBridge((sys.executable, "-m", _PROGRAM, settings.ray_address))


async def reach_cluster(bridge: RayBridge, settings: Settings) -> None:
    """Return once the cluster answers.

    Raises:
        StartRefused: it does not.
    """
    try:
        await bridge.start()
    except EngineAway as away:
        raise StartRefused(
            f"No Ray cluster can be used at KAIGA_RAY_ADDRESS={settings.ray_address}: "
            f"{away.__cause__ or 'it does not answer'}. "
            "This machine has to be a node of it: `ray start --address ... --num-cpus 0`."
        ) from None
