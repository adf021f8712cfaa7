"""Application usages as data (RFC 4825 section 5)."""

from xcap.usages.lists import RESOURCE_LISTS, RLS_SERVICES
from xcap.usages.registry import USAGES, InvalidUsage, install, stored, usage_of
from xcap.usages.server import XCAP_CAPS, XCAP_DIRECTORY
from xcap.usages.usage import ApplicationUsage

__all__ = [
    "RESOURCE_LISTS",
    "RLS_SERVICES",
    "USAGES",
    "XCAP_CAPS",
    "XCAP_DIRECTORY",
    "ApplicationUsage",
    "InvalidUsage",
    "install",
    "stored",
    "usage_of",
]
