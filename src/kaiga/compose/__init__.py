"""Builds adapters and hands them to use cases; nothing else names an adapter."""
