"""Many callers at once: every accepted task is known, and no two share an id."""

import asyncio
import random

import httpx
from http_calls import ENABLE, make_order

from running import CREATE, RunningKaiga

CALLERS = 64
ORDERS_EACH = 2


def make_client(server: RunningKaiga) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=server.api_url,
        headers={"Authorization": f"Bearer {server.key}"},
        limits=httpx.Limits(max_connections=CALLERS),
        timeout=60,
    )


async def order_and_ask(client: httpx.AsyncClient, caller: int) -> list[str]:
    """Make tasks, ask for each at once, and give their ids."""
    ids: list[str] = []
    for number in range(ORDERS_EACH):
        order = make_order(f"caller {caller}, order {number}")
        created = await client.post(CREATE, json=order, headers=ENABLE)
        assert created.status_code == 200, created.text
        assert created.headers["x-request-id"] == created.json()["request_id"]
        task_id = created.json()["output"]["task_id"]
        asked = (await client.get(f"/tasks/{task_id}")).json()
        assert asked["output"]["task_id"] == task_id
        assert asked["output"]["task_status"] == "PENDING"
        ids.append(task_id)
    return ids


async def test_64_callers_at_once_get_tasks_of_their_own_that_are_all_known(idle_server):
    async with make_client(idle_server) as client:
        per_caller = await asyncio.gather(
            *(order_and_ask(client, caller) for caller in range(CALLERS))
        )

        ids = [task_id for ids in per_caller for task_id in ids]
        answers = await asyncio.gather(*(client.get(f"/tasks/{task_id}") for task_id in ids))

    assert len(set(ids)) == len(ids) == CALLERS * ORDERS_EACH
    for task_id, answer in zip(ids, answers, strict=True):
        assert answer.json()["output"]["task_id"] == task_id
        assert answer.json()["output"]["task_status"] == "PENDING"


async def test_a_task_is_cancelled_by_exactly_one_of_many(idle_server):
    async with make_client(idle_server) as client:
        created = await client.post(CREATE, json=make_order(), headers=ENABLE)
        task_id = created.json()["output"]["task_id"]

        answers = await asyncio.gather(
            *(client.post(f"/tasks/{task_id}/cancel") for _ in range(CALLERS))
        )

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (CALLERS - 1)


async def test_good_and_bad_orders_at_once_each_get_their_own_answer(idle_server):
    chance = random.Random(5)
    orders = [
        chance.choice([make_order(), make_order(n=9), {**make_order(), "model": "none"}])
        for _ in range(120)
    ]
    async with make_client(idle_server) as client:
        created = await asyncio.gather(
            *(client.post(CREATE, json=order, headers=ENABLE) for order in orders)
        )

        for order, answer in zip(orders, created, strict=True):
            if order["model"] == "none":
                assert answer.status_code == 400
                continue
            task_id = answer.json()["output"]["task_id"]
            asked = (await client.get(f"/tasks/{task_id}")).json()["output"]
            expected = "FAILED" if order["parameters"]["n"] == 9 else "PENDING"
            assert asked["task_status"] == expected
