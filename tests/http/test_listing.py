"""The list: its flat shape, its filters, its pages and its spans."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest
from http_calls import JSON_UTF8, TIME, create, error_of, is_request_id, make_key, make_order

from running import MODEL, RunningKaiga

BEIJING = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def lister(idle_server, client) -> Iterator[httpx.Client]:
    """A client of an account that has 12 tasks: 2 cancelled, then 3 failed, then 7 pending."""
    made = make_key(client, idle_server, account="listing")
    with idle_server.client(made["key"]) as lister:
        for _ in range(2):
            lister.post(f"/tasks/{idle_server.submit(lister)}/cancel")
        for _ in range(3):
            create(lister, make_order(n=9))
        for _ in range(7):
            idle_server.submit(lister)
        yield lister


def list_tasks(client: httpx.Client, query: str = "") -> dict:
    response = client.get(f"/tasks?{query}")
    assert response.status_code == 200, response.text
    return response.json()


def compact(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y%m%d%H%M%S")


def test_a_list_is_flat_and_tells_its_page(lister):
    answer = list_tasks(lister)

    assert answer.keys() == {
        "request_id",
        "data",
        "tasks",
        "total",
        "total_page",
        "page_no",
        "page_size",
    }
    told = [answer[name] for name in ("total", "total_page", "page_no", "page_size")]
    assert told == [12, 2, 1, 10]
    assert is_request_id(answer["request_id"])


def test_a_list_answer_is_json_in_utf_8_and_names_the_request(lister):
    response = lister.get("/tasks")

    assert response.headers["content-type"] == JSON_UTF8
    assert response.headers["x-request-id"] == response.json()["request_id"]


def test_a_row_of_data_has_the_documented_members_with_times_in_milliseconds(lister):
    (row,) = list_tasks(lister, "page_size=1")["data"]

    assert row.keys() == {
        "task_id",
        "status",
        "request_id",
        "region",
        "api_key_id",
        "caller_uid",
        "caller_parent_id",
        "user_api_unique_key",
        "model_name",
        "gmt_create",
    }
    assert row["status"] == "PENDING"
    assert row["model_name"] == MODEL
    assert row["region"] == "cn-beijing"
    assert row["user_api_unique_key"] == f"apikey:v1:aigc:text2image:image-synthesis:{MODEL}"
    assert type(row["gmt_create"]) is int
    created_at = datetime.fromtimestamp(row["gmt_create"] / 1000, UTC)
    assert timedelta(0) <= datetime.now(UTC) - created_at < timedelta(minutes=10)
    assert row["api_key_id"].isdigit()


def test_a_row_of_an_ended_task_has_its_end_as_a_number(lister):
    answer = list_tasks(lister, "status=FAILED")

    for row in answer["data"]:
        assert type(row["end_time"]) is int
        assert type(row["start_time"]) is int


def test_tasks_are_the_same_rows_with_times_as_text(lister):
    answer = list_tasks(lister, "status=FAILED")

    assert len(answer["tasks"]) == len(answer["data"]) == 3
    for text_row, row in zip(answer["tasks"], answer["data"], strict=True):
        assert text_row["task_id"] == row["task_id"]
        assert text_row["task_status"] == text_row["status"] == "FAILED"
        for name in ("gmt_create", "start_time", "end_time"):
            assert TIME.fullmatch(text_row[name])


def test_the_request_id_of_a_row_is_that_of_its_create(lister):
    created = create(lister, make_order(n=0)).json()

    (row,) = list_tasks(lister, f"task_id={created['output']['task_id']}")["data"]

    assert row["request_id"] == created["request_id"]


def test_rows_are_newest_first(lister):
    rows = list_tasks(lister, "page_size=100")["data"]

    assert rows == sorted(rows, key=lambda row: row["task_id"], reverse=True)


def test_pages_together_are_the_whole_list_without_repeats(lister):
    whole = [row["task_id"] for row in list_tasks(lister, "page_size=100")["data"]]

    pages = [list_tasks(lister, f"page_no={page}&page_size=5") for page in (1, 2, 3, 4)]

    assert [row["task_id"] for page in pages for row in page["data"]] == whole
    assert {page["total"] for page in pages} == {len(whole)}
    assert pages[3]["data"] == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [("PENDING", 7), ("pending", 7), ("Canceled", 2), ("RUNNING", 0), ("Succeeded", 0)],
)
def test_the_list_is_narrowed_to_a_state_in_any_case(lister, status, expected):
    answer = list_tasks(lister, f"status={status}")

    assert (answer["total"], len(answer["data"])) == (expected, expected)


def test_no_task_in_a_list_is_unknown(lister):
    assert list_tasks(lister, "status=UNKNOWN")["total"] == 0


def test_the_list_is_narrowed_to_a_model(lister):
    assert list_tasks(lister, "model_name=other")["data"] == []
    assert list_tasks(lister, f"model_name={MODEL}&status=PENDING")["total"] == 7


def test_the_list_is_narrowed_to_a_task(lister):
    task_id = list_tasks(lister)["data"][3]["task_id"]

    answer = list_tasks(lister, f"task_id={task_id}")

    assert [row["task_id"] for row in answer["data"]] == [task_id]
    assert answer["total_page"] == 1


def test_the_list_is_narrowed_to_a_key(lister):
    key_id = list_tasks(lister)["data"][0]["api_key_id"]

    assert list_tasks(lister, f"api_key_id={key_id}&status=CANCELED")["total"] == 2
    assert list_tasks(lister, "api_key_id=1")["total"] == 0


def test_another_region_has_no_tasks(lister):
    assert list_tasks(lister, "region=cn-beijing&status=CANCELED")["total"] == 2
    elsewhere = list_tasks(lister, "region=ap-southeast-1")
    assert (elsewhere["total"], elsewhere["data"], elsewhere["tasks"]) == (0, [], [])


def test_another_accounts_tasks_are_not_listed(lister, stranger):
    own = {row["task_id"] for row in list_tasks(stranger, "page_size=100")["data"]}
    foreign = list_tasks(lister)["data"][0]["task_id"]

    assert foreign not in own
    assert list_tasks(stranger, f"task_id={foreign}")["data"] == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "&",
        "&start_time=",
        "&&page_no=1&",
        "start_time=2025DD03111111&end_time=soon",
        "start_time=20251399000000",
        "start_time=٢٠٢٥٠١٠١٠٠٠٠٠٠",
        "unknown=1&page_no=",
        "status=&model_name=&task_id=",
    ],
)
def test_what_can_not_be_read_as_a_time_or_is_empty_is_ignored(lister, query):
    assert list_tasks(lister, query)["total"] >= 12


@pytest.mark.parametrize("path", ["/tasks", "/tasks/", "/tasks//"])
def test_the_list_answers_with_and_without_a_slash(lister, path):
    response = lister.get(path, params={"status": "CANCELED"})

    assert response.status_code == 200
    assert response.json()["total"] == 2


def test_a_window_around_now_holds_the_tasks_and_one_before_does_not(lister):
    now = datetime.now(UTC)
    hour = timedelta(hours=1)

    around = list_tasks(lister, f"start_time={compact(now - hour)}&end_time={compact(now + hour)}")
    before = list_tasks(
        lister, f"start_time={compact(now - 3 * hour)}&end_time={compact(now - 2 * hour)}"
    )

    assert around["total"] >= 12
    assert before["total"] == 0


def test_one_end_of_a_window_stands_for_24_hours(lister):
    now = datetime.now(UTC)

    totals = [
        list_tasks(lister, f"{name}={compact(at)}")["total"] >= 12
        for name, at in (
            ("start_time", now - timedelta(hours=23)),
            ("start_time", now - timedelta(hours=25)),
            ("end_time", now + timedelta(hours=23)),
            ("end_time", now + timedelta(hours=25)),
        )
    ]

    assert totals == [True, False, True, False]


def test_a_span_of_24_hours_is_taken_and_a_second_more_is_refused(lister):
    start = datetime.now(UTC) - timedelta(hours=23)

    exact = lister.get(
        f"/tasks?start_time={compact(start)}&end_time={compact(start + timedelta(days=1))}"
    )
    longer = lister.get(
        f"/tasks?start_time={compact(start)}"
        f"&end_time={compact(start + timedelta(days=1, seconds=1))}"
    )

    assert exact.status_code == 200
    assert error_of(longer)[:2] == (400, "InvalidParameter")


def test_a_span_that_ends_before_it_starts_is_refused(lister):
    response = lister.get("/tasks?start_time=20260102000000&end_time=20260101000000")

    assert error_of(response)[:2] == (400, "InvalidParameter")


@pytest.mark.parametrize("name", ["start_time", "end_time"])
@pytest.mark.parametrize(
    "time", ["00010101000000", "99991231235959", "00000101000000", "19690101000000"]
)
def test_times_at_the_ends_of_the_calendar_are_answered(lister, name, time):
    assert lister.get(f"/tasks?{name}={time}").status_code == 200


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("page_no=0", "page_no"),
        ("page_no=-1", "page_no"),
        ("page_no=one", "page_no"),
        ("page_no=1.0", "page_no"),
        ("page_no=９", "page_no"),
        ("page_no=99999999999999999999", "page_no"),
        ("page_size=0", "page_size"),
        ("page_size=ten", "page_size"),
        ("status=DONE", "status"),
    ],
)
def test_a_page_or_state_that_can_not_be_is_refused_by_name(lister, query, named):
    status, code, message = error_of(lister.get(f"/tasks?{query}"))

    assert (status, code) == (400, "InvalidParameter")
    assert named in message


def test_a_page_is_clipped_to_100(lister):
    assert list_tasks(lister, "page_size=100000")["page_size"] == 100


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_the_list_takes_no_other_method(lister, method):
    assert error_of(lister.request(method, "/tasks"))[:2] == (400, "InvalidParameter")


def test_the_region_of_rows_is_a_setting_and_times_of_queries_follow_the_zone(module_server):
    server: RunningKaiga = module_server(
        {"KAIGA_WORKERS": "0", "KAIGA_REGION": "ap-southeast-1", "KAIGA_TIME_ZONE": "+00:00"}
    )
    with server.client() as client:
        server.submit(client)
        hour_ago = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y%m%d%H%M%S")

        answer = list_tasks(client, f"start_time={hour_ago}&region=ap-southeast-1")

    assert [row["region"] for row in answer["data"]] == ["ap-southeast-1"]
