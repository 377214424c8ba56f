"""How fast and how much accounts and keys may submit and ask."""
