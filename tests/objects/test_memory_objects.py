"""The stand-in for object stores keeps the port's promises as well."""

import pytest

from fakes import MemoryObjects
from kaiga.ports.object_store import ObjectStore
from objects.object_store_contract import ObjectStoreContract


class TestContract(ObjectStoreContract):
    @pytest.fixture
    def objects(self) -> ObjectStore:
        return MemoryObjects()
