"""Object stores behind one port, all through obstore."""

from kaiga.objects.opening import open_memory, open_objects

__all__ = ["open_memory", "open_objects"]
