"""Parts of stored documents, read and changed by splicing bytes (RFC 4825 section 8)."""

from xcap.components.edit import Edit, Edited, delete, put
from xcap.components.reading import read
from xcap.components.resource import Resource

__all__ = ["Edit", "Edited", "Resource", "delete", "put", "read"]
