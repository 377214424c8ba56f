"""A prompt rewriter made of rules and phrase files: no model, no network, same text every time."""

from kaiga.rewriters.rules.rule_rewriter import RuleRewriter

__all__ = ["RuleRewriter"]
