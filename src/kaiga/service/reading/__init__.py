"""What clients and owners are told of tasks and results that are there."""
