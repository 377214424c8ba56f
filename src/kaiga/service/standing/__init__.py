"""How far unfinished tasks are, and when they may end: hints, from memory alone."""
