"""Who calls, and the keys and sessions that say so."""
