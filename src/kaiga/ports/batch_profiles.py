"""Where measured profiles of batches are kept, by the device that they were measured on."""

from collections.abc import Sequence
from typing import Protocol

from kaiga.domain.batch_profiles import BatchProfile


class BatchProfiles(Protocol):
    """Profiles by the name of a device, such as `NVIDIA H200` or `cpu`."""

    def read(self, device: str) -> Sequence[BatchProfile]:
        """Give what was measured on a device; nothing where that can't be read."""
        ...

    def keep(self, device: str, profile: BatchProfile) -> None:
        """Keep a profile, in place of the one of the same engine and shape.

        Raises:
            StartRefused: it can't be written; the message says where and why.
        """
        ...
