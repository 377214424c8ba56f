"""What a model takes and gives, as the catalogue's data say; a new model is an entry, no code."""
