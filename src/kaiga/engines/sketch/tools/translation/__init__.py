"""Replaces texts in pictures: finds lines, reads them by the shapes of letters, writes others."""
