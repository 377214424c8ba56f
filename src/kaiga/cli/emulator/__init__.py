"""The commands of `kaiga emulator`, one module each."""
