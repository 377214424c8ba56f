"""A stream that ends in an error, by the classic surface."""

from dashscope import MultiModalConversation
from scenario import PROMPT, describe_answer, say, tell

parts = MultiModalConversation.call(
    model="qwen-image", messages=say({"text": PROMPT}), size="1*1", stream=True
)
tell({"parts": [describe_answer(part) for part in parts]})
