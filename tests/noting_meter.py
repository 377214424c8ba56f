"""A meter that tests can ask what it was told."""


class NotingMeter:
    """A `Meter` that keeps every note as it was told, but for how long things took."""

    def __init__(self) -> None:
        self.notes: list[tuple[object, ...]] = []
        self.waste_seconds = 0.0
        self.run_seconds: list[float] = []
        self.wait_seconds: list[float] = []
        self.busy: set[tuple[str, str]] = set()

    def time_wait(self, model: str, seconds: float) -> None:
        self.wait_seconds.append(seconds)
        self.notes.append(("wait", model))

    def time_run(self, model: str, engine: str, seconds: float) -> None:
        self.run_seconds.append(seconds)
        self.notes.append(("run", model, engine))

    def count_attempt(self, model: str, engine: str, cause: str) -> None:
        self.notes.append(("attempt", model, engine, cause))

    def count_waste(self, model: str, engine: str, cause: str, seconds: float) -> None:
        self.waste_seconds += seconds
        self.notes.append(("waste", model, engine, cause))

    def count_busy(self, model: str, engine: str, seconds: float) -> None:
        assert seconds >= 0
        self.busy.add((model, engine))

    def time_step(self, model: str, engine: str, seconds: float) -> None:
        assert seconds >= 0
        self.notes.append(("step", model, engine))

    def count_made(self, model: str, megapixels: float, video_seconds: float) -> None:
        self.notes.append(("made", model, megapixels, video_seconds))

    def count_refusal(self, place: str, reason: str) -> None:
        self.notes.append(("refusal", place, reason))

    def count_failed_rewrite(self, model: str) -> None:
        self.notes.append(("failed rewrite", model))

    def time_commit(self, writes: int, seconds: float) -> None:
        assert seconds >= 0
        self.notes.append(("commit", writes))

    def time_notice(self, seconds: float) -> None:
        self.notes.append(("notice", seconds))
