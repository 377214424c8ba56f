"""What owners do with their tasks: stop them, delete them, have them kept."""
