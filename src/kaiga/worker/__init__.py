"""Claims tasks and has engines run them, each engine in a process of its own.

The supervisor renews the leases, never the process that computes.
"""
