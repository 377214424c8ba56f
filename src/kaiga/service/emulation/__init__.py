"""The emulator's use cases: who is let in, what time it is for whom, and what becomes of tasks."""
