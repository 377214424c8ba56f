"""Requests to hosts that strangers name: only to allowed addresses, with what went wrong in words.

Media are fetched and notices are sent through this, so that one set of rules holds for both. It
must never be imported before there is such a request: httpx takes long to load.
"""
