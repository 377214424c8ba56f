"""Object stores behind one port, all through obstore."""

from kaiga.objects.opening import open_memory, open_objects
from kaiga.objects.s3_objects import S3Objects
from kaiga.objects.s3_place import S3_SCHEME, S3Access
from kaiga.objects.stored_objects import StoredObjects

__all__ = ["S3_SCHEME", "S3Access", "S3Objects", "StoredObjects", "open_memory", "open_objects"]
