"""Builds the HTTP edge, a group of routes in each module."""
