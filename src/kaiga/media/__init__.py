"""Media inputs: fetching what clients refer to, and telling what the files are."""
