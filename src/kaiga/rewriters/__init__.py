"""Adapters of the prompt rewriter port; they know no use case."""
