"""The HTTP edge: bytes to use cases and back. Every dialect has a folder of its own."""
