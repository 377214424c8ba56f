"""Values and rules of the studio: pure, with no I/O, no clock and no framework."""
