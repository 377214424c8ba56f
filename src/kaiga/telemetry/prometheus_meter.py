"""The meter over prometheus_client; docs/reference/metrics.md lists every metric."""

from collections.abc import Sequence
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

_WAIT_SECONDS = (0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600)
_RUN_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 1800, 3600, 3 * 3600)
_STEP_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_COMMIT_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
_COMMIT_WRITES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
_NOTICE_SECONDS = (0.1, 0.5, 1, 5, 30, 60, 300, 1800, 3600, 4 * 3600, 24 * 3600)


class PrometheusMeter:
    """Implements the port `Meter`; all of it is in `registry`.

    `device` is what the engines here compute on, such as `cpu`. What every task counts is kept by
    its labels, since to find it costs more than to count.
    """

    def __init__(self, device: str) -> None:
        # A second series for each counter, with when it began, is of no use to anybody here.
        disable_created_metrics()
        self.registry = CollectorRegistry()
        self._device = device
        self._waits = cache(
            self._histogram(
                "kaiga_task_wait_seconds",
                "From a task's submission to its first attempt.",
                _WAIT_SECONDS,
                "model",
            ).labels
        )
        self._runs = cache(
            self._histogram(
                "kaiga_task_run_seconds",
                "From the claim to the end, of attempts that ended their task; quick ones may be "
                "claimed up to 50 ms before an engine has them.",
                _RUN_SECONDS,
                "model",
                "engine",
            ).labels
        )
        self._attempts = cache(
            self._counter(
                "kaiga_attempts",
                "Attempts that are over: `finished`, or why they did not end their task; "
                "`worker_lost` is a lost lease.",
                "model",
                "engine",
                "cause",
            ).labels
        )
        self._waste = self._counter(
            "kaiga_wasted_seconds",
            "Run time of attempts that did not end their task.",
            "model",
            "engine",
            "cause",
        )
        self._busy = cache(
            self._counter(
                "kaiga_engine_busy_seconds",
                "Time in which engines worked; GPU seconds are those whose device is not `cpu`.",
                "model",
                "engine",
                "device",
            ).labels
        )
        self._steps = self._histogram(
            "kaiga_step_seconds", "How long engines' steps took.", _STEP_SECONDS, "model", "engine"
        )
        self._megapixels = self._counter(
            "kaiga_made_megapixels", "Megapixels of the pictures that were made.", "model"
        )
        self._video = self._counter(
            "kaiga_made_video_seconds", "Length of the clips that were made.", "model"
        )
        self._refusals = self._counter(
            "kaiga_content_refusals",
            "Texts and pictures of orders (`input`) and results (`output`) that the content check "
            "kept back: `judged`, or `unanswered` where it did not answer and nothing passes then.",
            "place",
            "reason",
        )
        self._failed_rewrites = self._counter(
            "kaiga_failed_rewrites",
            "Prompts that could not be rewritten; most go on as they were ordered.",
            "model",
        )
        self._commit_seconds = self._histogram(
            "kaiga_store_commit_seconds",
            "How long the store's commits took, their sync to disk included.",
            _COMMIT_SECONDS,
        )
        self._commit_writes = self._histogram(
            "kaiga_store_commit_writes", "How many writes shared a commit.", _COMMIT_WRITES
        )
        self._notices = self._histogram(
            "kaiga_webhook_lag_seconds",
            "From the end of a task to a webhook's taking the notice of it.",
            _NOTICE_SECONDS,
        )

    def time_wait(self, model: str, seconds: float) -> None:
        """See the port."""
        self._waits(model).observe(seconds)

    def time_run(self, model: str, engine: str, seconds: float) -> None:
        """See the port."""
        self._runs(model, engine).observe(seconds)

    def count_attempt(self, model: str, engine: str, cause: str) -> None:
        """See the port."""
        self._attempts(model, engine, cause).inc()

    def count_waste(self, model: str, engine: str, cause: str, seconds: float) -> None:
        """See the port."""
        self._waste.labels(model, engine, cause).inc(max(0.0, seconds))

    def count_busy(self, model: str, engine: str, seconds: float) -> None:
        """See the port."""
        self._busy(model, engine, self._device).inc(seconds)

    def time_step(self, model: str, engine: str, seconds: float) -> None:
        """See the port."""
        self._steps.labels(model, engine).observe(seconds)

    def count_made(self, model: str, megapixels: float, video_seconds: float) -> None:
        """See the port."""
        if megapixels:
            self._megapixels.labels(model).inc(megapixels)
        if video_seconds:
            self._video.labels(model).inc(video_seconds)

    def count_refusal(self, place: str, reason: str) -> None:
        """See the port."""
        self._refusals.labels(place, reason).inc()

    def count_failed_rewrite(self, model: str) -> None:
        """See the port."""
        self._failed_rewrites.labels(model).inc()

    def time_commit(self, writes: int, seconds: float) -> None:
        """See the port."""
        self._commit_seconds.observe(seconds)
        self._commit_writes.observe(writes)

    def time_notice(self, seconds: float) -> None:
        """See the port."""
        self._notices.observe(seconds)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)

    def _histogram(
        self, name: str, meaning: str, buckets: Sequence[float], *labels: str
    ) -> Histogram:
        return Histogram(name, meaning, labels, buckets=buckets, registry=self.registry)
