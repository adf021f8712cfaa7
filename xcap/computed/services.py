"""rls-services/global/index: the services of all users in one document (RFC 4826 section 4.4.7)."""

import hashlib
from collections.abc import Iterator

from django.db.models import QuerySet

from rls.domain import xmlinput
from xcap import index
from xcap.documents.embedding import embedded
from xcap.documents.source import Source
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
        opening = f'<?xml version="1.0" encoding="UTF-8"?>\n<rls-services xmlns="{RLS_SERVICES_NS}">'
        body = b"\n".join([opening.encode(), *_services(), b"</rls-services>\n"])
        _latest = (etag, body)
    return body


def _documents() -> QuerySet[Document]:
    return Document.objects.filter(doc_type=RLS_SERVICES.doc_type, doc_uri=index.DOCUMENT).order_by("pk")


def _services() -> Iterator[bytes]:
    for doc in _documents().values_list("doc", flat=True).iterator():
        try:
            source = Source(bytes(doc))
        except xmlinput.MalformedXml:
            continue  # written by somebody else into the shared table
        for service in source.root.iterchildren(_SERVICE):
            yield embedded(source, service, {None: RLS_SERVICES_NS})
