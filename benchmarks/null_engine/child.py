"""The program of a null engine process: answers each job at once, or after the seconds asked for.

What it finds out is the time at which it did: by then the task has long been claimed.
"""

import sys
import time
from collections.abc import Iterator, Sequence

from kaiga.ports.engine import (
    Capabilities,
    EngineEvent,
    Estimate,
    GenerationJob,
    LoadProgressed,
    ResultMade,
)
from kaiga.worker.engine_child import run_engine_child


class NullEngine:
    """Implements `Engine` and makes nothing."""

    name = "null"

    capabilities = Capabilities(largest_batch=16)

    def estimate(self, batch: Sequence[GenerationJob]) -> Estimate:
        """See the port."""
        return Estimate(seconds=0.0 * len(batch))

    def load(self, model: str) -> Iterator[LoadProgressed]:  # noqa: ARG002  every one is loaded
        """See the port."""
        return iter(())

    def unload(self, model: str) -> None:
        """See the port."""

    def list_loaded(self) -> Sequence[str]:
        """See the port."""
        return ()

    def generate(self, batch: Sequence[GenerationJob]) -> Iterator[EngineEvent]:
        """See the port."""
        for index, job in enumerate(batch):
            begun_at = time.time()
            time.sleep(float(str(job.options.get("seconds") or 0)))
            yield ResultMade(index=index, findings={"begun_at": begun_at, "made_at": time.time()})


if __name__ == "__main__":
    run_engine_child(NullEngine, int(sys.argv[1]))
