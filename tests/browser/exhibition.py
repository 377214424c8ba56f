"""What a server holds before its console is pictured: the work of a small studio."""

import sqlite3
from pathlib import Path
from typing import Any

import httpx

from running import CREATE, RunningKaiga

EDIT = "/services/aigc/image2image/image-synthesis"
CLIP = "/services/aigc/video-generation/video-synthesis"
LETTERS = "/services/aigc/wordart/texture"
WAN, QWEN, FLASH = "wan2.5-t2i-preview", "qwen-image", "wan2.2-t2i-flash"
PICTURES = (
    (QWEN, "1328*1328", "An old windmill in a tulip field, oil painting"),
    (FLASH, "1024*768", "A train in the mountains, art deco poster"),
    (WAN, "1280*960", "Aurora over a snowy cabin"),
    (QWEN, "928*1664", "星空下的两只熊猫"),
    (WAN, "1280*1280", "Great wave and Mount Fuji, ukiyo-e"),
    (FLASH, "768*1024", "A fox in autumn, paper cut"),
    (WAN, "960*1280", "夜の雨の街、猫が一匹"),
    (QWEN, "1664*928", "A hot-air balloon over mountains at dawn"),
    (WAN, "1280*960", "Cherry blossoms and a torii gate, spring"),
    (FLASH, "1024*1024", "A dragon and a castle, pixel art"),
)
COMPARED = "A sailing boat by a lighthouse, watercolour"
LATER = (
    (WAN, "A castle on a hill, ink painting"),
    (QWEN, "Tokyo at night in the rain, cyberpunk"),
    (FLASH, "Ten sheep on a green hill with a rainbow"),
)
DAYS = (3, 5, 2, 6, 9, 4, 7, 12, 8, 5, 10, 14, 11)
"""How many tasks the studio had on the days before today, the earliest first."""
PATIENCE_SECONDS = 300.0
_DAY_MILLISECONDS = 24 * 3600 * 1000


def fill(server: RunningKaiga) -> str:
    """Have everything made that ends; gives the id of the task that is looked at by name."""
    with server.client() as client:
        make_keys_and_limits(client, server.base_url)
        for number, (model, size, prompt) in enumerate(PICTURES):
            order(client, CREATE, model, {"prompt": prompt}, size=size, seed=number, n=1)
        order(client, CREATE, WAN, {"prompt": "A portrait of a woman"}, size="99*99")
        letters = {"prompt": "flowers and fruit", "text": {"text_content": "絵画"}}
        order(client, LETTERS, "wordart-texture", letters, n=1)
        boat = order(client, CREATE, WAN, {"prompt": COMPARED}, size="1280*960", n=2, seed=8)
        link = server.wait_for_end(client, boat, PATIENCE_SECONDS)["output"]["results"][0]["url"]
        edit = {"prompt": "Make it night, with stars", "images": [link]}
        order(client, EDIT, "wan2.5-i2i-preview", edit, seed=8, n=1)
        moved = {"img_url": link, "prompt": "The boat sails through the waves"}
        order(client, CLIP, "wan2.2-i2v-flash", moved, resolution="480P", seed=8)
        wait_for_all(client, server)
    return boat


def order(client: httpx.Client, path: str, model: str, wanted: Any, **parameters: Any) -> str:
    """Create a task; gives its id."""
    body = {"model": model, "input": wanted, "parameters": parameters}
    answer = client.post(path, json=body, headers={"X-DashScope-Async": "enable"})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["output"]["task_id"])


def order_more(server: RunningKaiga) -> None:
    """Order what is still under way when one looks."""
    with server.client() as client:
        for model, prompt in LATER:
            order(client, CREATE, model, {"prompt": prompt}, n=1, seed=3)


def wait_for_all(client: httpx.Client, server: RunningKaiga) -> None:
    listed = client.get(f"{server.base_url}/kaiga/v1/tasks").json()["tasks"]
    for task in listed:
        server.wait_for_end(client, task["task_id"], PATIENCE_SECONDS)


def make_keys_and_limits(client: httpx.Client, address: str) -> None:
    for name, account in (("Website", "2000000000000001"), ("Workshop", "2000000000000002")):
        made = client.post(
            f"{address}/kaiga/v1/keys", json={"account": account, "name": name, "role": "user"}
        )
        assert made.status_code == 200, made.text
    for limits in (
        {"account": "2000000000000001", "running_tasks": 2, "weight": 3},
        {"account": "2000000000000002", "submissions_per_minute": 30},
        {"model": "wan2.2-i2v-flash", "running_tasks": 1},
    ):
        assert client.patch(f"{address}/kaiga/v1/limits", json=limits).status_code == 200


def add_earlier_days(data: Path) -> None:
    """Repeat rows of the usage ledger on days before; the server of the folder must not run."""
    with sqlite3.connect(data / "kaiga.db") as database:
        rows = database.execute("SELECT * FROM usage_ledger ORDER BY task_id").fetchall()
        for back, tasks in enumerate(reversed(DAYS), 1):
            for number in range(tasks):
                task, *used, ended = rows[(number * back) % len(rows)]
                copied = (f"{task}-{back}-{number}", *used, ended - back * _DAY_MILLISECONDS)
                database.execute("INSERT INTO usage_ledger VALUES (?, ?, ?, ?, ?, ?, ?)", copied)
    database.close()
