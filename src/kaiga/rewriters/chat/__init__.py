"""A prompt rewriter that asks a language model, at an endpoint with OpenAI's chat completions."""

from kaiga.rewriters.chat.chat_rewriter import ChatRewriter

__all__ = ["ChatRewriter"]
