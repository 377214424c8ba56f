"""What the engines at other servers share: requests, bounded answers, turns, files, errors.

These servers are stateless to Kaiga: an attempt has one job of theirs at a time for each of its
own, and an attempt that dies is made again from the beginning. It must never be imported before
such an engine is bound: httpx takes long to load.
"""
