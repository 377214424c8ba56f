"""Adapters of the content check port; they know no use case, and log nothing they are shown."""
