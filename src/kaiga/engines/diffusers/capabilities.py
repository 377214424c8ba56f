"""What this engine can do; apart from the engine, which takes long to import."""

from kaiga.ports.engine import CancelLevel, Capabilities

CAPABILITIES = Capabilities(
    largest_batch=16,
    reports_steps=True,
    cancel=CancelLevel.STEP,
    previews=True,
    lora=True,
    deterministic=True,
)
"""The same job gives the same picture on the same device and the same versions of the libraries."""
