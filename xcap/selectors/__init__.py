"""What a request target selects (RFC 4825 section 6)."""

from xcap.selectors.document import DocumentSelector, InvalidSelector, Target, Xui, parse_target
from xcap.selectors.node import NodeSelector, NoMatch, parse_node_selector, select

__all__ = [
    "DocumentSelector",
    "InvalidSelector",
    "NoMatch",
    "NodeSelector",
    "Target",
    "Xui",
    "parse_node_selector",
    "parse_target",
    "select",
]
