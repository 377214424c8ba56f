"""One `call()` of the classic surface, which creates, polls and waits by itself."""

from dashscope import ImageSynthesis
from scenario import MODEL, PROMPT, SIZE, describe_output, tell

tell(
    {
        "called": describe_output(
            ImageSynthesis.call(model=MODEL, prompt=PROMPT, n=1, size=SIZE, prompt_extend=False)
        )
    }
)
