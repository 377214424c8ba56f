"""docs/reference/metrics.md: everything that /metrics shows, from a scrape that lacks nothing."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from kaiga.cli.markdown import make_table
from kaiga.compose.routes.seen import COUNTED
from kaiga.ports.meter import Meter
from kaiga.ports.task_store import ModelQueue
from kaiga.telemetry import PrometheusMeter, write_metrics

_INTRODUCTION = """\
# Metrics

Everything that `/metrics` shows, in Prometheus' text format.
This page is made by `make reference` from the code; [observability.md](../observability.md#metrics) tells how they are scraped and read.

A counter only grows, and begins at 0 with each start, as a histogram does.
A histogram has `_bucket`, `_sum` and `_count` beside its name.
"""  # noqa: E501  a line of the page is a sentence
_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_SAMPLES = {str: "any", int: 1, float: 1.0}


def make_metrics_page() -> str:
    """Make the whole page."""
    families = list(text_string_to_metric_families(_scrape_all()))
    lines = [_INTRODUCTION]
    lines += make_table(
        ("metric", "kind", "labels", "meaning"),
        [
            (f"`{_name(each)}`", each.type, _show_labels(each), each.documentation)
            for each in sorted(families, key=_name)
        ],
    )
    lines += ["## Buckets\n", "The bounds of the histograms; the last one of each is `+Inf`.\n"]
    lines += make_table(
        ("metric", "bounds"),
        [
            (f"`{each.name}`", ", ".join(_bounds(each)))
            for each in sorted(families, key=_name)
            if each.type == "histogram"
        ],
    )
    return "\n".join(lines).rstrip() + "\n"


def _scrape_all() -> str:
    """Have each metric say something, so that none is left out and each shows its labels."""
    meter = PrometheusMeter("cpu")
    for name, method in inspect.getmembers(Meter, inspect.isfunction):
        if not name.startswith("_"):
            getattr(meter, name)(*_make_arguments(method))
    counts = [replace(each, counts={("any",) * len(each.labels): 1.0}) for each in COUNTED]
    queue = [ModelQueue(model="any", waiting=1, oldest_at=_MOMENT)]
    return write_metrics(meter.registry, counts, queue, 1, _MOMENT).decode()


def _make_arguments(method: Any) -> Iterator[object]:
    parameters = list(inspect.signature(method, eval_str=True).parameters.values())[1:]
    return (_SAMPLES[each.annotation] for each in parameters)


def _name(family: Metric) -> str:
    return f"{family.name}_total" if family.type == "counter" else family.name


def _show_labels(family: Metric) -> str:
    labels = dict.fromkeys(label for sample in family.samples for label in sample.labels)
    return ", ".join(f"`{label}`" for label in labels if label != "le")


def _bounds(family: Metric) -> Iterator[str]:
    bounds = dict.fromkeys(sample.labels.get("le", "") for sample in family.samples)
    return (re.sub(r"\.0$", "", bound) for bound in bounds if bound not in {"", "+Inf"})
