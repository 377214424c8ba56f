"""From a create call to a task that is recorded."""
