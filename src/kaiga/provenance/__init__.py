"""Adapters of the port that marks results: labels in metadata, and signed C2PA manifests."""

from kaiga.provenance.file_label import FileLabel

__all__ = ["FileLabel"]
