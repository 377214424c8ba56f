"""Requests that go out: to hosts that strangers name, and to endpoints that the operator names.

Media are fetched and notices are sent through the first, so that one set of rules holds for both:
only to allowed addresses, with what went wrong in words. Language models are asked through the
second. It must never be imported before there is such a request: httpx takes long to load.
"""
