"""Makes given pictures look painted, drawn, printed, or made of another stuff."""
