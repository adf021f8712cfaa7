"""The xcap-caps document: what this server can do (RFC 4825 section 12)."""

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from xcap.documents.schema import target_namespaces
from xcap.namespaces import XCAP_CAPS_NS

if TYPE_CHECKING:
    from xcap.usages import ApplicationUsage


def capabilities(usages: Iterable["ApplicationUsage"]) -> bytes:
    """The one document of the application usage xcap-caps; it names the namespaces that have a schema."""
    usages = list(usages)
    known = dict.fromkeys(chain.from_iterable(target_namespaces(usage.schemas) for usage in usages))
    auids = "".join(f"    <auid>{escape(usage.auid)}</auid>\n" for usage in usages)
    namespaces = "".join(f"    <namespace>{escape(namespace)}</namespace>\n" for namespace in known)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<xcap-caps xmlns="{XCAP_CAPS_NS}">\n'
        f"  <auids>\n{auids}  </auids>\n"
        "  <extensions/>\n"
        f"  <namespaces>\n{namespaces}  </namespaces>\n"
        "</xcap-caps>\n"
    ).encode()
