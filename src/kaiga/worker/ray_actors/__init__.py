"""Engine processes that are actors of a Ray cluster.

Ray runs in a process of its own, the bridge, and never in the worker's: a Ray that has lost its
cluster ends the process that it is in. The worker knows the bridge's words alone.
"""
