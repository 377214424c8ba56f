"""Judges given pictures: whether and where there is a person, without any weights to download."""
