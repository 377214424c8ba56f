"""How long batches take, as measured, and how many jobs are worth making together."""

from collections.abc import Mapping, Sequence

import msgspec

NO_STEPS = 0
"""The steps of a shape whose engine decides on them by itself."""

LEAST_GAIN = 1.1
"""How many times the throughput of single jobs a batch has to reach. Measured medians scatter by
some hundredths, and every job of a batch waits for the last one: less is not worth that wait."""


class WorkShape(msgspec.Struct, frozen=True, kw_only=True):
    """What decides on the time that a job takes, whatever its words.

    Sides are in pixels and 0 where the engine follows its input; `frames` is 1 for pictures;
    `steps` are those that the operator or the order names, `NO_STEPS` where neither does.
    """

    model: str
    width_pixels: int
    height_pixels: int
    frames: int = 1
    steps: int = NO_STEPS


class BatchProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured for one shape on one device.

    `seconds` has, by the number of jobs, the median time of a whole batch; it has one for a
    single job.
    """

    engine: str
    shape: WorkShape
    seconds: Mapping[int, float]

    def __post_init__(self) -> None:
        """Refuse what can't have been measured."""
        if 1 not in self.seconds:
            raise ValueError("a profile needs the time of a single job")
        if any(size < 1 or seconds <= 0 for size, seconds in self.seconds.items()):
            raise ValueError("sizes of batches and their times are above 0")

    @property
    def best_size(self) -> int:
        """The batch to make where any number of jobs waits."""
        return best_batch(self, max(self.seconds))

    def gain(self, size: int) -> float:
        """Tell how many times the throughput of single jobs a measured size has."""
        return size * self.seconds[1] / self.seconds[size]

    def limit(self, largest: int) -> "BatchProfile":
        """Give the same without the sizes above `largest`, which is at least 1."""
        kept = {size: seconds for size, seconds in self.seconds.items() if size <= largest}
        return msgspec.structs.replace(self, seconds=kept)


def best_batch(profile: BatchProfile | None, waiting: int) -> int:
    """Give how many of `waiting` jobs to make together: a measured size, or 1.

    It is the size with the highest throughput, the largest of equals, and 1 where that is not
    `LEAST_GAIN` times what single jobs have, or where nothing was measured.
    """
    if profile is None:
        return 1
    sizes = [size for size in profile.seconds if size <= waiting]
    best = max(sizes, key=lambda size: (profile.gain(size), size), default=1)
    return best if profile.gain(best) >= LEAST_GAIN else 1


def count_joined(profile: BatchProfile | None, counts: Sequence[int]) -> int:
    """Give how many of the first runs to make as one batch, at least 1.

    `counts` has the number of jobs of each run that waits, in their order and all of one shape. A
    run is never divided; runs are joined only to a number of jobs that was measured.
    """
    wanted = best_batch(profile, sum(counts))
    while True:
        joined, jobs = 1, counts[0]
        while joined < len(counts) and jobs + counts[joined] <= wanted:
            jobs += counts[joined]
            joined += 1
        if joined == 1 or jobs == wanted:
            return joined
        wanted = best_batch(profile, jobs)


def find_profile(
    profiles: Sequence[BatchProfile], engine: str, shape: WorkShape
) -> BatchProfile | None:
    """Give what was measured for a shape, or None."""
    return next((each for each in profiles if (each.engine, each.shape) == (engine, shape)), None)
