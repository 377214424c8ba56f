"""The emulator's control routes, below `/kaiga/v1/emulator/`."""
