"""Namespace bindings in the query part: `xmlns(prefix=uri)` expressions (RFC 4825 section 6.4)."""

import re
from urllib.parse import unquote

from xcap.namespaces import XML_NS

_SCHEME = re.compile(r"\s*([\w.:-]+)\(((?:\^[()^]|[^()^])*)\)")
_BINDING = re.compile(r"\s*([^\W\d][\w.-]*)\s*=\s*(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\^([()^])")


def parse_bindings(query: str) -> dict[str, str]:
    """Prefix -> namespace URI. What is no xmlns() expression is ignored, as section 6.4 says."""
    bindings = {}
    for scheme, data in _SCHEME.findall(unquote(query)):
        binding = _BINDING.fullmatch(_ESCAPED.sub(r"\1", data))
        if scheme == "xmlns" and binding:
            bindings[binding[1]] = binding[2]
    return {**bindings, "xml": XML_NS}
