"""The xcap-caps document: what this server can do (RFC 4825 section 12)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from xcap.namespaces import XCAP_CAPS_NS

if TYPE_CHECKING:
    from xcap.usages import ApplicationUsage


def capabilities(usages: Iterable["ApplicationUsage"]) -> bytes:
    """The one document of the application usage xcap-caps."""
    usages = list(usages)
    auids = "".join(f"    <auid>{usage.auid}</auid>\n" for usage in usages)
    namespaces = "".join(f"    <namespace>{usage.namespace}</namespace>\n" for usage in usages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<xcap-caps xmlns="{XCAP_CAPS_NS}">\n'
        f"  <auids>\n{auids}  </auids>\n"
        "  <extensions/>\n"
        f"  <namespaces>\n{namespaces}  </namespaces>\n"
        "</xcap-caps>\n"
    ).encode()
