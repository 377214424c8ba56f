"""An engine of open models through the library diffusers; it runs in a child process of its own.

Only `options`, `profiles`, `capabilities` and `bridging` are imported outside of that process: all
else needs the extra `kaiga[diffusers]`.
"""
