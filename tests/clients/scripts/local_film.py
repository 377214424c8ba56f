"""The classic surface, given the first frame of a clip as a file of this machine.

Arguments: a folder with `high one 花.png`.
"""

import sys
from pathlib import Path

from dashscope import VideoSynthesis
from scenario import tell

MODEL = "wan2.2-i2v-flash"
picture = Path(sys.argv[1]) / "high one 花.png"

filmed = VideoSynthesis.call(
    model=MODEL, prompt="it turns slowly", img_url=picture.as_uri(), resolution="480P"
)
tell({"status": filmed.output.task_status, "url": filmed.output.video_url})
