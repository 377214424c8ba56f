"""The models that are offered: data files inside the package, read and checked at start."""

from kaiga.catalogue.reading import read_catalogue

__all__ = ["read_catalogue"]
