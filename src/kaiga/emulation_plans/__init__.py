"""Plans of faults for the emulator: the ready ones of this package, and files of one's own."""

from kaiga.emulation_plans.reading import read_plan_file, read_ready_plans

__all__ = ["read_plan_file", "read_ready_plans"]
