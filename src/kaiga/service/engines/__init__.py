"""Which engine answers which model, here and on other nodes."""
