"""From a claimed task to its results, or to another try."""
