"""Asks for the addresses of a host."""

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Protocol

from kaiga.domain.fetch_rules import Address


class Resolver(Protocol):
    """Gives the addresses of hosts."""

    async def resolve(self, host: str, port: int) -> Sequence[Address]:
        """Give the addresses of a host, best first; every spelling of an address is one too.

        Raises:
            OSError: the name has none, or nobody answered.
        """
        ...


class SystemResolver:
    """Asks the system, which reads `127.1`, `2130706433` and `0x7f.1` as addresses as well."""

    async def resolve(self, host: str, port: int) -> Sequence[Address]:
        """See the protocol."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError as error:  # a label that is empty or too long
            raise OSError(str(error)) from error
        return list(dict.fromkeys(ip_address(place[4][0]) for place in found))
