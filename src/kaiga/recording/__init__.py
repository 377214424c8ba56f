"""Records what passes between clients and a server of this API, and answers from it later.

A program of its own over the helpers of the HTTP edge: it has no store, no tasks and no settings.
What it writes holds no key, token, signature, cookie or account; `scrubbing` and `stand_ins` see
to that.
"""
