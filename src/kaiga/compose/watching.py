"""Builds what watches the service: its meter, its tracer, and what counts."""

import asyncio
from dataclasses import dataclass

import structlog

from kaiga import __version__
from kaiga.compose.stores import Stores
from kaiga.ports.clock import Calendar
from kaiga.ports.tracer import Tracer
from kaiga.service.recent import Recent
from kaiga.service.running.run_task import RunTask
from kaiga.service.running.watch_runs import RunsUnderWay, TraceParents, WatchRuns
from kaiga.service.submitting.submit_task import SubmitTask
from kaiga.service.submitting.trace_submissions import Submit, TraceSubmissions
from kaiga.service.tending.measure_tasks import MeasureTasks
from kaiga.service.tending.watch_queue import WatchQueue
from kaiga.service.untraced import Untraced
from kaiga.settings import Settings
from kaiga.telemetry import PrometheusMeter

_log = structlog.get_logger(__name__)
_TRACES_REMEMBERED = 16_384
_DEVICE = "cpu"
"""What the engines here compute on: `sketch` draws on the processor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What watches; `tracer` is None where nothing is traced."""

    meter: PrometheusMeter
    tracer: Tracer | None
    trace_parents: TraceParents
    measure_tasks: MeasureTasks
    queue: WatchQueue
    under_way: RunsUnderWay

    def watch_submissions(self, submit: SubmitTask) -> Submit:
        """Give what submits, traced where that is wanted."""
        if self.tracer is None:
            return submit
        return TraceSubmissions(submit, self.tracer, self.trace_parents)

    def watch_runs(self, run: RunTask) -> WatchRuns:
        """Give what runs tasks, watched."""
        return WatchRuns(
            run,
            under_way=self.under_way,
            meter=self.meter,
            tracer=self.tracer or Untraced(),
            trace_parents=self.trace_parents,
        )


def build_watching(settings: Settings, stores: Stores, calendar: Calendar) -> Watching:
    """Build what watches a store from now on."""
    meter = PrometheusMeter(_DEVICE)
    stores.on_commit(meter.time_commit)
    return Watching(
        meter=meter,
        tracer=_open_tracer(settings.otel_endpoint),
        trace_parents=Recent(_TRACES_REMEMBERED),
        measure_tasks=MeasureTasks(stores.tasks, calendar, meter),
        queue=WatchQueue(stores.tasks),
        under_way=RunsUnderWay(),
    )


async def close_tracer(tracer: Tracer | None) -> None:
    """Send the spans that have not been sent yet."""
    close = getattr(tracer, "close", None)
    if close is not None:
        await asyncio.to_thread(close)


def _open_tracer(endpoint: str | None) -> Tracer | None:
    if endpoint is None:
        return None
    try:
        from kaiga.telemetry.open_telemetry import open_tracer  # noqa: PLC0415  an optional extra

        return open_tracer(endpoint, __version__)
    except ImportError:
        _log.warning("nothing is traced: install 'kaiga[otel]'", endpoint=endpoint)
        return None
