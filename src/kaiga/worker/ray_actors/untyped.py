"""Ray as a value without types, imported in the bridge and in actors alone.

Whoever imports this module has the extra `kaiga[ray]`, or gets an `ImportError`.
"""

import os
from importlib import import_module
from typing import Any

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing is told to anybody; read when it starts
ray: Any = import_module("ray")
placement_groups: Any = import_module("ray.util.placement_group")
scheduling: Any = import_module("ray.util.scheduling_strategies")
