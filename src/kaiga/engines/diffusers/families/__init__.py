"""How the jobs of a task become calls of a pipeline; one module for what is made alike."""
