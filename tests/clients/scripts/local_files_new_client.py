"""The new surface, given files of this machine instead of addresses; and its list of models.

Arguments: a folder with `wide.png`.
"""

import sys
from pathlib import Path

from dashscope import Client
from dashscope.v2.errors import DashScopeError
from scenario import describe_job, tell

MODEL = "wan2.5-i2i-preview"
folder = Path(sys.argv[1])


def find_missing(client: Client) -> dict[str, object]:
    try:
        client.models.get("wan0.0-no-such-model")
    except DashScopeError as error:
        return {"message": str(error)}
    return {"message": None}


with Client() as client:
    images = [str(folder / "wide.png")]
    listed = client.models.list(page_size=200)
    tell(
        {
            "edited": describe_job(
                client.images.generate(
                    model=MODEL, prompt="make it night", n=1, extra_input={"images": images}
                )
            ),
            "models": [model.model for model in listed.models],
            "total": listed.total_count,
            "one": client.models.get(MODEL).model,
            "missing": find_missing(client),
        }
    )
