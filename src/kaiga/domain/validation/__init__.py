"""The rules on `input` and `parameters`: a checked order, or every fault at once.

The texts are the service's own where they are known (contract/image-models.md, 5 and 13;
contract/video-models.md, 17); `docs/parity.md` lists the ones that had to be chosen.
"""

from kaiga.domain.validation.faults import Faults
from kaiga.domain.validation.order_rules import OrderRules

__all__ = ["Faults", "OrderRules"]
