"""The console: pages for people, and signing in to them."""
