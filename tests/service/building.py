"""Builds the use cases that have many parts, each in one place; tests name only what differs."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from domain.samples import RETENTION
from fakes import MemoryObjects, MemoryUploads, SameText, SetCalendar, SetLeaseClock, leave_unmarked
from kaiga.catalogue import read_catalogue
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.limits import LimitBook
from kaiga.media.fetching import HttpxFetcher
from kaiga.media.inspecting import ContentInspector, find_ffmpeg
from kaiga.ports.key_store import KeyStore
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.limits.limit_rates import LimitRates
from kaiga.service.links.link_keys import LinkKeys
from kaiga.service.links.result_links import ResultLinks
from kaiga.service.running.collect_inputs import CollectInputs
from kaiga.service.running.make_results import MakeResults
from kaiga.service.running.prepare_prompt import PreparePrompt
from kaiga.service.running.run_task import RunTask
from kaiga.service.running.stop_requests import StopRequests
from kaiga.service.standing.run_costs import RunCosts
from kaiga.service.standing.task_progress import TaskProgress
from kaiga.service.submitting.record_task import RecordTask
from kaiga.service.submitting.repeats import Repeats
from kaiga.service.submitting.store_inline_media import StoreInlineMedia
from kaiga.service.submitting.submit_task import SubmitTask, make_rules
from kaiga.service.submitting.task_ids import TaskIds
from noting_meter import NotingMeter
from running import OWN_MODELS


@cache
def read_models() -> Catalogue:
    """Give the catalogue, with the tests' own models."""
    return read_catalogue(OWN_MODELS)


def build_submit_task(
    tasks: TaskStore,
    hot: HotTasks,
    objects: ObjectStore,
    calendar: SetCalendar,
    *,
    refuse_at_submission: bool = False,
    recognise_for: timedelta = timedelta(0),
    rates: LimitRates | None = None,
) -> SubmitTask:
    catalogue = read_models()
    return SubmitTask(
        catalogue=catalogue,
        rules=make_rules(catalogue),
        task_ids=TaskIds(),
        record=RecordTask(
            store=tasks,
            hot=hot,
            objects=objects,
            inline_media=StoreInlineMedia(objects=objects),
        ),
        repeats=Repeats(store=tasks, hot=hot, recognise_for=recognise_for),
        rates=rates or LimitRates(book=LimitBook(), clock=SetLeaseClock()),
        calendar=calendar,
        retention=RETENTION,
        refuse_at_submission=refuse_at_submission,
    )


async def open_links(tasks: TaskStore, keys: KeyStore, calendar: SetCalendar) -> ResultLinks:
    """Build them with a key to sign with."""
    link_keys = LinkKeys(keys, calendar)
    await link_keys.load()
    return ResultLinks(link_keys, HotTasks(tasks), calendar)


def build_inputs(
    folder: Path,
    tasks: TaskStore,
    keys: KeyStore,
    objects: ObjectStore,
    calendar: SetCalendar,
    **changes: Any,
) -> CollectInputs:
    """Build it over the real fetcher and inspector; `changes` replace any of its parts."""
    parts: dict[str, Any] = {
        "media_limits": read_models().media_limits,
        "objects": objects,
        "links": ResultLinks(LinkKeys(keys, calendar), HotTasks(tasks), calendar),
        "uploads": MemoryUploads(),
        "fetcher": HttpxFetcher(timeout_seconds=30.0),
        "inspector": ContentInspector(ffmpeg=find_ffmpeg()),
        "calendar": calendar,
        "folder": folder,
    }
    return CollectInputs(**{**parts, **changes})


def build_run_task(
    folder: Path,
    tasks: TaskStore,
    keys: KeyStore,
    *,
    objects: ObjectStore | None = None,
    calendar: SetCalendar | None = None,
    **changes: Any,
) -> RunTask:
    """Build it with no rewriting of prompts and ample time; `changes` replace any of its parts.

    A `rewriter` among them is the one of its `prepare_prompt`.
    It hears of a request to stop by notices alone.
    """
    objects, calendar = objects or MemoryObjects(), calendar or SetCalendar()
    parts: dict[str, Any] = {
        "catalogue": read_models(),
        "store": tasks,
        "make_results": MakeResults(objects=objects, mark=leave_unmarked, patience=timedelta(0)),
        "inputs": build_inputs(folder, tasks, keys, objects, calendar),
        "prepare_prompt": PreparePrompt(
            rewriter=changes.pop("rewriter", SameText()),
            needs_rewriting=False,
            content=changes.get("content"),
            meter=NotingMeter(),
        ),
        "content": None,
        "calendar": calendar,
        "retention": RETENTION,
        "costs": RunCosts(),
        "longest_run": timedelta(hours=3),
        "progress": TaskProgress(tasks),
        "note_end": lambda _task, _cause: None,
        "stop_requests": StopRequests(tasks, look_again=timedelta(hours=1)),
        "stop_grace": timedelta(seconds=10),
    }
    return RunTask(**{**parts, **changes})
