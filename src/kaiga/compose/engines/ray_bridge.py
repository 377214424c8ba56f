"""The program of a bridge to a Ray cluster: `python -m` this module, with ADDRESS PARENT."""

import sys

from kaiga.compose.engines.engine_child import build_told_engine
from kaiga.worker.ray_actors.bridge_child import run_bridge


def main() -> None:
    """Bridge until the parent is gone."""
    _, address, parent_id = sys.argv
    run_bridge(address, build_told_engine, int(parent_id))


if __name__ == "__main__":
    main()
