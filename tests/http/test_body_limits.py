"""Sizes: of one body, of one value in it, and of all bodies in flight together."""

import json
import time
from collections.abc import Iterator

import httpx
import pytest
from http_calls import ENABLE, RawConnection, create, error_of, make_order

from running import CREATE, RunningKaiga, wait_until

LARGEST_BODY = 200_000
TOO_LARGE = (400, "BadRequest.TooLarge")


@pytest.fixture(scope="module")
def small_server(module_server) -> RunningKaiga:
    """A server that takes bodies of 200 kB and no more than that at once."""
    return module_server(
        {
            "KAIGA_WORKERS": "0",
            "KAIGA_MAX_BODY_BYTES": str(LARGEST_BODY),
            "KAIGA_MAX_IN_FLIGHT_BYTES": str(LARGEST_BODY),
        }
    )


@pytest.fixture(scope="module")
def small_client(small_server) -> Iterator[httpx.Client]:
    with small_server.client() as client:
        yield client


def make_padded(size_bytes: int) -> bytes:
    """Make a good order of exactly `size_bytes`."""
    empty = json.dumps({**make_order(), "padding": ""}).encode()
    return empty[:-2] + b"A" * (size_bytes - len(empty)) + b'"}'


def test_a_body_of_20_megabytes_with_a_picture_in_it_is_accepted(client):
    order = {**make_order(), "picture": "data:image/png;base64," + "A" * 20_900_000}

    response = create(client, order)

    task_id = response.json()["output"]["task_id"]
    assert client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "PENDING"


def test_a_data_uri_over_its_limit_is_refused(client):
    order = make_order()
    order["input"]["img_url"] = "data:image/png;base64," + "A" * 20_971_520

    assert error_of(create(client, order)) == (
        *TOO_LARGE,
        "Exceeded limit on max bytes per data-uri item : 20971520",
    )


def test_a_data_uri_exactly_at_its_limit_is_accepted(client):
    start = "data:image/png;base64,"
    order = make_order()
    order["input"]["img_url"] = start + "A" * (20_971_520 - len(start))

    assert create(client, order).status_code == 200


def test_a_text_over_28_million_characters_is_refused(client):
    order = make_order()
    order["input"]["extra"] = ["A" * 28_000_001]

    status, code, message = error_of(create(client, order))

    assert (status, code) == (400, "InvalidParameter")
    assert message.startswith(
        "String value length (28000001) exceeds the maximum allowed (28000000,"
    )


def test_a_text_of_exactly_28_million_characters_is_accepted(client):
    order = make_order()
    order["input"]["extra"] = "A" * 28_000_000

    assert create(client, order).status_code == 200


def test_millions_of_small_values_cost_no_more_than_one_large_one(client):
    """Brackets are cheap to send: a server that builds a list of each stands still for all."""
    start = json.dumps(make_order()).encode()[:-1] + b',"x":['
    bomb = start + b"[]," * 6_000_000 + b"0]}"
    harmless = start + b'"' + b"A" * (len(bomb) - len(start) - 4) + b'"]}'

    def measure_seconds(body: bytes) -> float:
        began = time.perf_counter()
        assert create(client, body).status_code == 200
        return time.perf_counter() - began

    usual = max(measure_seconds(harmless) for _ in range(3))
    assert len(bomb) == len(harmless)
    assert measure_seconds(bomb) < 10 * usual


def test_a_body_exactly_at_the_limit_is_taken(small_client):
    assert create(small_client, make_padded(LARGEST_BODY)).status_code == 200


def test_a_body_over_the_limit_is_refused(small_client):
    status, code, message = error_of(create(small_client, make_padded(LARGEST_BODY + 1)))

    assert (status, code) == TOO_LARGE
    assert str(LARGEST_BODY) in message


