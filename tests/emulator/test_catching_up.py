"""A clock that was moved is answered once the tasks that were due by it have gone on."""

from running import RunningKaiga

CONTROL = "/kaiga/v1/emulator"
ROUNDS = 15


def test_the_next_query_shows_what_the_advance_has_brought(emulator: RunningKaiga):
    seen: list[list[str]] = []
    with emulator.client("sk-catching-up") as client:
        control = f"{emulator.base_url}{CONTROL}"
        pace = {"default": {"pending_seconds": 20, "running_seconds": 40}}
        client.put(f"{control}/pace", json=pace)
        client.patch(f"{control}/clock", json={"frozen": True})

        for _ in range(ROUNDS):
            task = emulator.submit(client)
            states: list[str] = []
            for _ in range(2):
                client.patch(f"{control}/clock", json={"advance_seconds": 30})
                states.append(client.get(f"/tasks/{task}").json()["output"]["task_status"])
            seen.append(states)

    assert seen == [["RUNNING", "SUCCEEDED"]] * ROUNDS
