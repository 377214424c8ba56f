"""Rows of rules on limits, as both databases have them."""

import msgspec

from kaiga.domain.limits import LimitRule, LimitScope

decode_rule = msgspec.json.Decoder(LimitRule).decode
_encode = msgspec.json.Encoder().encode


def place_of(scope: LimitScope) -> tuple[str, str, str]:
    """Give account, model and key of a scope; what it does not name is empty."""
    return (scope.account or "", scope.model or "", scope.key_id or "")


def make_limit_row(rule: LimitRule) -> tuple[str, str, str, str]:
    """Give account, model, key, and the whole rule."""
    return (*place_of(rule), _encode(rule).decode())
