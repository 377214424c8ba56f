"""Addresses that are told of the ends of tasks."""
