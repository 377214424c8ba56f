"""Sets given people in motion: they talk, pull faces, dance, and take over another's movements."""
