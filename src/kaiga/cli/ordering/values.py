"""Values as people write them on the command line."""

import json


def read_value(text: str) -> object:
    """Read a value: JSON where it is some, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
