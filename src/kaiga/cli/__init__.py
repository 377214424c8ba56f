"""The command line; it prints, and leaves every decision to what it calls."""
