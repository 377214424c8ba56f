"""Processes that this program starts for itself: how they speak with it, and end with it."""
