"""Files that clients put here before they name them in an order."""
