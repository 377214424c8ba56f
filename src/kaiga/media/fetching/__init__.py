"""Fetching inputs over HTTP, from public addresses alone."""

from kaiga.media.fetching.httpx_fetcher import HttpxFetcher

__all__ = ["HttpxFetcher"]
