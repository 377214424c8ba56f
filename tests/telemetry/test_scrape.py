"""What `/metrics` shows is what the documents and the dashboard say, by few and plain labels."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from kaiga.telemetry import NamedCounts, PrometheusMeter, write_metrics
from running import MODEL, RunningKaiga, wait_until

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "deploy" / "grafana" / "kaiga.json"
ALLOWED_LABELS = {"place", "reason", "model", "state", "engine", "cause", "device", "le"}


def scrape(server: RunningKaiga) -> str:
    answer = httpx.get(f"{server.base_url}/metrics")
    assert answer.status_code == 200
    return answer.text


def families_of(text: str) -> dict[str, set[str]]:
    """By the name as it is scraped: the labels of its samples."""
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found[name] = {label for sample in family.samples for label in sample.labels}
    return found


def label_values(text: str) -> set[str]:
    families = text_string_to_metric_families(text)
    return {
        value
        for family in families
        for sample in family.samples
        for value in sample.labels.values()
    }


def documented() -> dict[str, set[str]]:
    lines = (ROOT / "docs" / "reference" / "metrics.md").read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return {
        row[0].strip("`"): set(re.findall(r"`([a-z]+)`", row[2]))
        for row in rows
        if len(row) == 4 and re.fullmatch(r"`kaiga_\w+`", row[0])
    }


@pytest.fixture(scope="module")
def scraped(server: RunningKaiga) -> str:
    """The metrics of a server that has painted, failed and canceled nothing."""
    with server.client() as client:
        before = ended(scrape(server))
        server.wait_for_end(client, server.submit(client, "a red kite"))
        server.submit(client, size="1*1")
        wait_until(lambda: ended(scrape(server)) == before + 2, "both ends are counted")
    return scrape(server)


def ended(text: str) -> float:
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        if family.name == "kaiga_tasks_ended"
        for sample in family.samples
    )


def value_of(text: str, name: str, **labels: str) -> float:
    [value] = [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return value


def test_every_metric_is_documented_with_its_labels_and_no_other(scraped: str):
    shown = families_of(scraped)

    assert shown.keys() == documented().keys()
    for name, labels in shown.items():
        assert labels - {"le"} <= documented()[name], name
        assert documented()[name] <= ALLOWED_LABELS, name


def test_what_was_made_is_counted_by_its_model(scraped: str):
    assert value_of(scraped, "kaiga_tasks_ended_total", model=MODEL, state="SUCCEEDED") >= 1
    assert value_of(scraped, "kaiga_tasks_ended_total", model=MODEL, state="FAILED") >= 1
    assert value_of(scraped, "kaiga_tasks", model=MODEL, state="PENDING") == 0
    assert value_of(scraped, "kaiga_made_megapixels_total", model=MODEL) >= 0.589
    assert value_of(scraped, "kaiga_task_run_seconds_count", model=MODEL, engine="sketch") >= 1
    assert value_of(scraped, "kaiga_attempts_total", model=MODEL, cause="finished") >= 1
    assert value_of(scraped, "kaiga_store_commit_writes_count") >= 3
    assert value_of(scraped, "kaiga_store_up") == 1


def test_no_series_names_an_account_a_key_or_a_task(scraped: str, server: RunningKaiga):
    assert {label for labels in families_of(scraped).values() for label in labels} <= ALLOWED_LABELS
    values = label_values(scraped)  # not the page: a sum such as 0.011000000000000001 is none
    assert MODEL in values
    assert not [value for value in values if "1000000000000001" in value]
    assert server.key not in scraped


def test_a_store_that_does_not_answer_is_told_of_and_hides_no_other_number():
    meter = PrometheusMeter("cpu")
    meter.time_commit(3, 0.01)
    counts = [NamedCounts("kaiga_queries", "Queries.", (), {(): 7})]

    text = write_metrics(meter.registry, counts, None, 2, datetime.now(UTC)).decode()

    assert value_of(text, "kaiga_store_up") == 0
    assert value_of(text, "kaiga_queries_total") == 7
    assert value_of(text, "kaiga_store_commit_writes_sum") == 3
    assert families_of(text)["kaiga_tasks"] == set()


def queries_of_dashboard() -> list[str]:
    """What the dashboard asks Prometheus, the choices of its variables included."""
    found: list[str] = []

    def walk(value: object) -> None:
        match value:
            case dict():
                found.extend(text for name, text in value.items() if name in {"expr", "query"})
                for each in value.values():
                    walk(each)
            case list():
                for each in value:
                    walk(each)
            case _:
                pass

    walk(json.loads(DASHBOARD.read_text("utf-8")))
    return found


def test_every_query_of_the_dashboard_names_metrics_that_there_are(scraped: str):
    shown = families_of(scraped)
    samples = {*shown, *(f"{name}{end}" for name in shown for end in ("_bucket", "_sum", "_count"))}

    named = {name for each in queries_of_dashboard() for name in re.findall(r"kaiga_\w+", each)}

    assert named - samples == set()
    assert {name for name in shown if not any(each.startswith(name) for each in named)} == set()


def test_every_label_in_the_dashboard_is_one_of_ours():
    queries = "\n".join(queries_of_dashboard())
    grouped = ",".join(re.findall(r"\bby \(([^)]*)\)", queries))
    selected = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", queries)

    assert {label.strip() for label in grouped.split(",")} | set(selected) <= ALLOWED_LABELS
