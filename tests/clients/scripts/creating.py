"""One create call, by the classic surface or by the new client, over a bad connection.

Arguments: `classic` or `client`; how often the prompt repeats itself.
"""

import sys

from scenario import PROMPT, SIZE, tell

MODEL = "wan2.5-t2i-preview"
prompt = PROMPT * int(sys.argv[2])


def create_classic() -> str:
    from dashscope import ImageSynthesis  # noqa: PLC0415  one version has no `Client`

    return ImageSynthesis.async_call(model=MODEL, prompt=prompt, size=SIZE, n=1).output.task_id


def create_with_client() -> str:
    from dashscope import Client  # noqa: PLC0415  as above

    with Client() as client:
        return client.images.jobs.create(model=MODEL, prompt=prompt, size=SIZE, n=1).task_id


def try_to(call) -> dict[str, object]:
    try:
        return {"task_id": call()}
    except Exception as error:  # noqa: BLE001  whatever the version raises is told
        return {
            "raised": type(error).__name__,
            "code": getattr(error, "code", None),
            "request_id": getattr(error, "request_id", None),
        }


tell(try_to(create_classic if sys.argv[1] == "classic" else create_with_client))
