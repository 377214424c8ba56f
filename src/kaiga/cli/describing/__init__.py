"""Says in words what the catalogue's data say: fields, rules between them, rules on files."""
