"""Sending notices over HTTP, to public addresses alone."""

from kaiga.notices.httpx_sender import HttpxSender

__all__ = ["HttpxSender"]
