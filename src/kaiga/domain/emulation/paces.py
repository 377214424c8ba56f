"""How long tasks wait and run in the emulator, in seconds of their account's own calendar."""

import msgspec


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds that a task is PENDING and then RUNNING; at once where both are 0.

    Each is longer or shorter by up to `jitter` of itself (0 to 1), drawn from the task's seed.
    """

    pending_seconds: float = 0.0
    running_seconds: float = 0.0
    jitter: float = 0.0


AT_ONCE = Pace()
