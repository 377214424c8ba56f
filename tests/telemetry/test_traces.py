"""One trace leads from the request to the engine, and says nothing of what was ordered."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from domain.samples import MODEL, START, always, make_lease
from fakes import MemoryObjects, PlannedEngine, SetCalendar
from kaiga.domain.errors import EngineCrashed, ModelUnknown
from kaiga.domain.tasks import Task
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.recent import Recent
from kaiga.service.running.watch_runs import RunsUnderWay, WatchRuns
from kaiga.service.submitting.trace_submissions import TraceSubmissions
from kaiga.telemetry.open_telemetry import OpenTelemetryTracer
from noting_meter import NotingMeter
from service.building import build_run_task, build_submit_task
from service.submitting import make_submission
from service.troubled_store import TroubledStore

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACE_PARENT = f"00-{TRACE}-{PARENT}-01"
"""Source: the example of W3C Trace Context, 3.2."""


class Traced:
    """What submits and runs, traced into memory."""

    def __init__(self, folder: Path) -> None:
        self.store = TroubledStore(folder)
        self.exporter = InMemorySpanExporter()
        self.tracer = OpenTelemetryTracer(SimpleSpanProcessor(self.exporter), "test")
        objects, parents = MemoryObjects(), Recent(10)
        self.submit = TraceSubmissions(
            build_submit_task(self.store.tasks, HotTasks(self.store.tasks), objects, SetCalendar()),
            self.tracer,
            parents,
        )
        self.run = WatchRuns(
            build_run_task(folder / "inputs", self.store.tasks, self.store.keys, objects=objects),
            under_way=RunsUnderWay(),
            meter=NotingMeter(),
            tracer=self.tracer,
            trace_parents=parents,
        )

    async def create(self, parent: str = "") -> Task:
        with self.tracer.begin("request", {}, parent=parent, is_request=True):
            return await self.submit(make_submission())

    async def work(self, engine: PlannedEngine) -> None:
        [claim] = await self.store.tasks.claim(
            frozenset({MODEL}), make_lease(), 1, "sketch", always(START)
        )
        await self.run(claim, engine)

    def spans(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self.exporter.get_finished_spans()}


@pytest.fixture
async def traced(tmp_path: Path) -> AsyncIterator[Traced]:
    opened = Traced(tmp_path)
    yield opened
    opened.tracer.close()
    opened.store.database.close()


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def id_of(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.span_id


async def test_every_span_from_request_to_end_is_in_the_trace_of_the_caller(traced: Traced):
    task = await traced.create(TRACE_PARENT)
    await traced.work(PlannedEngine())

    spans = traced.spans()
    phases = ("inputs", "generate", "store", "finish")
    assert spans.keys() == {"request", "submit", "claim", *phases}
    assert {f"{span.context.trace_id:032x}" for span in spans.values() if span.context} == {TRACE}
    assert parent_of(spans["request"]) == int(PARENT, 16)
    assert parent_of(spans["submit"]) == id_of(spans["request"])
    assert parent_of(spans["claim"]) == id_of(spans["submit"])
    assert {parent_of(spans[name]) for name in phases} == {id_of(spans["claim"])}
    for name in ("submit", "claim", *phases):
        attributes = spans[name].attributes or {}
        assert attributes["kaiga.task_id"] == task.id
        assert attributes["kaiga.request_id"] == task.request_id
    assert (spans["claim"].attributes or {})["kaiga.model"] == MODEL


async def test_a_second_attempt_is_in_the_same_trace_and_the_first_is_marked(traced: Traced):
    await traced.create(TRACE_PARENT)
    await traced.work(PlannedEngine([], error=EngineCrashed()))
    failed = traced.spans()["generate"]
    await traced.work(PlannedEngine())

    claims = [span for span in traced.exporter.get_finished_spans() if span.name == "claim"]
    assert [(span.attributes or {})["kaiga.attempt"] for span in claims] == [1, 2]
    assert {f"{span.context.trace_id:032x}" for span in claims if span.context} == {TRACE}
    assert failed.status.description == "EngineCrashed"


@pytest.mark.parametrize("parent", ["", "nonsense", "00-0-0-00"])
async def test_a_request_without_a_good_parent_begins_a_trace(traced: Traced, parent: str):
    await traced.create(parent)

    spans = traced.spans()
    assert spans["request"].parent is None
    assert parent_of(spans["submit"]) == id_of(spans["request"])


async def test_no_span_says_what_was_ordered_or_why_it_was_refused(traced: Traced):
    await traced.create()
    await traced.work(PlannedEngine([], error=RuntimeError("no idea of a cat")))
    with pytest.raises(ModelUnknown):
        await traced.submit(make_submission(model="a-secret-model"))

    written = "".join(span.to_json() for span in traced.exporter.get_finished_spans())
    assert "a cat" not in written
    assert "secret" not in written
    assert "ModelUnknown" in written
