"""A notice that is written with a task's end survives whatever comes before it is sent."""

from collections.abc import Callable

from receiving import open_receiver
from running import CREATE, MODEL, RunningKaiga

StartServer = Callable[..., RunningKaiga]

# A first wait of an hour: what is sent again soon is sent again because of the restart.
PATIENT = {"KAIGA_FETCH_ALLOW": "127.0.0.1", "KAIGA_WEBHOOK_RETRY_SECONDS": "3600"}


def test_what_a_killed_server_was_sending_is_told_after_the_next_start(
    start_server: StartServer,
) -> None:
    with open_receiver() as receiver:
        receiver.hold()
        running = start_server({**PATIENT, "KAIGA_WORKERS": "0"})
        with running.client() as client:
            headers = {"X-DashScope-Async": "enable", "X-Kaiga-Webhook": receiver.url("/killed")}
            order = {"model": MODEL, "input": {}, "parameters": {}}
            created = client.post(CREATE, json=order, headers=headers).json()
            secret = client.get(f"{running.base_url}/kaiga/v1/webhooks/secret").json()["secret"]
        [unanswered] = receiver.wait_for("/killed")
        running.kill()
        receiver.go_on()
        running.rows().let_leases_of_notices_lapse()

        running.start()
        told = receiver.wait_for("/killed", 2)[1]

    event = told.verify(secret)
    assert event["data"]["task_id"] == created["output"]["task_id"]
    assert event["id"] == unanswered.headers["webhook-id"]
