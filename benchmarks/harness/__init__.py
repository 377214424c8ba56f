"""The parts of the benchmark: servers, load, memory, rounds, verdicts, report."""
