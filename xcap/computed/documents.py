"""Which computed document stands where."""

import hashlib
from typing import NamedTuple

from xcap.computed.directory import directory
from xcap.computed.services import services_etag, services_index
from xcap.documents.capabilities import capabilities
from xcap.selectors import DocumentSelector, Xui
from xcap.usages import RLS_SERVICES, USAGES, XCAP_CAPS, XCAP_DIRECTORY


class Computed(NamedTuple):
    """A body and its entity tag, which changes with the body."""

    body: bytes
    etag: str


def compute(document: DocumentSelector, root: str) -> Computed | None:
    """A document as it is now, None if there is none; `root` is the absolute URI of the XCAP root."""
    match document.auid, document.owner:
        case XCAP_CAPS.auid, None:
            return _tagged(capabilities(USAGES.values()))
        case RLS_SERVICES.auid, None:
            etag = services_etag()
            return Computed(services_index(etag), etag)
        case XCAP_DIRECTORY.auid, Xui() as owner:
            body = directory(owner, root)
            return _tagged(body) if body else None
    return None


def _tagged(body: bytes) -> Computed:
    return Computed(body, hashlib.sha256(body).hexdigest()[:32])
