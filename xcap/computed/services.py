"""rls-services/global/index: the services of all users in one document (RFC 4826 section 4.4.7)."""

import hashlib
from collections.abc import Iterator

from django.db.models import QuerySet
from lxml import etree

from rls.domain import xmlinput
from xcap import index
from xcap.models import Document
from xcap.namespaces import RLS_SERVICES_NS
from xcap.usages import RLS_SERVICES

_SERVICE = f"{{{RLS_SERVICES_NS}}}service"
_latest = ("", b"")


def services_etag() -> str:
    """Changes whenever a document that contributes changes, comes or goes."""
    hashed = hashlib.sha256()
    for number, etag in _documents().values_list("pk", "etag").iterator():
        hashed.update(f"{number} {etag}\n".encode())
    return hashed.hexdigest()[:32]


def services_index(etag: str) -> bytes:
    """The document; made anew when its entity tag is another than last time."""
    global _latest
    known, body = _latest
    if known != etag:
        services = "\n".join(_services())
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<rls-services xmlns="{RLS_SERVICES_NS}">\n'
            f"{services}\n</rls-services>\n"
        ).encode()
        _latest = (etag, body)
    return body


def _documents() -> QuerySet[Document]:
    return Document.objects.filter(doc_type=RLS_SERVICES.doc_type, doc_uri=index.DOCUMENT).order_by("pk")


def _services() -> Iterator[str]:
    for doc in _documents().values_list("doc", flat=True).iterator():
        try:
            root = xmlinput.parse(bytes(doc))
        except xmlinput.MalformedXml:
            continue  # written by somebody else into the shared table
        for service in root.iterchildren(_SERVICE):
            # With the namespaces of its document: a prefix declared at its root has to stay declared.
            yield etree.tostring(service, encoding="unicode", with_tail=False)
