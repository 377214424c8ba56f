"""An edit that is ordered at another address than the one where the SDK uploads.

Arguments: a folder with `wide.png`; the base URL for the order.
"""

import sys

from dashscope import ImageSynthesis
from scenario import tell

created = ImageSynthesis.async_call(
    model="wan2.5-i2i-preview",
    prompt="make it night",
    images=[f"{sys.argv[1]}/wide.png"],
    base_address=sys.argv[2],
)
tell({"task_id": created.output.task_id})
