"""Model Studio itself, or whatever speaks its API, as an engine: orders are passed on to it.

Everything runs in the server's loop; nothing is computed here. It is imported only where an engine
of this kind is configured: httpx takes long to load.
"""

from kaiga.engines.upstream.options import UpstreamModel, UpstreamOptions
from kaiga.engines.upstream.pool import UpstreamPool, open_pool

__all__ = ["UpstreamModel", "UpstreamOptions", "UpstreamPool", "open_pool"]
