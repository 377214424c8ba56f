"""What the sketch engine can do; apart from the engine, which takes long to import."""

from kaiga.ports.engine import CancelLevel, Capabilities

CAPABILITIES = Capabilities(
    largest_batch=16, reports_steps=True, cancel=CancelLevel.STEP, deterministic=True
)
