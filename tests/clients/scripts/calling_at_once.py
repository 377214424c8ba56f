"""One `call()` of the classic surface, and how often the SDK has slept between its polls."""

import time

from dashscope import ImageSynthesis
from scenario import MODEL, PROMPT, SIZE, describe_output, tell

naps: list[float] = []
sleep = time.sleep


def nap(seconds: float) -> None:
    naps.append(seconds)
    sleep(seconds)


time.sleep = nap
called = ImageSynthesis.call(model=MODEL, prompt=PROMPT, n=1, size=SIZE, prompt_extend=False)
tell({"called": describe_output(called), "naps": naps})
