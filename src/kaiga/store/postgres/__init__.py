"""The store past one machine: one PostgreSQL, any number of nodes."""
