"""Draws the status of a server for people: in 80 columns nothing is wider than the terminal."""

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kaiga.cli.statuses import MemberStatus, ModelStatus, RunStatus, ServerStatus

_SECONDS_PER_MINUTE, _SECONDS_PER_HOUR, _SECONDS_PER_DAY = 60, 3600, 86400
_COUNTED = ("created", "succeeded", "failed", "canceled", "queries")


def draw_status(
    status: ServerStatus, url: str, rates: Mapping[str, float] | None, problem: str | None = None
) -> RenderableType:
    """Draw everything; `problem` is why the newest status is not to be had."""
    parts: list[RenderableType] = [
        Text(
            f"Kaiga {status.version} at {url}, engine {status.engine}, "
            f"up {show_seconds(status.uptime_seconds)}",
            style="bold",
        ),
        Text(_describe_load(status)),
        Text(_describe_counts(status, rates)),
    ]
    if problem:
        parts.append(Text(problem, style="bold red"))
    parts += [Text(), _draw_models(status.queue.models)]
    if status.running:
        parts += [Text(), _draw_runs(status.running)]
    if status.members:
        parts += [Text(), _draw_members(status.members)]
    return Group(*parts)


def show_seconds(seconds: float) -> str:
    """Write a length of time as `42s`, `3:07`, `2:03:07` or `4d 02:03`."""
    whole = int(seconds)
    days, hours = divmod(whole // _SECONDS_PER_HOUR, 24)
    minutes = whole // _SECONDS_PER_MINUTE % 60
    if whole >= _SECONDS_PER_DAY:
        return f"{days}d {hours:02}:{minutes:02}"
    if whole >= _SECONDS_PER_HOUR:
        return f"{hours}:{minutes:02}:{whole % 60:02}"
    return f"{minutes}:{whole % 60:02}" if whole >= _SECONDS_PER_MINUTE else f"{whole}s"


def _describe_load(status: ServerStatus) -> str:
    queue, members = status.queue, status.members
    busy = sum(each.running for each in members) if members else status.workers.busy
    slots = sum(each.slots for each in members) if members else status.workers.slots
    oldest = queue.oldest_seconds
    waits = "" if oldest is None else f", the oldest for {show_seconds(oldest)}"
    return f"Workers: {busy} of {slots} busy. Waiting: {queue.waiting}{waits}."


def _describe_counts(status: ServerStatus, rates: Mapping[str, float] | None) -> str:
    if rates is None:
        counted = (f"{status.since_start.get(name, 0)} {name}" for name in _COUNTED)
        return f"Since the start: {', '.join(counted)}."
    return f"Per minute: {', '.join(f'{rates.get(name, 0):.0f} {name}' for name in _COUNTED)}."


def _draw_models(models: Sequence[ModelStatus]) -> RenderableType:
    if not models:
        return Text("Nothing waits and nothing runs.", style="dim")
    table = _make_table(("Model", False), ("Waiting", True), ("Oldest", True), ("Running", True))
    for each in models:
        oldest = "-" if each.oldest_seconds is None else show_seconds(each.oldest_seconds)
        table.add_row(Text(each.model), str(each.waiting), oldest, str(each.running))
    return table


def _draw_runs(runs: Sequence[RunStatus]) -> RenderableType:
    table = _make_table(("Running", False), ("Model", False), ("Phase", False), ("Time", True))
    rows = [
        (run.task_id, run.model, _describe_phase(run), show_seconds(run.seconds)) for run in runs
    ]
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    table.columns[1].no_wrap = False  # where it is narrow, the model's name is what is cut
    return table


def _draw_members(members: Sequence[MemberStatus]) -> RenderableType:
    table = _make_table(
        ("Process", False), ("Host", False), ("Engines", False), ("Models", False), ("Busy", True)
    )
    for each in members:
        engines = ", ".join(each.engines) or "-"
        models = ", ".join(each.models) or ("all" if each.engines else "-")
        cells = (each.kind, each.host, engines, models, f"{each.running} of {each.slots}")
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _describe_phase(run: RunStatus) -> str:
    steps = f" {run.step}/{run.steps}" if run.steps else ""
    tries = f", try {run.attempt}" if run.attempt > 1 else ""
    return f"{run.phase or '-'}{steps}{tries}"


def _make_table(*columns: tuple[str, bool]) -> Table:
    """Make a table of (heading, is a number); what is too long for the terminal is cut."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading, is_number in columns:
        justify = "right" if is_number else "left"
        table.add_column(heading, justify=justify, no_wrap=True, overflow="ellipsis")
    return table
