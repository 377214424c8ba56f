"""`/kaiga/v1/results`, thumbnails, archives and keeping: for an account's own eyes."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from http_calls import error_of, make_key
from PIL import Image

from running import MODEL, RunningKaiga, wait_until

# 3.6 seconds, and a look every tenth of a second.
SHORT = {"KAIGA_RETENTION_HOURS": "0.001", "KAIGA_HOUSEKEEPING_SECONDS": "0.1"}


@pytest.fixture(scope="module")
def gallery(server: RunningKaiga) -> Iterator[httpx.Client]:
    """A client of an account of its own with two pictures by one task."""
    with client_of(server, "1000000000000074") as client:
        server.wait_for_end(client, server.submit(client, "a red kite, 凧", n=2, seed=7))
        yield client


def client_of(server: RunningKaiga, account: str) -> httpx.Client:
    """Make a client of an account, with no more than its own rights."""
    with server.client() as admin:
        return server.client(make_key(admin, server, account=account)["key"])


@pytest.fixture(scope="module")
def kaiga(server: RunningKaiga) -> str:
    return f"{server.base_url}/kaiga/v1"


def list_results(client: httpx.Client, kaiga: str, **wanted: str | int) -> dict[str, Any]:
    answer = client.get(f"{kaiga}/results", params=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


def thumbnail_of(result: Mapping[str, Any]) -> str:
    return f"/tasks/{result['task_id']}/thumbnails/{result['number']}"


def test_each_picture_is_told_with_what_it_was_made_from(gallery: httpx.Client, kaiga: str):
    told = list_results(gallery, kaiga)

    first, second = told["results"]
    assert (first["width"], first["height"]) == (768, 768)
    assert (first["prompt"], first["model"], first["kind"]) == ("a red kite, 凧", MODEL, "image")
    assert (first["seed"], second["seed"]) == (7, 8)
    assert len(httpx.get(second["url"]).content) == second["size_bytes"]
    assert told["models"] == [MODEL]
    assert told["keep_days"] == 0


def test_filters_leave_out_what_does_not_match(gallery: httpx.Client, kaiga: str):
    assert list_results(gallery, kaiga, kind="video")["results"] == []
    assert list_results(gallery, kaiga, model="another")["results"] == []
    assert len(list_results(gallery, kaiga, kind="image", model=MODEL)["results"]) == 2


@pytest.mark.parametrize("wanted", [{"kind": "sound"}, {"before": "x"}, {"limit": "0"}])
def test_a_wrong_filter_is_refused(gallery: httpx.Client, kaiga: str, wanted: dict[str, str]):
    answer = gallery.get(f"{kaiga}/results", params=wanted)

    assert error_of(answer)[:2] == (400, "InvalidParameter")
    assert next(iter(wanted)) in answer.json()["message"]


def test_a_thumbnail_is_a_small_picture_that_is_sent_once(gallery: httpx.Client, kaiga: str):
    result = list_results(gallery, kaiga)["results"][0]

    first = gallery.get(kaiga + thumbnail_of(result))
    again = gallery.get(kaiga + thumbnail_of(result))
    known = gallery.get(
        kaiga + thumbnail_of(result), headers={"If-None-Match": first.headers["etag"]}
    )

    assert Image.open(io.BytesIO(first.content)).size == (512, 512)
    assert again.content == first.content
    assert (known.status_code, known.content) == (304, b"")


def test_thumbnails_of_one_task_differ(gallery: httpx.Client, kaiga: str):
    one, two = (
        gallery.get(kaiga + thumbnail_of(result))
        for result in list_results(gallery, kaiga)["results"]
    )

    assert one.content != two.content
    assert one.headers["etag"] != two.headers["etag"]


def test_another_account_sees_nothing_of_it(
    gallery: httpx.Client, kaiga: str, server: RunningKaiga
):
    result = list_results(gallery, kaiga)["results"][0]
    named = f"{result['task_id']}-{result['number']}"

    with client_of(server, "1000000000000179") as stranger:
        assert error_of(stranger.get(kaiga + thumbnail_of(result)))[0] == 404
        assert error_of(stranger.get(f"{kaiga}/results.zip", params={"files": named}))[0] == 404
        assert list_results(stranger, kaiga)["results"] == []


def test_an_admin_lists_the_results_of_the_admins_own_account(
    gallery: httpx.Client, kaiga: str, painter: httpx.Client
):
    result = list_results(gallery, kaiga)["results"][0]

    assert result not in list_results(painter, kaiga)["results"]


@pytest.mark.parametrize("number", ["0", "3", "-1", "x", "9999999999"])
def test_there_is_no_thumbnail_of_a_result_that_is_not_there(
    gallery: httpx.Client, kaiga: str, number: str
):
    task_id = list_results(gallery, kaiga)["results"][0]["task_id"]

    assert error_of(gallery.get(f"{kaiga}/tasks/{task_id}/thumbnails/{number}"))[0] == 404


def test_an_archive_has_the_files_themselves_under_names_to_read(gallery: httpx.Client, kaiga: str):
    results = list_results(gallery, kaiga)["results"]
    named = [f"{each['task_id']}-{each['number']}" for each in results]
    gone = "00000000-0000-7000-8000-000000000000-1"

    answer = gallery.get(f"{kaiga}/results.zip", params={"files": ",".join([*named, gone])})

    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [each["name"] for each in results]
        assert archive.read(results[0]["name"]) == httpx.get(results[0]["url"]).content
    assert "a-red-kite-凧" in results[0]["name"]


def test_a_file_that_is_named_twice_is_packed_once(gallery: httpx.Client, kaiga: str):
    result = list_results(gallery, kaiga)["results"][0]
    named = f"{result['task_id']}-{result['number']}"

    answer = gallery.get(f"{kaiga}/results.zip", params={"files": f"{named},,{named}"})

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == [result["name"]]


def test_an_archive_says_whether_the_task_or_its_file_is_missing(gallery: httpx.Client, kaiga: str):
    task_id = list_results(gallery, kaiga)["results"][0]["task_id"]

    no_task = gallery.get(f"{kaiga}/results.zip", params={"files": "x-1"})
    no_file = gallery.get(f"{kaiga}/results.zip", params={"files": f"{task_id}-9"})

    assert error_of(no_task) == (404, "NotFound", "No task has that id.")
    assert error_of(no_file)[::2] == (404, "The task has no picture or clip of that number.")


TOO_MANY = ",".join(f"x-{number}" for number in range(101))


@pytest.mark.parametrize("files", ["", ",", TOO_MANY, "x", "x-", "x-one", "x-1,x"])
def test_an_archive_of_nothing_or_of_too_much_is_refused(
    gallery: httpx.Client, kaiga: str, files: str
):
    answer = gallery.get(f"{kaiga}/results.zip", params={"files": files})

    assert error_of(answer)[:2] == (400, "InvalidParameter")


def test_nothing_is_kept_where_that_is_not_offered(gallery: httpx.Client, kaiga: str):
    task_id = list_results(gallery, kaiga)["results"][0]["task_id"]

    assert error_of(gallery.post(f"{kaiga}/tasks/{task_id}/keep"))[:2] == (403, "AccessDenied")


def test_a_kept_task_outlives_the_others_and_a_purge_takes_thumbnails_too(start_server):
    server = start_server({**SHORT, "KAIGA_KEEP_DAYS": "7"})
    kaiga = f"{server.base_url}/kaiga/v1"
    with server.client() as client:
        lost = server.submit(client, "lost")
        kept = server.submit(client, "kept")
        for task_id in (lost, kept):
            server.wait_for_end(client, task_id)
        answer = client.post(f"{kaiga}/tasks/{kept}/keep")
        assert answer.status_code == 200, answer.text
        assert client.get(f"{kaiga}/tasks/{lost}/thumbnails/1").status_code == 200
        assert client.get(f"{kaiga}/tasks/{kept}/thumbnails/1").status_code == 200
        assert len(server.objects().list_keys()) == 4

        wait_until(lambda: len(server.objects().list_keys()) == 2, "only what is kept is left")

        shown = list_results(client, kaiga)["results"]
        assert [each["task_id"] for each in shown] == [kept]
        assert shown[0]["expires_at"] == answer.json()["expires_at"]
        assert client.get(f"{kaiga}/tasks/{kept}/thumbnails/1").status_code == 200
        assert httpx.get(shown[0]["url"]).status_code == 200
        assert client.get(f"/tasks/{kept}").json()["output"]["task_status"] == "SUCCEEDED"


def test_a_task_that_has_not_ended_is_not_kept_yet(start_server):
    server = start_server({"KAIGA_WORKERS": "0", "KAIGA_KEEP_DAYS": "7"})
    with server.client() as client:
        waiting = server.submit(client)

        answer = client.post(f"{server.base_url}/kaiga/v1/tasks/{waiting}/keep")

        assert error_of(answer)[:2] == (400, "InvalidParameter")
        assert client.post(f"{server.base_url}/kaiga/v1/tasks/none/keep").status_code == 404
