"""Shows pictures in the terminal: by its own protocol where it has one, else with characters."""
