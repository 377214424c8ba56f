"""Tiny pipelines with random weights, saved to folders as real ones are."""
