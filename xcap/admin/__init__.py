"""Stored documents in the admin: shown, written and refused exactly as over XCAP."""

from xcap.admin.document import DocumentAdmin
from xcap.admin.service_uri import ServiceUriAdmin
from xcap.admin.version import VersionAdmin

__all__ = ["DocumentAdmin", "ServiceUriAdmin", "VersionAdmin"]
