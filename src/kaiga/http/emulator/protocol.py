"""HTTP/1.1 for an emulator: what serves a call can also close its connection."""

from kaiga.http.protocol import KaigaHttpProtocol

CONNECTION = "kaiga.connection"
"""The extension of an ASGI scope: its `close`, called with nothing, closes the call's connection
once what was sent has gone out."""


class EmulatorHttpProtocol(KaigaHttpProtocol):
    """Puts the extension `CONNECTION` into every scope."""

    def on_headers_complete(self) -> None:
        """Begin the call; what serves it is started after this returns."""
        super().on_headers_complete()
        self.scope["extensions"] = {CONNECTION: {"close": self.transport.close}}
