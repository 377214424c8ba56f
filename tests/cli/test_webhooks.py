"""`kaiga webhooks`: addresses added, tried and removed, and the log of what they were told."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from cli.conftest import data_of
from receiving import Receiver, open_receiver
from running import RunningKaiga, wait_until


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with open_receiver() as opened:
        yield opened


def read(terminal: Any, *arguments: str, settings: dict[str, str]) -> Any:
    return json.loads(terminal.succeed("webhooks", *arguments, "--json", settings=settings))


def test_an_address_is_added_tried_delivered_again_and_removed(
    quick_terminal: Any, start_server: Callable[..., RunningKaiga], receiver: Receiver
):
    running = start_server({"KAIGA_FETCH_ALLOW": "127.0.0.1", "KAIGA_WORKERS": "0"})
    settings = data_of(running)
    made = read(quick_terminal, "add", receiver.url("/told"), settings=settings)

    quick_terminal.succeed("webhooks", "test", made["id"], settings=settings)
    [first] = receiver.wait_for("/told")

    def list_delivered() -> list[dict[str, Any]]:
        arguments = ("deliveries", "--state", "delivered")
        return read(quick_terminal, *arguments, settings=settings)["deliveries"]

    wait_until(list_delivered, "the log has it")
    [delivery] = list_delivered()
    told = quick_terminal.succeed("webhooks", "redeliver", delivery["id"], settings=settings)
    second = receiver.wait_for("/told", 2)[1]
    quick_terminal.succeed("webhooks", "remove", made["id"], settings=settings)

    assert first.verify(made["secret"]) == second.verify(made["secret"])
    assert delivery["answer_status"] == 204
    assert delivery["id"] in told
    assert quick_terminal.succeed("webhooks", "list", settings=settings) == "No webhooks.\n"


def test_the_tables_show_addresses_and_why_they_were_not_told(
    quick_terminal: Any,
    at_idle_server: dict[str, str],
    idle_server: RunningKaiga,
    receiver: Receiver,
):
    account = ("--account", "cli-account")
    url = receiver.url("/private")
    secret = quick_terminal.succeed("webhooks", "add", url, *account, settings=at_idle_server)
    listed = quick_terminal.succeed("webhooks", "list", *account, settings=at_idle_server)
    [webhook] = read(quick_terminal, "list", *account, settings=at_idle_server)["webhooks"]
    quick_terminal.succeed("webhooks", "test", webhook["id"], *account, settings=at_idle_server)

    def log() -> str:
        return quick_terminal.succeed("webhooks", "deliveries", *account, settings=at_idle_server)

    wait_until(lambda: "no public address" in log(), "the log says why")

    assert secret.startswith("whsec_")
    assert url in listed
    assert secret.strip() not in listed
    assert all(word in log() for word in (url, "WAITING"))
    assert receiver.told_at("/private") == []
    assert httpx.get(f"{idle_server.base_url}/healthz").is_success


def test_the_secret_for_addresses_of_tasks_is_the_same_each_time(
    quick_terminal: Any, at_idle_server: dict[str, str]
):
    first = quick_terminal.succeed("webhooks", "secret", settings=at_idle_server)

    assert first.startswith("whsec_")
    assert quick_terminal.succeed("webhooks", "secret", settings=at_idle_server) == first


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "told.example"), "url must be an address"),
        (("remove", "99"), "No webhook"),
        (("test", "99"), "No webhook"),
        (("redeliver", "99"), "No delivery"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    quick_terminal: Any, at_idle_server: dict[str, str], arguments: tuple[str, ...], words: str
):
    assert words in quick_terminal.fail("webhooks", *arguments, settings=at_idle_server)


def test_an_id_that_is_none_is_not_sent(quick_terminal: Any, at_idle_server: dict[str, str]):
    remove = ("webhooks", "remove", "../keys/1")

    message = quick_terminal.fail(*remove, settings=at_idle_server, status=2)

    assert "is not an id" in message
