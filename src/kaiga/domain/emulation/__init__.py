"""What the emulator plays: shifted clocks, paces, and the fates of tasks. Pure values and rules."""