def test_a_body_announced_over_the_limit_is_refused_before_it_is_sent(small_server):
    with RawConnection(small_server) as connection:
        connection.begin({"Content-Length": str(LARGEST_BODY + 1)})

        status, _, body = connection.read_answer()

    assert (status, json.loads(body)["code"]) == TOO_LARGE


def test_a_body_of_unknown_length_is_refused_while_it_is_read(small_server):
    with RawConnection(small_server) as connection:
        connection.begin({"Transfer-Encoding": "chunked"})
        for _ in range(3):
            connection.send(b"%x\r\n" % 100_000 + b"A" * 100_000 + b"\r\n")

        status, _, body = connection.read_answer()

    assert (status, json.loads(body)["code"]) == TOO_LARGE


def test_a_body_in_chunks_is_taken(small_client):
    body = make_padded(100_000)
    parts = (body[start : start + 7_001] for start in range(0, len(body), 7_001))

    response = small_client.post(CREATE, content=parts, headers=ENABLE)

    assert response.status_code == 200


def test_a_body_over_the_limit_at_the_keys_route_is_refused(small_server, small_client):
    response = small_client.post(
        f"{small_server.base_url}/kaiga/v1/keys", json={"name": "A" * LARGEST_BODY}
    )

    assert error_of(response)[:2] == TOO_LARGE


def test_bodies_in_flight_are_bounded_and_the_bound_frees_up_again(small_server, small_client):
    order = make_padded(150_000)

    def begin_slowly() -> RawConnection:
        connection = RawConnection(small_server)
        connection.begin({"Content-Length": str(len(order))})
        connection.send(order[:-1])
        return connection

    slow = begin_slowly()

    def is_refused() -> bool:
        nonlocal slow
        if slow.has_answer():  # then it met the other one, and was itself the one too many
            slow.close()
            slow = begin_slowly()
        refused = create(small_client, make_padded(100_000))
        if refused.status_code == 200:
            return False
        assert error_of(refused)[:2] in {(429, "Throttling"), (503, "ModelUnavailable")}
        assert int(refused.headers["retry-after"]) > 0
        return True

    wait_until(is_refused, "the slow body fills the bound")
    slow.send(order[-1:])
    status, _, _ = slow.read_answer()
    slow.close()

    assert status == 200
    assert create(small_client, make_padded(100_000)).status_code == 200


@pytest.mark.parametrize("model", ["wan2.5-t2i-preview", "no-such-model"])
def test_small_bodies_one_after_the_other_never_fill_the_bound(small_client, model):
    size = 30_000
    body = make_padded(size).replace(b"wan2.5-t2i-preview", model.encode())

    answers = {create(small_client, body).status_code for _ in range(LARGEST_BODY // size + 2)}

    assert len(answers) == 1
    assert 503 not in answers


def test_a_client_that_goes_away_in_mid_body_gives_its_share_back(small_server, small_client):
    for _ in range(5):
        with RawConnection(small_server) as slow:
            slow.begin({"Content-Length": "150000"})
            slow.send(b"A" * 140_000)

    def is_taken() -> bool:
        return create(small_client, make_padded(150_000)).status_code == 200

    wait_until(is_taken, "the shares of those who left are free")


def test_a_length_that_is_only_announced_holds_no_share_of_the_bound(small_server, small_client):
    with RawConnection(small_server) as silent:
        silent.begin({"Content-Length": "150000", "Expect": "100-continue"})
        silent.wait_for(b"100 Continue")

        response = create(small_client, make_padded(150_000))

    assert response.status_code == 200


@pytest.mark.parametrize("beginning", [b"GET /", b"GET / HTTP/1.1\r\nHost: kaiga.test\r\nX-Long: "])
def test_an_endless_request_head_is_cut_off(idle_server, beginning):
    with RawConnection(idle_server) as connection:
        connection.send(beginning)
        with pytest.raises(OSError, match=r"(?i)pipe|reset|abort"):
            connection.send(b"a" * 64_000_000)
