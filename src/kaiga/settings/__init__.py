"""Every setting, read in one place.

`docs/settings.md` lists them; a test holds the two together.
"""

from kaiga.settings.reading import list_settings, read_settings
from kaiga.settings.settings import ADDRESS_FILE, Settings

__all__ = ["ADDRESS_FILE", "Settings", "list_settings", "read_settings"]
