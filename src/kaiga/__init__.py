"""Kaiga: a self-hosted Model Studio for images and video."""

__version__ = "0.1.0"
